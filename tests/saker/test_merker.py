"""The marks that a case is found by in its unit's list are what its referrals say, whoever wrote them last."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Insert, delete, func, insert, literal, null, select, text, update

from koordinering import migrering, noekkellager
from koordinering.config import Config
from koordinering.db import db, now, transaction
from koordinering.rettigheter import setninger
from koordinering.saker import queries
from koordinering.saker.models import Henvisning, Sak, Saksmerke
from koordinering.saker.queries import Saksfilter
from koordinering.saker.queries.merker import feilmerkede
from koordinering.saker.rules.behov import Spoersmaal
from koordinering.saker.rules.merker import Merke
from koordinering.saker.rules.overganger import AAPNE, Status
from koordinering.saker.services.merker import rett_merker
from koordinering.users import Enhet
from tests import fabrikk
from tests.kommando import kjoer

_MOMENT = st.sampled_from([None, now()])
_ENDRINGER = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(Status),
        "spoersmaal": st.sampled_from([None, *Spoersmaal]),
        "beskjed_siden": _MOMENT,
        "svar_innen": _MOMENT,
        "sperret": st.booleans(),
    },
).filter(bool)


def _ventet(henvisninger: list[Henvisning]) -> set[Merke]:
    """By hand, as the page's filters are told in words."""
    ulaaste = [h for h in henvisninger if not h.sperret]
    if not henvisninger:
        return {Merke.TOM}
    slutt = {Merke.AVSLUTTEDE} if ulaaste and not any(h.status in AAPNE for h in henvisninger) else set()
    per_henvisning = {
        Merke.UTKAST: lambda h: h.status is Status.UTKAST,
        Merke.SAMTYKKE: lambda h: h.status is Status.VENTER_SAMTYKKE,
        Merke.SPOERSMAAL: lambda h: h.status is Status.PAA_VENT and h.spoersmaal is not None,
        Merke.BESKJED: lambda h: h.beskjed_siden is not None,
        Merke.TILBUD: lambda h: h.svar_innen is not None,
        Merke.AAPNE: lambda h: h.status in AAPNE,
    }
    return slutt | {merke for merke, gjelder in per_henvisning.items() if any(map(gjelder, ulaaste))}


def _som_de_skal(sak_id: int) -> None:
    henvisninger = list(db.session.scalars(select(Henvisning).where(Henvisning.sak_id == sak_id)))
    rader = list(db.session.scalars(select(Saksmerke).where(Saksmerke.sak_id == sak_id)))
    sak = db.session.get(Sak, sak_id)
    assert {rad.merke for rad in rader} == _ventet(henvisninger)
    assert all((rad.enhet_id, rad.opprettet) == (sak and sak.enhet_id, sak and sak.opprettet) for rad in rader)
    db.session.rollback()


def test_the_marks_follow_every_change(app: Flask, folk: Any) -> None:
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None), ("4b-12", None), ("4a-3", 0)])
    sak_id, ider = sak.id, sorted(h.id for h in sak.henvisninger)

    @settings(max_examples=15)
    @given(st.lists(st.tuples(st.sampled_from(ider), _ENDRINGER), min_size=1, max_size=4))
    def proev(endringer: list[tuple[int, dict[str, Any]]]) -> None:
        with transaction() as session:
            for henvisning_id, verdier in endringer:
                session.execute(update(Henvisning).where(Henvisning.id == henvisning_id).values(**verdier))
        _som_de_skal(sak_id)

    proev()
    for henvisning_id in ider:
        with transaction() as session:
            session.execute(delete(Henvisning).where(Henvisning.id == henvisning_id))
        _som_de_skal(sak_id)


@pytest.mark.parametrize("tiltak", [[("4b-2", None)], []], ids=["with a referral", "without"])
def test_a_case_that_goes_takes_its_marks_along(app: Flask, folk: Any, tiltak: list[tuple[str, int | None]]) -> None:
    sak_id = fabrikk.sak(folk.nav1, tiltak=tiltak, utkast=True).id
    _som_de_skal(sak_id)
    with transaction() as session:
        session.execute(delete(Sak).where(Sak.id == sak_id))
    assert db.session.scalars(select(Saksmerke)).all() == []


def test_a_case_of_two_waiting_referrals_stands_once_and_is_counted_once(app: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None), ("4b-12", None)], utkast=True).id
    side = queries.side(folk.nav1, Saksfilter.UTKAST)
    assert [sak.id for sak in side.rader] == [sak_id]
    assert side.antall == queries.antall_som_venter(folk.nav1)[Saksfilter.UTKAST] == 1


def test_whoever_has_no_unit_sees_an_empty_list(app: Flask, folk: Any) -> None:
    fabrikk.sak(folk.nav1)
    for filter_ in Saksfilter:
        side = queries.side(folk.system1, filter_)
        assert (side.rader, side.antall) == ([], 0)


@pytest.mark.bare_postgresql  # a file has one writer
def test_two_who_close_the_two_referrals_of_a_case_leave_it_closed(app: Flask, folk: Any) -> None:
    """Neither sees the other's: whoever commits last has to wait, and look again."""
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None), ("4b-12", None)])
    sak_id, ider = sak.id, [h.id for h in sak.henvisninger]
    db.session.rollback()
    with db.engine.connect() as en, db.engine.connect() as annen:
        for forbindelse, henvisning_id in ((en, ider[0]), (annen, ider[1])):
            lukk = text("UPDATE henvisning SET status = 'avsluttet' WHERE id = :id")
            forbindelse.execute(lukk, {"id": henvisning_id})
        en.commit()
        annen.commit()
    _som_de_skal(sak_id)
    assert [sak.id for sak in queries.side(folk.nav1, Saksfilter.AVSLUTTEDE).rader] == [sak_id]


@pytest.mark.bare_postgresql
def test_the_services_own_role_keeps_the_marks_too(app: Flask, folk: Any) -> None:
    """What it may is what the command gives it: all of this is undone with the transaction."""
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)])
    sak_id = sak.id
    db.session.rollback()
    with db.engine.connect() as forbindelse:
        forbindelse.exec_driver_sql("CREATE ROLE merkeproeve")
        for setning in setninger("merkeproeve"):
            forbindelse.exec_driver_sql(setning)
        forbindelse.exec_driver_sql("SET LOCAL ROLE merkeproeve")
        lukket = update(Henvisning).where(Henvisning.sak_id == sak_id).values(status=Status.TRUKKET)
        endringer = (lukket, delete(Henvisning).where(Henvisning.sak_id == sak_id), _en_til(sak_id))
        merker = []
        for endring in endringer:
            forbindelse.execute(endring)
            forbindelse.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
            forbindelse.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
            merker.append(sorted(forbindelse.scalars(select(Saksmerke.merke))))
        forbindelse.rollback()
    assert merker == [[Merke.AVSLUTTEDE], [Merke.TOM], [Merke.TOM, Merke.TOM]]


def _en_til(sak_id: int) -> Insert:
    """Another case as this one is, without its referrals."""
    nye: dict[str, Any] = {"id": Sak.id + 2, "referanse": Sak.referanse + "-2", "innsending": null()}
    kolonner: dict[str, Any] = {en.name: nye.get(en.name, en) for en in Sak.__table__.columns}
    return insert(Sak).from_select(list(kolonner), select(*kolonner.values()).where(Sak.id == sak_id))


# --- Looking whether they are right, and putting them right ----------------------------------------------

_SKADER: dict[str, Any] = {
    "gone": lambda sak_id: delete(Saksmerke).where(Saksmerke.sak_id == sak_id),
    "another's": lambda sak_id: (
        update(Saksmerke)
        .where(Saksmerke.sak_id == sak_id)
        .values(enhet_id=select(func.max(Enhet.id)).where(Enhet.id != Saksmerke.enhet_id).scalar_subquery())
    ),
    "of another time": lambda sak_id: update(Saksmerke).where(Saksmerke.sak_id == sak_id).values(opprettet=now()),
    "one too many": lambda sak_id: insert(Saksmerke).from_select(
        ["enhet_id", "merke", "opprettet", "sak_id"],
        select(Sak.enhet_id, literal("spoersmaal"), Sak.opprettet, Sak.id).where(Sak.id == sak_id),
    ),
}


def test_the_cases_that_are_marked_wrong_are_found_and_put_right(app: Flask, folk: Any) -> None:
    to = [("4b-2", None), ("4b-12", None)]
    saker = sorted(
        fabrikk.sak(folk.nav1, tiltak=to[:antall], utkast=utkast).id
        for antall, utkast in ((0, True), (1, True), (1, False), (2, True), (2, False))
    )

    @settings(max_examples=15)
    @given(st.dictionaries(st.sampled_from(saker), st.sampled_from(sorted(_SKADER))), st.booleans())
    def proev(skadet: dict[int, str], laast: bool) -> None:
        with transaction() as session:
            session.execute(update(Sak).where(Sak.id == saker[0]).values(begrenset=now() if laast else None))
            for sak_id, skade in skadet.items():
                session.execute(_SKADER[skade](sak_id))
        assert feilmerkede() == sorted(skadet)
        assert rett_merker(feilmerkede()) == []
        assert feilmerkede() == []
        for sak_id in saker:
            _som_de_skal(sak_id)

    proev()


def test_the_command_tells_of_them_and_puts_them_right_when_asked(app: Flask, folk: Any, config: Config) -> None:
    saker = [fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).id for _ in range(3)]
    with transaction() as session:
        session.execute(delete(Saksmerke).where(Saksmerke.sak_id.in_(saker[:2])))
    db.session.remove()
    svar = [kjoer(config, "db", "kontroll", *valg) for valg in ([], ["--rett-merker"], ["--rett-merker"], [])]
    assert [kode for kode, _ in svar] == [1, 0, 0, 0]
    raad, rettet, *etter = ["".join(sagt.partition("Saksmerker: ")[1:]) for _, sagt in svar]
    assert raad == "Saksmerker: stemmer ikke i 2 saker.\n  Rett dem med «koordinering db kontroll --rett-merker».\n"
    assert rettet == "Saksmerker: stemmer ikke i 2 saker.\n  2 er rettet.\n"
    assert etter == ["Saksmerker: alle stemmer.\n"] * 2


@pytest.mark.bare_postgresql  # a file has one writer
def test_a_case_that_somebody_has_is_left_and_told_of(app: Flask, folk: Any) -> None:
    min_, opptatt, slettes = saker = [fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).id for _ in range(3)]
    with transaction() as session:
        session.execute(delete(Saksmerke))
    with db.engine.connect() as en, db.engine.connect() as annen:
        en.execute(select(Enhet.id).where(Enhet.id == "nav").with_for_update())
        assert rett_merker(saker) == saker
        en.rollback()
        en.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": opptatt})
        annen.execute(delete(Sak).where(Sak.id == slettes))
        assert sorted(rett_merker(saker)) == sorted([opptatt, slettes])
        annen.commit()
    assert feilmerkede() == [opptatt]
    assert rett_merker([opptatt, slettes]) == []
    for sak_id in (min_, opptatt):
        _som_de_skal(sak_id)


def test_an_upgrade_marks_all_cases_as_the_triggers_would(app: Flask, folk: Any) -> None:
    """Every status, alone and beside another, and what a mark asks about besides, unlocked and locked."""
    naa = now()
    tilfeller: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"status": en}, {"status": annen}) for en, annen in zip(Status, [*list(Status)[3:], *Status], strict=False)
    ]
    for felt, verdi in (("spoersmaal", next(iter(Spoersmaal))), ("beskjed_siden", naa), ("svar_innen", naa)):
        tilfeller += [
            ({"status": en, felt: verdi}, {"status": Status.TRUKKET}) for en in (Status.PAA_VENT, Status.SENDT)
        ]
    tilfeller += [
        (en | {"sperret": True}, annen | {"sperret": laast}) for en, annen in tilfeller[:3] for laast in (0, 1)
    ]
    saker = [fabrikk.sak(folk.nav1, tiltak=[], utkast=True).id for _ in range(3)]
    with transaction() as session:
        session.execute(update(Sak).where(Sak.id == saker[0]).values(begrenset=naa))
    for verdier in tilfeller:
        sak = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None), ("4b-12", None)])
        saker.append(sak.id)
        with transaction() as session:
            for id_, felter in zip([h.id for h in sak.henvisninger], verdier, strict=True):
                session.execute(update(Henvisning).where(Henvisning.id == id_).values(**felter))
    foer = set(db.session.execute(select(Saksmerke.enhet_id, Saksmerke.merke, Saksmerke.opprettet, Saksmerke.sak_id)))
    db.session.remove()
    migrering.nedgrader(db.engine, "0028", lager=noekkellager.engine())
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    for sak_id in saker:
        _som_de_skal(sak_id)
    assert foer == set(
        db.session.execute(select(Saksmerke.enhet_id, Saksmerke.merke, Saksmerke.opprettet, Saksmerke.sak_id))
    )
