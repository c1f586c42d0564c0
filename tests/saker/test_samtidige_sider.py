"""Two pages open at once, the same page sent twice, another child chosen, and a complaint that must be seen."""

import re
from dataclasses import replace
from typing import Any

import pytest

from koordinering.db import db, transaction
from koordinering.errors import UgyldigOvergang
from koordinering.saker import queries, services
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.behov import Behov, Rettegrunn
from koordinering.saker.rules.overganger import Part, Status
from koordinering.saker.services import HenvisningRettelse, NyttBarn, SakRettelse
from koordinering.tildeling import services as tildeling
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import Aktivitet
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, friplass, registrert, samtykke, utfylt
from tests.tildeling.gjoer import gjoer, ta_imot


def _skjult(html: str, navn: str) -> str:
    return str(re.findall(rf'name="{navn}"[^>]*value="([^"]*)"', html)[0])


def _rettside(side: Nettleser, henvisning_id: int) -> dict[str, str]:
    html = side.se(f"/saker/henvisninger/{henvisning_id}/rett").get_data(as_text=True)
    return {navn: _skjult(html, navn) for navn in ("versjon", "sak_versjon")}


def test_a_colleagues_change_of_the_needs_is_not_overwritten(folk: Any, nettleser: Nettleser) -> None:
    sak = friplass(folk.nav1)
    (henvisning,) = sak.henvisninger
    fabrikk.grunn(folk.nav2, sak)
    henvisning_id, sak_id, barn_id = henvisning.id, henvisning.sak_id, henvisning.barn_id
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    skjema = _rettside(side, henvisning_id) | {"barn": str(barn_id), "oenske1": "dans", "grunn": "nytt"}
    with transaction():
        rettelse = SakRettelse(True, frozenset({Behov.FERIE}), None, Rettegrunn.NYTT)
        services.rett_sak(queries.sak(folk.nav2, sak_id), rettelse, av=folk.nav2)
    db.session.rollback()
    svar = side.send(f"/saker/henvisninger/{henvisning_id}/rett", skjema)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert "Noen andre har endret dette" in html
    assert re.search(r'<option selected value="dans"', html)
    db.session.rollback()
    assert [b.behov for b in db.session.get_one(Sak, sak_id).behov] == [Behov.FERIE]
    db.session.rollback()
    skjema |= _rettside(side, henvisning_id) | {"behov": "ferie"}
    assert side.send(f"/saker/henvisninger/{henvisning_id}/rett", skjema).status_code == 303


def test_a_colleagues_change_of_the_wishes_is_not_overwritten(folk: Any, nettleser: Nettleser) -> None:
    sak = friplass(folk.nav1)
    (henvisning,) = sak.henvisninger
    fabrikk.grunn(folk.nav2, sak)
    henvisning_id, barn_id = henvisning.id, henvisning.barn_id or 0
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    skjema = _rettside(side, henvisning_id) | {"barn": str(barn_id), "grunn": "nytt"}
    with transaction():
        barn = queries.barn(folk.nav2, barn_id)
        services.rett_barn(barn, NyttBarn(AAR - 10, oensker=(Aktivitet.SKI,)), Rettegrunn.NYTT, av=folk.nav2)
    db.session.rollback()
    assert side.send(f"/saker/henvisninger/{henvisning_id}/rett", skjema).status_code == 409
    db.session.rollback()
    assert [o.aktivitet for o in queries.barn(folk.nav1, barn_id).oensker] == [Aktivitet.SKI]


def test_choosing_another_child_leaves_both_childrens_wishes(folk: Any) -> None:
    (henvisning,) = friplass(folk.nav1, barn=NyttBarn(AAR - 10, oensker=(Aktivitet.SKI,))).henvisninger
    with transaction():
        sak = queries.sak(folk.nav1, henvisning.sak_id)
        nytt = services.legg_til_barn(sak, NyttBarn(AAR - 7, oensker=(Aktivitet.DANS,)), av=folk.nav1).id
    with transaction():
        sak, alle = queries.sak(folk.nav1, henvisning.sak_id), replace(samtykke("inkluderingskonsulent"), alle=True)
        services.registrer_samtykke(sak, alle, av=folk.nav1)
    with transaction():
        rettelse = HenvisningRettelse(nytt, (Aktivitet.SKI,), frozenset(), Rettegrunn.FEIL)
        services.rett_henvisning(queries.henvisning(folk.nav1, henvisning.id), rettelse, av=folk.nav1)
    sak = db.session.get_one(Sak, henvisning.sak_id)
    assert db.session.get_one(Henvisning, henvisning.id).barn_id == nytt
    assert [[o.aktivitet for o in b.oensker] for b in sak.barn] == [[Aktivitet.SKI], [Aktivitet.DANS]]


def test_the_page_of_a_new_child_sent_twice_adds_one(folk: Any, nettleser: Nettleser) -> None:
    sak_id = registrert(folk.nav1).id
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    adresse = f"/saker/{sak_id}/barn"
    skjema = {"foedselsaar": str(AAR - 6), "deltar": "nei", "spurt": "nei"}
    skjema["versjon"] = _skjult(side.se(adresse).get_data(as_text=True), "versjon")
    assert side.send(adresse, skjema).status_code == 303
    svar = side.send(adresse, skjema)
    assert svar.status_code == 409
    assert "Se om barnet alt er lagt til" in svar.get_data(as_text=True)
    db.session.rollback()
    assert len(db.session.get_one(Sak, sak_id).barn) == 2
    db.session.rollback()
    skjema["versjon"] = _skjult(svar.get_data(as_text=True), "versjon")
    assert side.send(adresse, skjema).status_code == 303  # a twin, now that it is known


def _avslaatt(folk: Any) -> Henvisning:
    henvisning = ta_imot(friplass(folk.nav1), folk.inkludering1)
    gjoer(tildeling.avslaa, henvisning, "utenfor_alder", av=folk.inkludering1)
    with transaction():
        db.session.get_one(Tiltak, "4a-3").enkeltvedtak = True
    return henvisning


def _trekk_samtykket(henvisning: Henvisning, folk: Any) -> None:
    with transaction():
        (samtykke,) = queries.sak(folk.nav1, henvisning.sak_id).samtykker
        tildeling.trekk_samtykke(samtykke, av=folk.nav1)


def test_no_complaint_that_the_receiver_cannot_see(folk: Any, nettleser: Nettleser) -> None:
    henvisning = _avslaatt(folk)
    henvisning_id, sak_id = henvisning.id, henvisning.sak_id
    _trekk_samtykket(henvisning, folk)
    assert services.Handling.PAAKLAG not in services.handlinger(henvisning, folk.nav1)
    with pytest.raises(UgyldigOvergang), transaction():
        services.paaklag(queries.henvisning(folk.nav1, henvisning_id), av=folk.nav1)
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert "Registrer klage" not in side.se(f"/saker/{sak_id}").get_data(as_text=True)
    assert side.send(f"/saker/henvisninger/{henvisning_id}/klage").status_code == 409


def test_a_complaint_can_be_withdrawn(folk: Any) -> None:
    henvisning = _avslaatt(folk)
    with transaction():
        services.paaklag(queries.henvisning(folk.nav1, henvisning.id), av=folk.nav1)
    with transaction():
        funnet = queries.henvisning(folk.nav1, henvisning.id)
        services.flytt(funnet, Status.TRUKKET, part=Part.HENVISER, av=folk.nav1, grunn="samtykke_trukket")
    assert db.session.get_one(Henvisning, henvisning.id).status is Status.TRUKKET


def test_a_complaint_is_withdrawn_with_the_consent(folk: Any) -> None:
    henvisning = _avslaatt(folk)
    with transaction():
        services.paaklag(queries.henvisning(folk.nav1, henvisning.id), av=folk.nav1)
    _trekk_samtykket(henvisning, folk)
    henvisning = db.session.get_one(Henvisning, henvisning.id)
    assert (henvisning.status, henvisning.grunn, henvisning.synlig) == (Status.TRUKKET, "samtykke_trukket", False)


def test_a_card_that_is_not_given_is_told_in_one_neutral_sentence(folk: Any, nettleser: Nettleser) -> None:
    melding = "Kortet kan ikke deles ut nå. Familien står på ventelisten."
    side = nettleser.som(folk.nav1)
    assert melding in side.send("/saker/ny", utfylt(del_ut="y"), foelg=True).get_data(as_text=True)  # no card year
    fabrikk.kortaar()
    assert melding not in side.send("/saker/ny", utfylt(), foelg=True).get_data(as_text=True)
