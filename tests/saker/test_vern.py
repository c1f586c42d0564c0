"""What stops a wrong entry: the same wish, an own case, a second open referral, deletion of what was given."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from koordinering.db import db, transaction
from koordinering.errors import UgyldigFelt
from koordinering.saker import queries, services
from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.rules.behov import JaNeiVetIkke, Rettegrunn
from koordinering.saker.rules.overganger import Status
from koordinering.saker.services import HenvisningRettelse, KjentIEgenEnhet, NoeErGitt, NyHenvisning, NyttBarn
from koordinering.tildeling import services as tildeling
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak.rules import Aktivitet, Kortenhet
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, friplass, indeks, nummer, registrert
from tests.tildeling.gjoer import gjoer, ta_imot


def _kjent(user: Any, tall: str, enhet: str = "nav") -> Sak:
    return registrert(user, enhet, barn=(NyttBarn(AAR - 8, blindindeks=indeks(tall)),))


def test_the_same_wish_is_not_kept_twice_when_a_referral_is_corrected(folk: Any, nettleser: Nettleser) -> None:
    (henvisning,) = friplass(folk.nav1, barn=NyttBarn(AAR - 10, oensker=(Aktivitet.SKI,))).henvisninger
    barn_id, versjon = str(henvisning.barn_id), str(henvisning.versjon)
    adresse = f"/saker/henvisninger/{henvisning.id}/rett"
    db.session.rollback()
    skjema = {"barn": barn_id, "versjon": versjon, "grunn": "feil", "behov": []}
    svar = nettleser.som(folk.nav1).send(adresse, skjema | {f"oenske{nr}": "dans" for nr in (1, 2, 3)})
    assert svar.status_code == 422
    assert "Velg opptil tre forskjellige ønsker." in svar.get_data(as_text=True)
    db.session.rollback()
    barn = db.session.get_one(Barn, int(barn_id))
    assert [o.aktivitet for o in barn.oensker] == [Aktivitet.SKI]


def test_too_many_wishes_are_refused_at_the_field(folk: Any) -> None:
    (henvisning,) = friplass(folk.nav1).henvisninger
    rettelse = HenvisningRettelse(henvisning.barn_id, tuple(Aktivitet)[:4], frozenset(), Rettegrunn.FEIL)
    with pytest.raises(UgyldigFelt) as feil, transaction():
        services.rett_henvisning(queries.henvisning(folk.nav1, henvisning.id), rettelse, av=folk.nav1)
    assert feil.value.felt == "oenske1"


def test_a_known_child_added_to_a_case_offers_the_own_case_first(folk: Any, nettleser: Nettleser) -> None:
    tall = nummer()
    _kjent(folk.helse1, tall, "to_helsestasjon")
    kjent, sak_id = _kjent(folk.nav2, tall), registrert(folk.nav1).id
    adresse, referanse, kjent_id = f"/saker/{sak_id}/barn", kjent.referanse, kjent.id
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert "likevel" not in side.se(adresse).get_data(as_text=True)
    skjema = {"foedselsaar": str(AAR - 10), "deltar": "nei", "spurt": "nei", "fnr": tall}
    svar = side.send(adresse, skjema)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert referanse in html
    assert html.count('href="/saker/') >= 1
    assert f"/saker/{kjent_id}" in html
    assert "Legg til likevel</button>" in html
    assert tall not in html
    uten = side.send(adresse, skjema | {"fnr": "", "likevel": "1"})
    assert uten.status_code == 422
    assert "Skriv nummeret på nytt." in uten.get_data(as_text=True)
    assert "Legg til likevel</button>" in uten.get_data(as_text=True)
    assert side.send(adresse, skjema | {"likevel": "1"}).status_code == 303
    db.session.rollback()
    assert [b.blindindeks for b in db.session.get_one(Sak, sak_id).barn] == [None, indeks(tall)]


def test_a_child_known_only_elsewhere_is_added_without_a_question(folk: Any, nettleser: Nettleser) -> None:
    tall = nummer()
    _kjent(folk.helse1, tall, "to_helsestasjon")
    sak_id = registrert(folk.nav1).id
    db.session.rollback()
    skjema = {"foedselsaar": str(AAR - 10), "deltar": "nei", "spurt": "nei", "fnr": tall}
    assert nettleser.som(folk.nav1).send(f"/saker/{sak_id}/barn", skjema).status_code == 303


def test_correcting_to_a_known_child_offers_the_own_case_first(folk: Any, nettleser: Nettleser) -> None:
    tall = nummer()
    referanse, sak = _kjent(folk.nav2, tall).referanse, registrert(folk.nav1)
    barn_id, versjon = sak.barn[0].id, str(sak.versjon)
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    adresse = f"/saker/barn/{barn_id}/rett"
    skjema = {"foedselsaar": str(AAR - 10), "deltar": "nei", "spurt": "nei", "grunn": "feil", "versjon": versjon}
    svar = side.send(adresse, skjema | {"fnr": tall})
    assert svar.status_code == 409
    assert referanse in svar.get_data(as_text=True)
    assert "Lagre likevel</button>" in svar.get_data(as_text=True)
    assert tall not in svar.get_data(as_text=True)
    db.session.rollback()
    assert db.session.get_one(Barn, barn_id).blindindeks is None
    db.session.rollback()
    assert side.send(adresse, skjema | {"likevel": "1"}).status_code == 422
    assert side.send(adresse, skjema | {"fnr": tall, "likevel": "1"}).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Barn, barn_id).blindindeks == indeks(tall)


def test_the_case_itself_does_not_count_as_known(folk: Any) -> None:
    tall = nummer()
    sak = _kjent(folk.nav1, tall)
    samme = NyttBarn(AAR - 8, blindindeks=indeks(tall))
    with transaction():
        services.rett_barn(queries.barn(folk.nav1, sak.barn[0].id), samme, Rettegrunn.FEIL, av=folk.nav1)
    annen = registrert(folk.nav1)
    with pytest.raises(KjentIEgenEnhet) as kjent, transaction():
        services.legg_til_barn(queries.sak(folk.nav1, annen.id), samme, av=folk.nav1)
    assert kjent.value.saker == (sak.id,)


def test_a_second_open_referral_for_the_same_is_refused(folk: Any, nettleser: Nettleser) -> None:
    sak = registrert(folk.nav1, barn=(NyttBarn(AAR - 10), NyttBarn(AAR - 8)))
    sak_id, (foerste, annet) = sak.id, [str(b.id) for b in sak.barn]
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    adresse = f"/saker/{sak_id}/henvisning"
    svar = side.send(adresse, {"tiltak": "4b-2"})
    assert svar.status_code == 422
    assert "Det er alt en åpen henvisning til dette tiltaket." in svar.get_data(as_text=True)
    assert side.send(adresse, {"tiltak": "4b-9", "barn": foerste}).status_code == 303
    assert side.send(adresse, {"tiltak": "4b-9", "barn": foerste}).status_code == 422
    assert side.send(adresse, {"tiltak": "4b-9", "barn": annet}).status_code == 303
    db.session.rollback()
    korte = db.session.scalars(select(Henvisning).where(Henvisning.tiltak_id == "4b-2")).one()
    with transaction():
        tildeling.trekk(queries.henvisning(folk.nav1, korte.id), "flyttet", av=folk.nav1)
    db.session.rollback()
    assert side.send(adresse, {"tiltak": "4b-2"}).status_code == 303  # closed ones do not stand in the way


@pytest.mark.parametrize(
    ("tiltak", "for_barn", "melding"),
    [
        ("4b-2", True, "Tiltaket er for hele familien."),
        ("4b-12", True, "Tiltaket er for hele familien."),
        ("4b-3", True, "Tiltaket er for hele familien."),
        ("4b-11", False, "Tiltaket er for ett barn."),
        ("4b-9", False, "Tiltaket er for ett barn."),
    ],
)
def test_a_referral_added_later_is_for_whom_the_registering_page_offers_it(
    folk: Any, nettleser: Nettleser, tiltak: str, for_barn: bool, melding: str
) -> None:
    sak = registrert(folk.nav1)
    sak_id, barn = sak.id, str(sak.barn[0].id)
    db.session.rollback()
    valgt = {"tiltak": tiltak, "barn": barn if for_barn else ""}
    svar = nettleser.som(folk.nav1).send(f"/saker/{sak_id}/henvisning", valgt)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert melding in html.split('id="barn-feil"', 1)[1].split("</p>", 1)[0]
    assert re.search(rf'<input[^>]*checked[^>]*value="{tiltak}"|<input[^>]*value="{tiltak}"[^>]*checked', html)
    assert "Hvem gjelder det? (valgfritt)" not in re.sub(r"<[^>]+>", "", html)
    db.session.rollback()
    assert [h.tiltak_id for h in db.session.get_one(Sak, sak_id).henvisninger] == ["4b-2"]


def test_where_a_card_is_one_childs_it_is_added_for_a_child(folk: Any, nettleser: Nettleser) -> None:
    kortaar = fabrikk.kortaar()
    with transaction():
        db.session.get_one(type(kortaar), kortaar.id).per = Kortenhet.BARN
    sak = registrert(folk.nav1, henvisninger=(NyHenvisning("4b-12"),))
    adresse, barn = f"/saker/{sak.id}/henvisning", str(sak.barn[0].id)
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    svar = [side.send(adresse, {"tiltak": "4b-2", "barn": en}).status_code for en in ("", barn, barn)]
    assert svar == [422, 303, 422]


def test_a_correction_does_not_turn_a_family_into_a_child(folk: Any) -> None:
    sak = registrert(folk.nav1)
    rettelse = HenvisningRettelse(sak.barn[0].id, (), frozenset(), Rettegrunn.FEIL)
    with pytest.raises(UgyldigFelt, match="hele familien") as feil, transaction():
        services.rett_henvisning(queries.henvisning(folk.nav1, sak.henvisninger[0].id), rettelse, av=folk.nav1)
    assert feil.value.felt == "barn"


def test_a_correction_makes_no_second_open_referral_either(folk: Any) -> None:
    sak = registrert(
        folk.nav1,
        barn=(NyttBarn(AAR - 10), NyttBarn(AAR - 8)),
        henvisninger=(NyHenvisning("4b-9", 0), NyHenvisning("4b-9", 1)),
    )
    rettelse = HenvisningRettelse(sak.barn[1].id, (), frozenset(), Rettegrunn.FEIL)
    foerste = next(h for h in sak.henvisninger if h.barn_id == sak.barn[0].id)
    with pytest.raises(UgyldigFelt) as feil, transaction():
        services.rett_henvisning(queries.henvisning(folk.nav1, foerste.id), rettelse, av=folk.nav1)
    assert feil.value.felt == "barn"


def test_what_was_given_keeps_the_case_after_it_was_taken_up_again_and_refused(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    henvisning = ta_imot(fabrikk.sak(folk.helse1, tiltak=[("4b-2", None)]), folk.nav1)
    gjoer(tildeling.gi, henvisning, av=folk.nav1)
    gjoer(tildeling.bekreft_start, henvisning, av=folk.nav1)
    gjoer(tildeling.meld_tapt, henvisning, av=folk.nav1)
    gjoer(tildeling.gjenaapne, henvisning, "feil", av=folk.nav1)
    gjoer(tildeling.avslaa, henvisning, "tak_naadd", av=folk.nav1)
    assert (henvisning.status, henvisning.startet) == (Status.AVSLAATT, False)
    sak_id = henvisning.sak_id
    with pytest.raises(NoeErGitt), transaction():
        services.slett(queries.sak(folk.helse1, sak_id), av=folk.helse1)
    db.session.rollback()
    side = nettleser.som(folk.helse1)
    assert "kan saken ikke slettes" in side.se(f"/saker/{sak_id}").get_data(as_text=True)
    assert side.send(f"/saker/{sak_id}/slett").status_code == 409
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Tildeling)) == 1


def test_a_child_that_has_had_something_is_not_removed(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    barna = (fabrikk.barn(), fabrikk.barn(AAR - 8))
    henvisning = ta_imot(fabrikk.sak(folk.nav1, barna=barna), folk.inkludering1)
    gjoer(tildeling.gi, henvisning, tilbud, av=folk.inkludering1)
    gjoer(tildeling.bekreft_start, henvisning, av=folk.inkludering1)
    gjoer(tildeling.avslutt, henvisning, "avbrutt", JaNeiVetIkke.NEI, av=folk.inkludering1)
    gjoer(tildeling.gjenaapne, henvisning, "feil", av=folk.inkludering1)
    gjoer(tildeling.avslaa, henvisning, "ingen_kapasitet", av=folk.inkludering1)
    with pytest.raises(NoeErGitt), transaction():
        services.fjern_barn(queries.barn(folk.nav1, henvisning.barn_id or 0), av=folk.nav1)


def test_what_was_taken_back_unused_does_not_keep_the_case(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(tildeling.gi, henvisning, tilbud, av=folk.inkludering1)
    gjoer(tildeling.trekk, henvisning, "feilregistrert", av=folk.nav1)
    with transaction():
        services.slett(queries.sak(folk.nav1, henvisning.sak_id), av=folk.nav1)
    assert db.session.scalar(select(func.count()).select_from(Sak)) == 0
