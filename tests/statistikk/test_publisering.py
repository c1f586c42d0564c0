"""Releases: drafted, checked, released by another, withdrawn and replaced; frozen, and never a raw count out."""

import hashlib
import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from koordinering.db import db, transaction
from koordinering.errors import FinnesIkke, UgyldigFelt
from koordinering.jobb.arbeider import arbeid
from koordinering.statistikk import queries, services
from koordinering.statistikk.models import Bildetabell, Oeyeblikksbilde, Publisering, PublisertTabell
from koordinering.statistikk.rules import (
    OVERGANGER,
    Forhold,
    Hinder,
    KanIkkePubliseres,
    Publiseringsstatus,
    Trekkgrunn,
    UgyldigSteg,
    hinder_publisering,
)
from tests.nettleser import Nettleser
from tests.statistikk.byen import HELSE, KULTUR, NAV, By

AAR = 2025
KODER = ["tjeneste", "alder"]
DAG = date(2026, 1, 15)


def bilde(folk: Any) -> Oeyeblikksbilde:
    """A snapshot of a town with one small service."""
    by = By(folk.nav1.id)
    with transaction():
        for enhet, mange in ((NAV, 31), (HELSE, 17), (KULTUR, 2)):
            for nr in range(mange):
                by.henvis(by.sak(enhet, (f"{enhet}{nr}", 2015)))
    return services.lag_bilde(AAR, DAG, av=None)


def utkast(folk: Any, **felt: Any) -> int:
    """A draft by the first coordinator."""
    with transaction():
        return services.lag_utkast(AAR, felt.pop("koder", KODER), av=folk.koordinator1, **felt).id


def kontrollert(folk: Any, **felt: Any) -> int:
    """A draft that has been checked by the job."""
    ny = utkast(folk, **felt)
    with transaction():
        services.bestill_kontroll(queries.publisering(folk.koordinator1, ny), av=folk.koordinator1)
    arbeid(en_runde=True)
    return ny


def publisert(folk: Any, **felt: Any) -> int:
    """A release, by the second coordinator."""
    ny = kontrollert(folk, **felt)
    with transaction():
        services.publiser(queries.publisering(folk.koordinator2, ny), av=folk.koordinator2)
    return ny


def test_every_status_says_where_it_leads() -> None:
    assert set(OVERGANGER) == set(Publiseringsstatus)


@pytest.mark.parametrize(
    ("felt", "ventet"),
    [
        ({}, None),
        ({"egen": True, "to_personer": False}, None),
        ({"egen": True}, Hinder.EGEN),
        ({"status": Publiseringsstatus.UTKAST}, Hinder.IKKE_KONTROLLERT),
        ({"kontroll_ok": False}, Hinder.IKKE_TRYGG),
        ({"siste": 3}, Hinder.ENDRET),
        ({"siste": 4}, Hinder.GAMMEL),
        ({"har_telling": False}, Hinder.BORTE),
    ],
)
def test_what_stops_a_release(felt: dict[str, Any], ventet: Hinder | None) -> None:
    alt = {"status": Publiseringsstatus.KONTROLLERT, "kontroll_ok": True, "hensyn_telling": 3, "hensyn_kontroll": 2}
    forhold = Forhold(**{**alt, "siste": 2, "egen": False, "to_personer": True, **felt})
    assert hinder_publisering(forhold) is ventet


def test_the_whole_course(app: Flask, folk: Any) -> None:
    bilde(folk)
    ny = kontrollert(folk)
    p = queries.publisering(folk.koordinator1, ny)
    assert (p.status, p.kontroll_ok, p.nummer) == (Publiseringsstatus.KONTROLLERT, True, None)
    with pytest.raises(KanIkkePubliseres), transaction():
        services.publiser(queries.publisering(folk.koordinator1, ny), av=folk.koordinator1)
    with pytest.raises(FinnesIkke):
        queries.publisering(folk.nav1, ny)
    with transaction():
        services.publiser(queries.publisering(folk.koordinator2, ny), av=folk.koordinator2)
    inne = services.innhold(ny, av=folk.nav1)
    assert (inne.publisering.nummer, inne.hel, inne.mulig) == (1, True, None)
    erstatning = publisert(folk, koder=["tjeneste"], erstatter_id=ny)
    gammel = services.innhold(ny, av=folk.nav1)
    assert (gammel.publisering.status, gammel.publisering.trekkgrunn) == (
        Publiseringsstatus.TRUKKET,
        Trekkgrunn.ERSTATTET,
    )
    assert gammel.erstattet_av is not None
    assert gammel.erstattet_av.id == erstatning
    with pytest.raises(UgyldigSteg), transaction():
        services.trekk(queries.publisering(folk.koordinator1, ny), Trekkgrunn.FEIL_TALL, "", av=folk.koordinator1)


def test_a_release_survives_its_snapshot_and_never_changes(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    bilde(folk)
    ny = publisert(folk)
    for setning in (
        update(PublisertTabell).values(innhold="{}"),
        delete(PublisertTabell),
        update(Publisering).values(sha256="x"),
        update(Publisering).values(status=Publiseringsstatus.UTKAST),
        delete(Publisering),
    ):
        with pytest.raises(DBAPIError, match="never changes"), transaction():
            db.session.execute(setning)
    with transaction():
        db.session.execute(delete(Oeyeblikksbilde))
    hver = nettleser.som(folk.nav1)
    side = hver.se(f"/publiseringer/{ny}").get_data(as_text=True)
    assert "Publisering 1" in side
    assert "Stemmer med tallene i databasen." in side
    assert hver.se(f"/publiseringer/{ny}/tjeneste").status_code == 200


def test_the_zip_has_everything_and_its_checksums_hold(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    bilde(folk)
    ny = publisert(folk)
    svar = nettleser.som(folk.tiltak1).send(f"/publiseringer/{ny}/pakke")
    assert "publisering-1_2025_per-" in svar.headers["Content-Disposition"]
    arkiv = zipfile.ZipFile(io.BytesIO(svar.get_data()))
    filer = {navn.split("/")[1]: arkiv.read(navn) for navn in arkiv.namelist()}
    linjer = [linje.split("  ") for linje in filer.pop("SHA256SUMS").decode().splitlines()]
    summer = {navn: sum_ for sum_, navn in linjer}
    assert summer == {navn: hashlib.sha256(innhold).hexdigest() for navn, innhold in filer.items()}
    p = queries.publisering(folk.nav1, ny)
    assert p.sha256 == summer["tabeller.json"]
    assert [t["kode"] for t in json.loads(filer["tabeller.json"])] == KODER
    assert len(filer) == 3 + 4 * len(KODER)


def test_the_same_counts_on_another_day_hide_the_same_cells(app: Flask, folk: Any) -> None:
    foerst = bilde(folk).id
    publisert(folk)
    andre = services.lag_bilde(AAR, date(2026, 1, 20), av=None).id
    a, b = (queries.alle_beskyttede(nr) for nr in (foerst, andre))
    assert {k: json.loads(t)["celler"] for k, t in a.items()} == {k: json.loads(t)["celler"] for k, t in b.items()}
    assert "2026-01-20" in b["alder"]


def test_what_a_draft_must_have(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    with pytest.raises(UgyldigFelt), transaction():
        services.lag_utkast(AAR, KODER, av=folk.koordinator1)
    bilde(folk)
    with pytest.raises(UgyldigFelt), transaction():
        services.lag_utkast(AAR, ["finnes_ikke"], av=folk.koordinator1)
    hun = nettleser.som(folk.koordinator1)
    svar = hun.send("/publiseringer/ny", {"aar": str(AAR), "erstatter": ""})
    assert svar.status_code == 422
    assert "Velg minst én tabell." in svar.get_data(as_text=True)
    ny = utkast(folk)
    assert "Utkast, 2025" in hun.se("/publiseringer?filter=utkast").get_data(as_text=True)
    assert hun.send(f"/publiseringer/{ny}/publiser").status_code == 409
    assert hun.send(f"/publiseringer/{ny}/slett").status_code == 303
    assert hun.se(f"/publiseringer/{ny}").status_code == 404


MERKE = 918_273_645
"""A raw count that no page may show."""


def test_no_raw_count_can_leave(app: Flask, folk: Any, nettleser: Nettleser, caplog: pytest.LogCaptureFixture) -> None:
    bilde(folk)
    with transaction():
        for rad in db.session.scalars(select(Bildetabell)):
            tall = json.loads(json.dumps(rad.raatall))
            for celle in tall["celler"]:
                celle[1] = [MERKE for _ in celle[1]]
            rad.raatall = tall
    hun = nettleser.som(folk.koordinator1)
    sider = ["/tall", "/publiseringer", "/jobber", "/"]
    sett = [hun.se(sti).get_data() for sti in sider]
    for kode, _ in services.katalog():
        sett.append(hun.se(f"/tall/{kode}/{AAR}").get_data())
        for fmt in ("csv", "csv-excel", "jsonstat", "xlsx", "pdf"):
            sett.append(_pakket_ut(hun.send(f"/tall/{kode}/{AAR}/eksport", {"format": fmt}).get_data()))
    ny = utkast(folk)
    hun.send(f"/publiseringer/{ny}/kontroller")
    db.session.rollback()
    arbeid(en_runde=True)
    sett += [hun.se(sti).get_data() for sti in (f"/publiseringer/{ny}", "/jobber")]
    for innhold in (*sett, caplog.text.encode()):
        for skrevet in (str(MERKE), "918 273 645", "918\N{NO-BREAK SPACE}273\N{NO-BREAK SPACE}645"):
            assert skrevet.encode() not in innhold


def _pakket_ut(innhold: bytes) -> bytes:
    """What stands in a workbook or a zip, not how it is packed."""
    if not innhold.startswith(b"PK"):
        return innhold
    arkiv = zipfile.ZipFile(io.BytesIO(innhold))
    return b"\n".join(_pakket_ut(arkiv.read(navn)) for navn in arkiv.namelist())
