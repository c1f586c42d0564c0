"""Linking: counted as one, told to nobody; numbers corrected; families followed for ceilings only."""

from typing import Any

import pytest
from sqlalchemy import event, select

from koordinering.db import db, transaction
from koordinering.errors import UgyldigFelt
from koordinering.saker import queries, services
from koordinering.saker.models import Barn, Sak
from koordinering.saker.rules.behov import Rettegrunn
from koordinering.saker.services import NyttBarn
from koordinering.users import Koblingsmodus, kommune
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, indeks, nummer, registrert, utfylt


def _barn(*numre: str | None) -> tuple[NyttBarn, ...]:
    return tuple(NyttBarn(AAR - 8, blindindeks=indeks(n) if n else None) for n in numre)


def test_the_same_child_in_two_services_is_one_family(folk: Any) -> None:
    a, b = nummer(), nummer()
    hos_nav = registrert(folk.nav1, barn=_barn(a, b))
    hos_helse = registrert(folk.helse1, "to_helsestasjon", barn=_barn(a, b))
    ukjent = registrert(folk.kultur1, "to_kultur_fritid", barn=_barn(nummer()))
    assert queries.koblede_saker(hos_nav.id) == {hos_nav.id, hos_helse.id}
    assert queries.koblede_saker(hos_helse.id) == {hos_nav.id, hos_helse.id}
    assert queries.koblede_saker(ukjent.id) == {ukjent.id}


def test_half_of_the_children_is_not_enough(folk: Any) -> None:
    a = nummer()
    hos_nav = registrert(folk.nav1, barn=_barn(a, nummer()))
    registrert(folk.helse1, "to_helsestasjon", barn=_barn(a, nummer()))
    assert queries.koblede_saker(hos_nav.id) == {hos_nav.id}


def test_a_child_with_two_homes_is_one_child_and_half_siblings_follow_the_home(folk: Any) -> None:
    felles, hos_mor, hos_far = nummer(), nummer(), nummer()
    mors = registrert(folk.nav1, barn=_barn(felles, hos_mor))
    fars = registrert(folk.helse1, "to_helsestasjon", barn=_barn(felles, hos_far))
    assert queries.koblede_saker(mors.id) == {mors.id}
    assert queries.koblede_saker(fars.id) == {fars.id}
    assert len(db.session.scalars(select(Barn.blindindeks).distinct()).all()) == 3
    alene = registrert(folk.kultur1, "to_kultur_fritid", barn=_barn(felles))  # most of the smaller, in both homes
    assert queries.koblede_saker(alene.id) == {alene.id, mors.id, fars.id}


def test_a_chain_of_cases_is_followed_to_its_end(folk: Any) -> None:
    numre = [nummer() for _ in range(4)]
    foerste = registrert(folk.nav1, barn=_barn(numre[0]))
    ider = {foerste.id}
    ider |= {registrert(folk.helse1, "to_helsestasjon", barn=_barn(*numre[0:2])).id}
    ider |= {registrert(folk.kultur1, "to_kultur_fritid", barn=_barn(numre[1])).id}
    assert queries.koblede_saker(foerste.id) == ider


def test_following_costs_the_same_with_and_without_numbers_and_links(folk: Any) -> None:
    kjent = nummer()
    uten, ukjent = registrert(folk.nav1, barn=_barn(None, None)).id, registrert(folk.nav1, barn=_barn(nummer())).id
    kjente = registrert(folk.nav1, barn=_barn(kjent)).id
    helsas = registrert(folk.helse1, "to_helsestasjon", barn=_barn(kjent)).id
    setninger: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: setninger.append(args[2]))
    brukt = []
    for sak_id, familie in ((uten, {uten}), (ukjent, {ukjent}), (kjente, {kjente, helsas})):
        setninger.clear()
        assert queries.koblede_saker(sak_id) == familie
        brukt.append(len([s for s in setninger if s.lstrip().startswith("SELECT")]))
    assert brukt == [2 * queries.MINST_RUNDER] * 3


def test_a_number_typed_again_links_anew(folk: Any) -> None:
    riktig, feil = nummer(), nummer()
    hos_helse = registrert(folk.helse1, "to_helsestasjon", barn=_barn(riktig))
    sak = registrert(folk.nav1, barn=_barn(feil))
    assert queries.koblede_saker(sak.id) == {sak.id}
    with transaction():
        barn = queries.barn(folk.nav1, sak.barn[0].id)
        services.rett_barn(barn, _barn(riktig)[0], Rettegrunn.FEIL, av=folk.nav1)
    assert queries.koblede_saker(sak.id) == {sak.id, hos_helse.id}


def test_correcting_without_a_number_keeps_the_link(folk: Any) -> None:
    sak = registrert(folk.nav1, barn=_barn(nummer()))
    foer = sak.barn[0].blindindeks
    with transaction():
        barn = queries.barn(folk.nav1, sak.barn[0].id)
        services.rett_barn(barn, NyttBarn(AAR - 9), Rettegrunn.FEIL, av=folk.nav1)
    assert (sak.barn[0].blindindeks, sak.barn[0].foedselsaar) == (foer, AAR - 9)


def test_the_same_child_is_not_added_twice_to_a_case(folk: Any) -> None:
    a = nummer()
    sak = registrert(folk.nav1, barn=_barn(a))
    with pytest.raises(UgyldigFelt) as feil, transaction():
        services.legg_til_barn(queries.sak(folk.nav1, sak.id), _barn(a)[0], av=folk.nav1)
    assert feil.value.felt == "fnr"


def test_with_linking_off_there_is_no_field_and_a_number_sent_anyway_is_ignored(
    folk: Any, nettleser: Nettleser
) -> None:
    with transaction():
        kommune().koblingsmodus = Koblingsmodus.INGEN
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert "fnr" not in side.se("/saker/ny").get_data(as_text=True)
    assert "fnr" not in side.se("/saker/finn").get_data(as_text=True)
    assert side.send("/saker/ny", utfylt(barn_0_fnr=nummer())).status_code == 303
    db.session.rollback()
    assert db.session.scalars(db.select(Barn.blindindeks)).all() == [None]
    assert len(db.session.scalars(db.select(Sak)).all()) == 1
