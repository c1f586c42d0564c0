"""Releases: drafted, checked, released by another, withdrawn and replaced; frozen for ever."""

import io
import json
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, null, update
from sqlalchemy.exc import DBAPIError

from koordinering.db import db, transaction
from koordinering.errors import FinnesIkke, UgyldigFelt
from koordinering.konto.services import Valgene, endre_kommune
from koordinering.statistikk import measures, queries, services
from koordinering.statistikk.models import Oeyeblikksbilde, Publisering, PublisertTabell
from koordinering.statistikk.queries import Publiseringsfilter, Publiseringssoek
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
from tests.statistikk.utgivelse import AAR, KODER, bilde, kontrollert, publisert, utkast


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
        ({"definisjonene_gjelder": False}, Hinder.UTDATERT),
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


def test_a_release_keeps_and_shows_the_rules_it_was_made_with(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    with transaction():
        endre_kommune(Valgene(terskel=4, sekunder=45), av=None)
    bilde(folk)
    with transaction():
        endre_kommune(Valgene(sekunder=300), av=None)
    services.lag_bilde(AAR, date(2026, 1, 20), av=None)  # the same counts: the pattern of 45 seconds is kept
    ny = publisert(folk)
    assert queries.publisering(folk.nav1, ny).regler == {"terskel": 4, "nuller_vises": False, "sekunder": 45}
    hver = nettleser.som(folk.nav1)
    side = " ".join(re.sub(r"<[^>]+>", " ", hver.se(f"/publiseringer/{ny}").get_data(as_text=True)).split())
    for hva in ("Grense for små tall 4", "Null skjules som små tall", "Tid til å skjule tall Høyst 45 sekunder"):
        assert hva in side
    zip_ = zipfile.ZipFile(io.BytesIO(hver.send(f"/publiseringer/{ny}/pakke").get_data()))
    forklart = next(zip_.read(navn) for navn in zip_.namelist() if navn.endswith("forklaring.txt")).decode()
    assert "Tid til å skjule tall: Høyst 45 sekunder" in forklart
    for setning in (update(Publisering).values(regler={"terskel": 3}), update(Publisering).values(regler=null())):
        with pytest.raises(DBAPIError, match="never changes"), transaction():
            db.session.execute(setning)


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
    # A set is ticked by one button, and what was ticked already stays so.
    svar = hun.send("/publiseringer/ny", {"aar": str(AAR), "koder": "tiltak", "sett": "tilskudd"})
    krysset = set(re.findall(r'value="(\w+)"\s+checked', svar.get_data(as_text=True)))
    assert (svar.status_code, krysset) == (200, {"tiltak", *measures.tabellsett()["tilskudd"].tabeller})
    assert svar.get_data(as_text=True).count("Kryss av settet «Til rapportering av tilskudd»") == 1
    assert not services.liste(Publiseringssoek(filter=Publiseringsfilter.UTKAST), "", av=folk.koordinator1).rader
    ny = utkast(folk)
    assert "Utkast, 2025" in hun.se("/publiseringer?filter=utkast").get_data(as_text=True)
    assert hun.send(f"/publiseringer/{ny}/publiser").status_code == 409
    assert hun.send(f"/publiseringer/{ny}/slett").status_code == 303
    assert hun.se(f"/publiseringer/{ny}").status_code == 404
