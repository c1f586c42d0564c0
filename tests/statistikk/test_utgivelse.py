"""A release when something goes wrong: two at one moment, old counts, an unsafe table, a withdrawal."""

import json
import re
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from koordinering.db import db, transaction
from koordinering.errors import DomainError, UgyldigFelt
from koordinering.statistikk import measures, queries, services
from koordinering.statistikk.disclosure import Tegn, fra_json
from koordinering.statistikk.models import Bildetabell, Oeyeblikksbilde, Publisering, PublisertTabell
from koordinering.statistikk.rules import Hinder, Publiseringsstatus, Samtidig, UgyldigSteg
from koordinering.statistikk.services import raatall
from koordinering.users import Kommune, User
from tests.nettleser import Nettleser
from tests.statistikk.byen import KULTUR
from tests.statistikk.utgivelse import AAR, bilde, en_til, kontroller, kontrollert, publisert, slipp, utkast


def samtidig(app: Flask, par: Sequence[tuple[int, int]]) -> list[object]:
    """Each user releases at one moment; what stopped somebody is an answer."""
    start = threading.Barrier(len(par))

    def en(hvem_og_hva: tuple[int, int]) -> object:
        with app.app_context():
            av = db.session.get_one(User, hvem_og_hva[0])
            start.wait()
            try:
                slipp(av, hvem_og_hva[1])
            except DomainError as feil:
                return type(feil)
            else:
                return None
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(len(par)) as kjoerere:
        return list(kjoerere.map(en, par))


def test_two_who_release_the_same_draft_at_one_moment(app: Flask, folk: Any) -> None:
    bilde(folk)
    ny = kontrollert(folk)
    with transaction():
        db.session.execute(update(Kommune).values(to_personer=False))
    svar = samtidig(app, [(folk.koordinator1.id, ny), (folk.koordinator2.id, ny)])
    assert svar.count(None) == 1
    assert {en for en in svar if en} <= {UgyldigSteg, Samtidig}
    assert db.session.scalar(select(func.max(Publisering.nummer))) == 1
    assert db.session.scalar(select(func.count()).select_from(PublisertTabell)) == 2


def test_two_drafts_released_at_one_moment_get_a_number_each(app: Flask, folk: Any) -> None:
    bilde(folk)
    to = [kontrollert(folk, koder=[kode]) for kode in ("tjeneste", "alder")]
    svar = samtidig(app, [(folk.koordinator2.id, ny) for ny in to])
    assert {en for en in svar if en} <= {Samtidig}
    for ny, gikk in zip(to, svar, strict=True):
        if gikk is not None:  # the other came first: once more
            slipp(folk.koordinator2, ny)
    assert set(db.session.scalars(select(Publisering.nummer))) == {1, 2}


def test_old_counts_are_refused_in_words_and_a_new_count_mends_it(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    bilde(folk)
    foerst, vent = kontrollert(folk), utkast(folk, koder=["tjeneste"])
    en_til(folk)
    services.lag_bilde(AAR, date(2026, 1, 16), av=None)
    andre = utkast(folk, koder=["tjeneste"])
    kontroller(folk, andre)
    slipp(folk.koordinator2, foerst)
    hun = nettleser.som(folk.koordinator2)
    for handling in ("publiser", "kontroller"):
        svar = hun.send(f"/publiseringer/{andre}/{handling}")
        assert svar.status_code == 409
        assert "kunne trekke dem fra hverandre. Tell året på nytt" in svar.get_data(as_text=True)
    assert Hinder.GAMMEL.tekst in hun.se(f"/publiseringer/{andre}").get_data(as_text=True)
    svar = hun.send("/publiseringer/ny", {"aar": str(AAR), "koder": "tjeneste", "erstatter": ""})
    assert svar.status_code == 422
    assert "Tell året på nytt" in svar.get_data(as_text=True)
    with pytest.raises(UgyldigFelt), transaction():
        services.lag_utkast(AAR, ["tjeneste"], av=folk.koordinator1)
    # The draft of the very same counts is as good as before.
    kontroller(folk, vent)
    slipp(folk.koordinator2, vent)
    services.lag_bilde(AAR, date(2026, 1, 17), av=None)
    ny = publisert(folk, koder=["tjeneste"], erstatter_id=foerst)
    gammel, rettet = (_celler(en) for en in (foerst, ny))
    assert gammel["Total",] == (50, 50)
    assert rettet["Total",] == (Tegn.SKJULT, Tegn.SKJULT), "one child more cannot be read off two releases"


def test_counts_by_older_definitions_are_refused_in_words_and_a_new_count_mends_it(
    app: Flask, folk: Any, nettleser: Nettleser
) -> None:
    bilde(folk)
    ferdig, vent = kontrollert(folk), utkast(folk, koder=["tjeneste"])
    with transaction():  # as they were counted before the last change
        for modell in (Oeyeblikksbilde, Publisering):
            db.session.execute(update(modell).values(definisjonsversjon=measures.definisjonsversjon() - 1))
    hun = nettleser.som(folk.koordinator2)
    for adresse in (f"/publiseringer/{ferdig}/publiser", f"/publiseringer/{vent}/kontroller"):
        svar = hun.send(adresse)
        assert svar.status_code == 409
        assert "ble endret. Tell året på nytt" in svar.get_data(as_text=True)
    assert Hinder.UTDATERT.tekst in hun.se(f"/publiseringer/{vent}").get_data(as_text=True)
    svar = hun.send("/publiseringer/ny", {"aar": str(AAR), "koder": "tjeneste", "erstatter": ""})
    assert svar.status_code == 422
    assert Hinder.UTDATERT.tekst in svar.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(PublisertTabell)) == 0
    services.lag_bilde(AAR, date(2026, 1, 16), av=None)
    assert publisert(folk, koder=["tjeneste"])


def test_a_release_is_read_by_the_words_of_its_own_definitions(app: Flask, folk: Any) -> None:
    bilde(folk)
    publisert(folk)
    (utgitt,) = raatall.utgitt(AAR)
    assert {t.ulikheter for t in utgitt.tabeller} == {measures.ulikheter()}


def _celler(publisering_id: int) -> dict[Any, Any]:
    return dict(fra_json(queries.innhold(publisering_id, "tjeneste")[0]).celler)


def test_a_table_that_tells_of_somebody_is_stopped(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    bilde_id = bilde(folk).id
    ny = utkast(folk)
    with transaction():
        rad = db.session.scalars(
            select(Bildetabell).where(Bildetabell.bilde_id == bilde_id, Bildetabell.kode == "tjeneste")
        ).one()
        rad.beskyttet = _avdekket(rad.beskyttet)
    kontroller(folk, ny)
    p = queries.publisering(folk.koordinator2, ny)
    assert (p.status, p.kontroll_ok) == (Publiseringsstatus.UTKAST, False)
    with pytest.raises(UgyldigSteg), transaction():
        services.publiser(queries.publisering(folk.koordinator2, ny), av=folk.koordinator2)
    hun = nettleser.som(folk.koordinator2)
    side = hun.se(f"/publiseringer/{ny}").get_data(as_text=True)
    assert "Kontrollen fant tall som kan røpe noen." in side
    assert f"/publiseringer/{ny}/publiser" not in side
    assert hun.send(f"/publiseringer/{ny}/publiser").status_code == 409
    assert "1 utkast som må kontrolleres" in _tekst(hun.se("/").get_data(as_text=True))


def _avdekket(lagret: str) -> str:
    """The two families of the small service, shown."""
    data = json.loads(lagret)
    data["celler"] = [[n, [2, 2] if n == [KULTUR] else tall] for n, tall in data["celler"]]
    return json.dumps(data)


def _tekst(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_withdrawn_release_says_so_everywhere(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    bilde(folk)
    ny = publisert(folk)
    hun = nettleser.som(folk.koordinator2)
    adresse = f"/publiseringer/{ny}"
    assert "Velg en grunn." in hun.send(f"{adresse}/trekk").get_data(as_text=True)
    svar = hun.send(f"{adresse}/trekk", {"grunn": "annet", "tekst": ""})
    assert (svar.status_code, "Skriv kort hvorfor." in svar.get_data(as_text=True)) == (422, True)
    assert hun.send(f"{adresse}/trekk", {"grunn": "feil_tall"}).status_code == 303
    assert hun.send(f"{adresse}/trekk", {"grunn": "feil_tall"}).status_code == 409
    hver = nettleser.som(folk.nav1)
    for sti in (adresse, f"{adresse}/tjeneste"):
        assert "Bruk ikke tallene." in hver.se(sti).get_data(as_text=True)
    erstatning = publisert(folk, erstatter_id=ny)
    assert f'href="/publiseringer/{erstatning}"' in hver.se(adresse).get_data(as_text=True)
    assert "Publisering 1" not in hver.se("/publiseringer").get_data(as_text=True)
    assert "Publisering 1" in hver.se("/publiseringer?filter=alle").get_data(as_text=True)


def test_a_draft_whose_snapshot_is_gone_says_so(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    bilde(folk)
    ny = kontrollert(folk)
    with transaction():
        db.session.execute(delete(Oeyeblikksbilde))
    hun = nettleser.som(folk.koordinator2)
    assert hun.send(f"/publiseringer/{ny}/publiser").status_code == 409
    assert Hinder.BORTE.tekst in hun.se(f"/publiseringer/{ny}").get_data(as_text=True)
    assert hun.se(f"/publiseringer/{ny}/tjeneste").status_code == 404
