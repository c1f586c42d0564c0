"""Need to know: a case outside the own inbox takes a reason, and numbers are looked up a bounded number of times."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from koordinering.audit import Hva, Innslag
from koordinering.db import db, now, transaction
from koordinering.errors import UgyldigFelt
from koordinering.saker import queries, services
from koordinering.saker.models import Aapning, Henvisning
from koordinering.saker.rules.innboks import GJELDER, Aapningsgrunn, TrengerGrunn
from koordinering.users import User
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.saker.skjema import friplass, nummer, registrert, utfylt


def _aapen(user: User, sak_id: int) -> bool:
    try:
        queries.sak(user, sak_id)
    except TrengerGrunn:
        return False
    return True


def test_a_colleagues_case_asks_why_once_a_day_and_then_leads_on(folk: Any, nettleser: Nettleser) -> None:
    sak = friplass(folk.nav1)
    sak_id, referanse = sak.id, sak.referanse
    db.session.rollback()
    kollega = nettleser.som(folk.nav2)
    svar = kollega.se(f"/saker/{sak_id}/rett")
    assert svar.status_code == 303
    spoersmaal = svar.headers["Location"]
    html = kollega.se(spoersmaal).get_data(as_text=True)
    assert referanse in html
    assert "Meldeplikten går foran" in html, "wherever something of a family can be written"
    assert "2016" not in html, "nothing of the case is shown before the answer"
    assert "Velg en grunn." in kollega.send(spoersmaal, {}).get_data(as_text=True)
    uten_tekst = kollega.send(spoersmaal, {"grunn": "annet"})
    assert (uten_tekst.status_code, "Skriv kort hvorfor" in uten_tekst.get_data(as_text=True)) == (422, True)
    med_nummer = kollega.send(spoersmaal, {"grunn": "annet", "tekst": f"ringte om {nummer()}"})
    assert med_nummer.status_code == 422
    db.session.rollback()
    assert db.session.scalar(select(func.count(Aapning.id))) == 0
    videre = kollega.send(spoersmaal, {"grunn": "annet", "tekst": "Hjelper med klagen"})
    assert videre.headers["Location"].endswith(f"/saker/{sak_id}/rett")
    assert kollega.se(f"/saker/{sak_id}").status_code == 200
    db.session.rollback()
    with transaction():
        db.session.execute(update(Aapning).values(tid=now() - GJELDER - timedelta(minutes=1)))
    assert not _aapen(folk.nav2, sak_id), "the reason holds for a day's work"


def test_what_was_typed_waits_for_the_answer(folk: Any, nettleser: Nettleser) -> None:
    sak_id = friplass(folk.nav1).id
    db.session.rollback()
    kollega = nettleser.som(folk.nav2)
    skjema = {"i_maalgruppe": "ja", "egen_referanse": "2026-0417", "grunn": "feil", "versjon": "1"}
    svar = kollega.send(f"/saker/{sak_id}/rett", skjema)
    videre = kollega.send(svar.headers["Location"], {"grunn": "kollega_borte"})
    assert "2026-0417" in kollega.se(videre.headers["Location"]).get_data(as_text=True)


def test_what_waits_for_the_unit_and_what_one_has_worked_on_needs_no_reason(folk: Any) -> None:
    sak = friplass(folk.nav1)
    henvisning = sak.henvisninger[0]
    assert _aapen(folk.nav1, sak.id)
    assert not _aapen(folk.nav2, sak.id)
    assert not _aapen(folk.navleder1, sak.id)
    with transaction():
        db.session.execute(update(Henvisning).values(beskjed_siden=henvisning.opprettet))
    assert _aapen(folk.nav2, sak.id)
    with transaction():
        services.beskjed_gitt(queries.henvisning(folk.nav2, henvisning.id), av=folk.nav2)
    assert _aapen(folk.nav2, sak.id), "the page she lands on after her own work"
    assert not _aapen(folk.navleder1, sak.id), "what one did is no reason for another"


def test_another_units_case_is_not_there_at_all(folk: Any, nettleser: Nettleser) -> None:
    sak_id = friplass(folk.nav1).id
    db.session.rollback()
    fremmed = nettleser.som(folk.helse1)
    for adresse in (f"/saker/{sak_id}", f"/saker/{sak_id}/hvorfor"):
        assert fremmed.se(adresse).status_code == 404
    assert fremmed.send(f"/saker/{sak_id}/hvorfor", {"grunn": "ledelse"}).status_code == 404
    db.session.rollback()
    assert db.session.scalar(select(func.count(Aapning.id))) == 0


def test_the_officer_sees_who_opened_and_why_and_a_leader_those_of_the_unit(folk: Any, nettleser: Nettleser) -> None:
    nav, helse = friplass(folk.nav1), registrert(folk.helse1, "to_helsestasjon")
    fabrikk.grunn(folk.nav2, nav, Aapningsgrunn.ANNET, "Hjelper med klagen")
    fabrikk.grunn(folk.helseleder1, helse, Aapningsgrunn.LEDELSE)
    referanser = {nav.referanse, helse.referanse}
    db.session.rollback()
    for user, ser in ((folk.ombud1, referanser), (folk.navleder1, {nav.referanse}), (folk.nav2, None)):
        svar = nettleser.som(user).se("/innsynslogg/aapninger")
        html = svar.get_data(as_text=True)
        if ser is None:
            assert svar.status_code == 404
            continue
        assert {r for r in referanser if r in html} == ser
    ombud = nettleser.som(folk.ombud1)
    assert "Hjelper med klagen" in ombud.se("/innsynslogg/aapninger?grunn=annet").get_data(as_text=True)
    assert "Hjelper med klagen" not in ombud.se("/innsynslogg/aapninger?grunn=ledelse").get_data(as_text=True)
    assert "Ingen har svart dette" in ombud.se("/innsynslogg/aapninger?grunn=innsyn").get_data(as_text=True)


def test_the_answer_dies_with_the_case_and_the_trail_keeps_the_code(folk: Any) -> None:
    sak = friplass(folk.nav1)
    fabrikk.grunn(folk.nav2, sak, Aapningsgrunn.RETTING)
    with transaction():
        services.slett(queries.sak(folk.nav1, sak.id), av=folk.nav1)
    assert db.session.scalar(select(func.count(Aapning.id))) == 0
    assert db.session.scalars(select(Innslag.detalj).where(Innslag.hva == Hva.SAK_GRUNN)).all() == ["retting"]


def test_numbers_are_looked_up_a_bounded_number_of_times(
    folk: Any, nettleser: Nettleser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koordinering.saker.services.innboks.OPPSLAG_PER_DAG", 3)
    kjent = nummer()
    nav = nettleser.som(folk.nav1)
    assert nav.send("/saker/ny", utfylt(barn_0_fnr=kjent)).status_code == 303
    for _ in range(2):
        assert nav.send("/saker/finn", {"fnr": nummer()}).status_code == 200
    assert nav.send("/saker/ny", utfylt(barn_0_fnr=kjent)).status_code == 409, "told of the own case: a look-up too"
    stanset = nav.send("/saker/finn", {"fnr": nummer()})
    assert stanset.status_code == 429
    assert "Du har slått opp så mange numre" in stanset.get_data(as_text=True)
    registrering = nav.send("/saker/ny", utfylt(barn_0_fnr=nummer(), egen_referanse="2026-0417"))
    assert registrering.status_code == 422
    assert "2026-0417" in registrering.get_data(as_text=True), "nothing is lost but the number"
    assert nav.send("/saker/ny", utfylt()).status_code == 303, "without numbers she works on"
    assert nettleser.som(folk.nav2).send("/saker/finn", {"fnr": nummer()}).status_code == 200
    db.session.rollback()
    stansede = db.session.scalars(select(Innslag.user_id).where(Innslag.hva == Hva.OPPSLAG_STANSET)).all()
    assert set(stansede) == {folk.nav1.id}
    html = nettleser.som(folk.ombud1).se("/").get_data(as_text=True)
    assert "nådde grensen for oppslag" in html


def test_an_explanation_is_sealed(folk: Any) -> None:
    sak = friplass(folk.nav1)
    aapning = fabrikk.grunn(folk.nav2, sak, Aapningsgrunn.ANNET, "Hjelper med klagen")
    assert b"klagen" not in (aapning.tekst or b"")
    assert services.les_tekster([aapning]) == {aapning.id: "Hjelper med klagen"}
    with pytest.raises(UgyldigFelt), transaction():
        services.si_hvorfor(sak, Aapningsgrunn.ANNET, tekst="  ", av=folk.nav2)
