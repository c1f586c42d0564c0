"""The plan's life by the services: draft, correction, decision; what must hold, and that nothing is lost."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, transaction
from koordinering.errors import DomainError, Endret, FinnesIkke, IngenTilgang, UgyldigFelt
from koordinering.plan.models import Indikator, Plan
from koordinering.plan.rullering import queries
from koordinering.plan.rullering.models import Planendring, Planversjon
from koordinering.plan.rullering.rules import FinnesUtkast, Hendelse, IBruk, IngenUtkast, Merke, Plandel
from koordinering.plan.rullering.rules.dokument import fra_innhold, sjekksum, til_innhold
from koordinering.plan.rullering.rules.endring import avtrykk
from koordinering.plan.rullering.rules.forskjell import FELT, deler, forskjell, merker
from koordinering.plan.rullering.services import rediger, versjoner
from koordinering.plan.services import last_plan
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import Kadens, Mekanikk
from tests.fabrikk import bruker
from tests.plan.eksempel import ANNEN_KOMMUNE
from tests.plan.rullering.hjelp import GJELDENDE, UTKAST, endre, i_dokumentet, i_tabellene, planen, start, tatt_i_bruk

TILTAK = Plandel.TILTAK


def _nytt(tiltak_id: str = "4b-20") -> Any:
    mal = next(en for en in planen().tiltak if en.id == "4b-1")
    return replace(mal, id=tiltak_id, navn="Sommerklubb", kortnavn="Sommerklubb")


def _legg_til(linje: Any, slag: Plandel = TILTAK) -> None:
    db.session.rollback()
    with transaction():
        rediger.legg_til(slag, linje, None, av=bruker("koordinator1"))


def _fjern(slag: Plandel, del_id: str, grunn: str | None = "Dekkes av et annet") -> None:
    db.session.rollback()
    with transaction():
        rediger.fjern(slag, del_id, grunn, av=bruker("koordinator1"))


def test_a_rullering_from_draft_to_decision(app: Flask) -> None:
    nytt, foer = _nytt(), planen()
    assert start() == 2
    _legg_til(nytt)
    endre(UTKAST, TILTAK, "4b-2", kadens=Kadens.HVERT_TREDJE_AAR)
    _fjern(TILTAK, "4b-5")
    utkastet = planen(UTKAST)
    merket = merker(forskjell(foer, utkastet, {}), utkastet)
    assert {en: m for en, m in merket.items() if m is not Merke.VIDEREFOERES} == {
        "4b-20": Merke.NY, "4b-2": Merke.ENDRES, "4b-5": Merke.AVSLUTTES
    }  # fmt: skip
    assert i_tabellene() == i_dokumentet(foer), "a draft is nobody's plan yet"
    assert tatt_i_bruk() == 2
    assert i_tabellene() == i_dokumentet(planen()) == i_dokumentet(utkastet)
    assert db.session.get_one(Tiltak, "4b-5").utgaatt is True, "kept, since referrals may name it"
    assert db.session.get_one(Plan, 1).vedtak == f"Kommunestyret {i_dag():%d.%m.%Y}, sak 23/27"
    gammel = queries.versjon(bruker("nav1"), 1)
    assert (gammel.status.value, gammel.gjelder_til) == ("tidligere", i_dag())
    assert fra_innhold(gammel.innhold) == foer, "the old one reads as it was"
    linjer = db.session.scalars(select(Planendring).where(Planendring.del_id == "4b-2")).all()
    assert [(en.felt, en.til, en.rettelse, en.av_id) for en in linjer] == [
        ("kadens", "Hvert tredje år", False, bruker("koordinator1").id)
    ]
    assert db.session.scalar(select(Innslag.detalj).where(Innslag.hva == Hva.PLAN_VEDTATT))


def test_a_small_correction_leaves_a_line_and_reaches_the_draft(app: Flask) -> None:
    start()
    endre(UTKAST, TILTAK, "4b-2", frist="2027")
    assert endre(GJELDENDE, TILTAK, "4b-2", "Skrivefeil", navn="Opplevelseskortet for alle", frist="2026")
    kort = db.session.get_one(Tiltak, "4b-2")
    assert (kort.navn, kort.frist) == ("Opplevelseskortet for alle", "2026")
    i_utkastet = next(en for en in planen(UTKAST).tiltak if en.id == "4b-2")
    assert (i_utkastet.navn, i_utkastet.frist) == ("Opplevelseskortet for alle", "2027"), "her own word on the deadline"
    rettet = db.session.scalars(select(Planendring).where(Planendring.rettelse).order_by(Planendring.id)).all()
    assert [(en.felt, en.fra, en.til, en.grunn) for en in rettet][1] == ("frist", None, "2026", "Skrivefeil")
    assert endre(GJELDENDE, TILTAK, "4b-2", "Igjen", frist="2026") is False, "nothing differed"
    with pytest.raises(UgyldigFelt, match="hvorfor"):
        endre(GJELDENDE, TILTAK, "4b-2", None, frist="2028")
    with pytest.raises(FinnesIkke):
        endre(GJELDENDE, TILTAK, "4b-2", mekanikker=(Mekanikk.SYSTEM,), mottaker=None)


def test_an_uncertain_measure_is_confirmed_and_the_confirmation_taken_back(app: Flask) -> None:
    for sikker in (True, True, False):
        with transaction():
            rediger.plasser("2b-1", sikker=sikker, av=bruker("koordinator1"))
        assert db.session.get_one(Tiltak, "2b-1").usikker is not sikker
    linjer = db.session.scalars(select(Planendring).order_by(Planendring.id)).all()
    assert [(en.fra, en.til) for en in linjer] == [("Ja", "Nei"), ("Nei", "Ja")]
    siste = queries.bekreftet(bruker("nav1"), "2b-1")
    assert siste is not None
    assert siste.til == "Ja"


@pytest.mark.bare_sqlite
def test_two_who_edit_meet_only_where_they_edit_the_same(app: Flask) -> None:
    start()
    fil = planen(UTKAST)
    sett = {en.id: avtrykk(en) for en in fil.tiltak}
    db.session.rollback()

    def lagre(tiltak_id: str, **felter: Any) -> None:
        with transaction():
            rettelse = rediger.Rettelse(TILTAK, tiltak_id, felter, sett[tiltak_id], None)
            rediger.endre(UTKAST, rettelse, av=bruker("koordinator2"))

    lagre("4b-2", frist="2027")
    lagre("4b-3", frist="2027")
    with pytest.raises(Endret):
        lagre("4b-2", maalgruppe="Alle")
    assert next(en for en in planen(UTKAST).tiltak if en.id == "4b-2").maalgruppe is None
    utgave = queries.utkast(bruker("koordinator1"))
    assert utgave is not None
    db.session.rollback()
    with pytest.raises(Endret), transaction():
        versjoner.vedta(versjoner.Vedtak("Kommunestyret", i_dag(), None), "eldre", av=bruker("koordinator1"))
    with pytest.raises(Endret), transaction():
        versjoner.kast_utkast("eldre", av=bruker("koordinator1"))


def test_one_draft_at_a_time_and_it_can_be_thrown_away(app: Flask) -> None:
    nr = start()
    with pytest.raises(FinnesUtkast), transaction():
        versjoner.start_utkast(av=bruker("koordinator2"))
    endre(UTKAST, TILTAK, "4b-2", frist="2027")
    sett = db.session.scalars(select(Planversjon.sjekksum).where(Planversjon.nr == nr)).one()
    db.session.rollback()
    with transaction():
        versjoner.kast_utkast(sett, av=bruker("koordinator1"))
    assert db.session.scalars(select(Planendring)).all() == []
    with pytest.raises(IngenUtkast), transaction():
        versjoner.kast_utkast(sett, av=bruker("koordinator1"))
    assert start() == nr


def test_a_file_that_is_loaded_is_a_version_and_leaves_the_draft(app: Flask) -> None:
    start()
    endre(UTKAST, TILTAK, "4b-2", frist="2027")
    with transaction():
        last_plan(ANNEN_KOMMUNE, av=None)
    assert [(en.nr, en.status.value) for en in db.session.scalars(select(Planversjon).order_by(Planversjon.nr))] == [
        (1, "tidligere"), (2, "gjeldende"), (3, "utkast")
    ]  # fmt: skip
    assert i_tabellene() == i_dokumentet(planen())


@pytest.mark.bare_sqlite
def test_what_must_hold_is_said_at_its_field(app: Flask) -> None:
    start()
    for linje, felt in (
        (_nytt("4b-2"), "id"),
        (_nytt("4b 20"), "id"),
        (replace(_nytt(), strategi="9"), "strategi"),
        (replace(_nytt(), ansvar=(("nav", True), ("to_kultur_fritid", True))), "hovedansvar"),
        (replace(_nytt(), ansvar=(("finnes-ikke", True),)), "hovedansvar"),
        (replace(_nytt(), mekanikker=(Mekanikk.KORT,)), "mottaker"),
        (replace(_nytt(), mottaker="nav"), "mottaker"),
        (replace(_nytt(), mekanikker=()), "mekanikker"),
    ):
        with pytest.raises(UgyldigFelt) as feil:
            _legg_til(linje)
        assert feil.value.felt == felt
    _legg_til(replace(_nytt(), ansvar=()))  # nobody answers for it, and it says so
    with pytest.raises(UgyldigFelt, match="hvorfor"):
        _fjern(TILTAK, "4b-5", None)
    _fjern(TILTAK, "4b-20", None)  # it was never in the plan
    for slag, del_id in ((Plandel.STRATEGI, "4b"), (Plandel.ENHET, "nav")):
        with pytest.raises(IBruk):
            _fjern(slag, del_id)
    with pytest.raises(UgyldigFelt, match="ingenting"):
        tatt_i_bruk()


@pytest.mark.bare_sqlite
def test_the_number_of_a_measure_that_ended_is_never_given_to_another(app: Flask) -> None:
    start()
    _fjern(TILTAK, "4b-5")
    with pytest.raises(UgyldigFelt, match="Nummeret er brukt"):
        _legg_til(_nytt("4b-5"))
    tatt_i_bruk()
    start()
    with pytest.raises(UgyldigFelt, match="Nummeret er brukt"):
        _legg_til(_nytt("4b-5"))


@pytest.mark.bare_sqlite
def test_a_draft_with_something_missing_is_not_put_in_force(app: Flask) -> None:
    start()
    for en in [en.id for en in planen().tiltak if en.strategi == "5a"]:
        _fjern(TILTAK, en)
    with pytest.raises(versjoner.IkkeFerdig) as feil:
        tatt_i_bruk()
    assert [(en.slag, en.id) for en in feil.value.mangler] == [(Plandel.STRATEGI, "5a")]
    with transaction():
        rediger.ta_tilbake(TILTAK, "5a-1", av=bruker("koordinator1"))
    tatt_i_bruk()


@pytest.mark.bare_sqlite
def test_taking_back_gives_the_part_its_place_and_its_figures(app: Flask) -> None:
    foer = planen()
    start()
    for slag, del_id in (
        (TILTAK, "4b-2"), (TILTAK, "4b-3"), (Plandel.DELMAAL, "D2"), (Plandel.INDIKATOR, foer.indikatorer[0].id)
    ):  # fmt: skip
        _fjern(slag, del_id)
    endre(UTKAST, Plandel.HODE, "planen", tittel="Ny plan")
    endre(UTKAST, Plandel.STRATEGI, "4b", tekst="Ny tekst")
    tilbake = (
        (TILTAK, "4b-3"), (TILTAK, "4b-2"), (Plandel.DELMAAL, "D2"), (Plandel.INDIKATOR, foer.indikatorer[0].id),
        (Plandel.HODE, "planen"), (Plandel.STRATEGI, "4b"),
    )  # fmt: skip
    for slag, del_id in tilbake:
        with transaction():
            rediger.ta_tilbake(slag, del_id, av=bruker("koordinator1"))
    assert forskjell(foer, planen(UTKAST), {}) == ()
    utgave = queries.utkast(bruker("koordinator1"))
    assert utgave is not None
    assert utgave.grunner == {}


@pytest.mark.bare_sqlite
def test_only_the_coordinator_edits_and_only_she_sees_the_draft(app: Flask) -> None:
    nr = start()
    for hvem in ("nav1", "tiltak1", "system1"):
        with pytest.raises(IngenTilgang), transaction():
            versjoner.start_utkast(av=bruker(hvem))
        with pytest.raises(IngenTilgang), transaction():
            rediger.plasser("2b-1", sikker=True, av=bruker(hvem))
        with pytest.raises(FinnesIkke):
            queries.versjon(bruker(hvem), nr)
        assert queries.versjon(bruker(hvem), 1).nr == 1
        db.session.rollback()


@pytest.mark.bare_sqlite
def test_every_field_of_every_part_has_its_word(app: Flask) -> None:
    fil = planen()
    uten_ord = {"id", "tiltak"}
    for slag, felter in FELT.items():
        en = deler(fil, slag)[0]
        assert set(vars(en)) - uten_ord == set(felter) - uten_ord, slag
    assert {felt for felter in FELT.values() for felt in felter} >= rediger.FASTE


_ENDRINGER = st.lists(
    st.tuples(
        st.sampled_from(("kadens", "ansvar", "navn", "strategi", "flytt", "fjern", "ny", "indikator", "enhet")),
        st.integers(0, 39),
        st.integers(0, 16),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=6)
@given(endringer=_ENDRINGER)
@pytest.mark.bare_sqlite
def test_whatever_a_draft_came_to_the_tables_are_it_and_a_version_reads_as_written(
    app: Flask, endringer: list[tuple[str, int, int]]
) -> None:
    """Document, tables, document; and going back from the one to the other takes away what the first brought."""
    start()
    foer = planen()
    for nr, (hva, en, annen) in enumerate(endringer):
        _en_endring(nr, hva, en, annen)
    utkastet = planen(UTKAST)
    assert fra_innhold(til_innhold(utkastet)) == utkastet
    endret, motsatt = forskjell(foer, utkastet, {}), forskjell(utkastet, foer, {})
    assert {en.noekkel for en in endret} == {en.noekkel for en in motsatt}
    bytte = {Hendelse.NY: Hendelse.FJERNET, Hendelse.FJERNET: Hendelse.NY, Hendelse.ENDRET: Hendelse.ENDRET}
    assert {(en.noekkel, en.hva) for en in endret} == {(en.noekkel, bytte[en.hva]) for en in motsatt}
    if not endret:
        _kast()
        return
    tatt_i_bruk()
    assert i_tabellene() == i_dokumentet(utkastet)
    assert set(db.session.scalars(select(Indikator.id))) == {en.id for en in utkastet.indikatorer}
    gjelder = queries.gjeldende()
    assert gjelder is not None
    assert gjelder.sjekksum == sjekksum(gjelder.innhold)
    assert {**gjelder.innhold, "hode": None} == {**til_innhold(utkastet), "hode": None}
    db.session.rollback()


def _en_endring(nr: int, hva: str, en: int, annen: int) -> None:
    fil = planen(UTKAST)
    tiltaket, enhet = fil.tiltak[en % len(fil.tiltak)], fil.enheter[annen % len(fil.enheter)]
    strategi, indikator = fil.strategier[annen % len(fil.strategier)], fil.indikatorer[en % len(fil.indikatorer)]
    kadens = list(Kadens)[annen % len(Kadens)]
    if hva == "flytt":
        with transaction():
            rediger.flytt(TILTAK, tiltaket.id, 1 if annen % 2 else -1, av=bruker("koordinator1"))
    elif hva == "fjern" and sum(t.strategi == tiltaket.strategi for t in fil.tiltak) > 1:
        _fjern(TILTAK, tiltaket.id)
    elif hva == "ny":
        finnes = set(db.session.scalars(select(Tiltak.id))) | {t.id for t in fil.tiltak}
        _legg_til(replace(_nytt(f"x-{len(finnes)}-{nr}"), strategi=strategi.id))
    elif hva == "strategi" and sum(t.strategi == tiltaket.strategi for t in fil.tiltak) > 1:
        endre(UTKAST, TILTAK, tiltaket.id, strategi=strategi.id)
    elif hva == "indikator":
        endre(UTKAST, Plandel.INDIKATOR, indikator.id, tiltak=(tiltaket.id,), verdi=annen + 0.5)
    elif hva == "enhet":
        endre(UTKAST, Plandel.ENHET, enhet.id, kortnavn=f"Enhet {nr}")
    else:
        felter: dict[str, Any] = {"kadens": kadens, "navn": f"Navn {annen}", "ansvar": ((enhet.id, True),)}
        endre(UTKAST, TILTAK, tiltaket.id, **{hva: felter.get(hva, felter["kadens"])} if hva in felter else felter)


def _kast() -> None:
    utgave = queries.utkast(bruker("koordinator1"))
    assert utgave is not None
    sett = utgave.sjekksum
    db.session.rollback()
    with transaction():
        versjoner.kast_utkast(sett, av=bruker("koordinator1"))


def _samtidig(app: Flask, gjoer: Callable[[], object]) -> list[str]:
    """What two people come to who do the same at the same moment."""
    klar, svar = threading.Barrier(2), list[str]()

    def en() -> None:
        with app.app_context():
            klar.wait(20)
            try:
                gjoer()
                svar.append("gjort")
            except DomainError as feil:
                svar.append(type(feil).__name__)
            db.session.remove()

    traader = [threading.Thread(target=en) for _ in range(2)]
    for traad in traader:
        traad.start()
    for traad in traader:
        traad.join(60)
    return sorted(svar)


def test_of_two_at_the_same_moment_one_does_it_and_the_other_is_told(app: Flask) -> None:
    assert _samtidig(app, start) == ["FinnesUtkast", "gjort"]
    endre(UTKAST, TILTAK, "4b-2", frist="2027")
    sett = db.session.scalars(select(Planversjon.sjekksum).where(Planversjon.nr == 2)).one()
    db.session.rollback()

    def vedta() -> None:
        with transaction():
            versjoner.vedta(versjoner.Vedtak("Kommunestyret", i_dag(), None), sett, av=bruker("koordinator1"))

    assert _samtidig(app, vedta) == ["IngenUtkast", "gjort"]
    assert i_tabellene() == i_dokumentet(planen())
