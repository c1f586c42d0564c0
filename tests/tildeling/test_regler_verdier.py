"""Rules of giving at their very limits: money, ceilings, seasons, ages, the table of actions and the rounds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker.rules.overganger import Part, Status
from koordinering.tildeling import rules
from koordinering.tildeling.rules import (
    HANDLINGER,
    TELLER_MOT_TAK,
    Aldersgruppe,
    Gitt,
    Gjenstand,
    Handling,
    Hvorfor,
    Kandidat,
    Stilling,
    Tildelingstilstand,
    aldersgruppe,
    foedselsaar_i,
    hvorfor_ikke,
    lovlige_handlinger,
    runde,
    teller,
    tilbudt_nok,
)
from koordinering.tiltak.rules import Kortenhet, Mekanikk

DAG = date(2026, 3, 1)
NAA = datetime(2026, 3, 1, 12, tzinfo=UTC)
MIDLER = Gjenstand(Mekanikk.MIDLER, "4a-1", 2026, None, beloep_oere=500, fritt_oere=500, tak_oere=1_000)
PLASS = Gjenstand(Mekanikk.FRIPLASS, "4a-3", 2026, 1, 2, sesong=(date(2026, 1, 10), date(2026, 6, 1)), alder=(6, 12))
FOELGE = Gjenstand(Mekanikk.OPPFOELGING, "3a-1", 2026, None)
KORT = Gjenstand(Mekanikk.KORT, "4b-2", 2026, 3, 1, tak=2)
BARN = Kandidat(Status.UNDER_BEHANDLING, "4a-1", gjelder_barn=True, foedselsaar=2016, grunnlag=True, sak_enhet_id="nav")


def hvorfor(
    ting: Gjenstand, *gitt: Gitt, enhet: str = "nav", registrerer: bool = False, dag: date = DAG, **om: object
) -> tuple[Hvorfor, ...]:
    kandidat = replace(BARN, tiltak_id=ting.tiltak_id, gitt=gitt, **om)  # type: ignore[arg-type]  # any of its fields
    return hvorfor_ikke(kandidat, ting, enhet_id=enhet, registrerer=registrerer, dag=dag)


def fikk(ting: Gjenstand, oere: int | None = None, sak: str = "nav", av: str = "kultur", **om: object) -> Gitt:
    gitt = Gitt(av, sak, ting.tiltak_id, ting.aar, ting.beholdning_id, samme_barn=True, aapen=True, beloep_oere=oere)
    return replace(gitt, **om)  # type: ignore[arg-type]  # any of its fields


# --- Money -----------------------------------------------------------------------------------------------


def test_money_stops_exactly_at_the_ceiling_and_at_the_budget() -> None:
    assert hvorfor(MIDLER) == ()
    assert hvorfor(replace(MIDLER, beloep_oere=501)) == (Hvorfor.BUDSJETT_BRUKT,)
    assert hvorfor(replace(MIDLER, beloep_oere=1_000, fritt_oere=None)) == ()
    assert hvorfor(replace(MIDLER, beloep_oere=1_001, fritt_oere=None)) == (Hvorfor.OVER_TAKET,)
    assert hvorfor(replace(MIDLER, tak_oere=None), fikk(MIDLER, 9_999)) == ()
    assert hvorfor(MIDLER, fikk(MIDLER, 500)) == ()
    assert hvorfor(MIDLER, fikk(MIDLER, 501)) == (Hvorfor.HAR_ALT,)
    assert hvorfor(MIDLER, fikk(MIDLER, 500), fikk(MIDLER)) == (), "what had no amount took none"
    assert hvorfor(MIDLER, fikk(MIDLER, 250), fikk(MIDLER, 251)) == (Hvorfor.HAR_ALT,)
    assert hvorfor(MIDLER, gjelder_barn=False) == (Hvorfor.GJELDER_FAMILIEN,)


def test_only_this_childs_money_of_this_measure_and_year_counts() -> None:
    andre: list[dict[str, Any]] = [{"samme_barn": False}, {"aar": 2025}, {"tiltak_id": "4a-9"}]
    assert [hvorfor(MIDLER, fikk(MIDLER, 900, **om)) for om in andre] == [()] * 3
    assert hvorfor(MIDLER, fikk(MIDLER, None)) == ()


def test_money_of_anothers_case_has_the_neutral_face() -> None:
    ukjent = fikk(MIDLER, 501, sak="helse")
    assert hvorfor(MIDLER, ukjent) == (Hvorfor.KAN_IKKE_NAA,)
    assert hvorfor(MIDLER, ukjent, enhet="helse") == (Hvorfor.HAR_ALT,)
    assert hvorfor(MIDLER, ukjent, enhet="kultur") == (Hvorfor.HAR_ALT,)
    assert hvorfor(MIDLER, ukjent, registrerer=True) == ()
    assert hvorfor(MIDLER, fikk(MIDLER, 300, sak="helse"), fikk(MIDLER, 300)) == (Hvorfor.KAN_IKKE_NAA,)
    assert hvorfor(MIDLER, fikk(MIDLER, 501), registrerer=True) == (Hvorfor.HAR_ALT,)


# --- Places, cards, follow-up -----------------------------------------------------------------------------


def test_money_is_no_place_and_each_thing_counts_in_its_own_measure_and_year() -> None:
    assert teller(fikk(KORT), KORT)
    assert not teller(fikk(KORT, 1), KORT)
    assert not teller(fikk(KORT, aar=2025), KORT)
    assert not teller(fikk(KORT, tiltak_id="x"), KORT)
    assert not teller(fikk(KORT, samme_barn=False), KORT)
    assert teller(fikk(KORT, samme_barn=False), replace(KORT, per=Kortenhet.FAMILIE))


def test_a_ceiling_is_known_as_far_as_what_the_unit_knows_reaches_it() -> None:
    min_, annens = fikk(KORT), fikk(KORT, sak="helse")
    assert hvorfor(KORT, min_) == ()
    assert hvorfor(KORT, min_, min_) == (Hvorfor.HAR_ALT,)
    assert hvorfor(KORT, min_, annens) == (Hvorfor.KAN_IKKE_NAA,)
    assert hvorfor(KORT, min_, min_, annens) == (Hvorfor.HAR_ALT,)
    assert hvorfor(replace(KORT, tak=None), min_, annens) == ()


def test_one_place_in_an_offer_whoever_gave_it() -> None:
    assert hvorfor(PLASS, fikk(PLASS)) == (Hvorfor.HAR_ALT,)
    assert hvorfor(PLASS, fikk(PLASS, sak="helse")) == (Hvorfor.KAN_IKKE_NAA,)
    assert hvorfor(PLASS, fikk(PLASS, sak="helse"), fikk(PLASS)) == (Hvorfor.HAR_ALT,)
    andre: list[dict[str, Any]] = [{"samme_barn": False}, {"aapen": False}, {"beholdning_id": 3}]
    for om in andre:
        assert hvorfor(PLASS, fikk(PLASS, **om)) == ()
    assert hvorfor(replace(KORT, tak=None), fikk(KORT)) == (), "a card has no offer to stand in twice"
    assert hvorfor(replace(PLASS, tak=2), fikk(PLASS, sak="helse")) == (Hvorfor.KAN_IKKE_NAA,)


def test_seasons_ages_and_stocks_at_their_limits() -> None:
    assert hvorfor(PLASS, dag=date(2026, 6, 1)) == ()
    assert hvorfor(PLASS, dag=date(2026, 6, 2)) == (Hvorfor.UTENFOR_SESONG,)
    assert hvorfor(replace(PLASS, stengt=True), dag=date(2026, 6, 2))[-2:] == (
        Hvorfor.UTENFOR_SESONG,
        Hvorfor.TILBUD_TRUKKET,
    )
    aar = {2020: (), 2021: (Hvorfor.FOR_UNG,), 2014: (), 2013: (Hvorfor.FOR_GAMMEL,)}
    assert {foedt: hvorfor(PLASS, foedselsaar=foedt) for foedt in aar} == aar
    assert hvorfor(replace(PLASS, alder=None), foedselsaar=1990) == ()
    assert hvorfor(replace(PLASS, sesong=None), foedselsaar=1990) == ()
    assert hvorfor(PLASS, foedselsaar=None) == ()
    assert hvorfor(replace(PLASS, ledig=0)) == (Hvorfor.FULLT,)
    assert hvorfor(replace(PLASS, ledig=1)) == ()
    assert hvorfor(replace(PLASS, ledig=0, stengt=True)) == (Hvorfor.TILBUD_TRUKKET,)
    assert hvorfor(replace(FOELGE, stengt=True)) == (Hvorfor.TILBUD_TRUKKET,)
    assert hvorfor(replace(FOELGE, aar=2025), gjelder_barn=False) == ()
    assert hvorfor(KORT, dag=date(2027, 1, 1)) == (Hvorfor.AAR_STENGT,)
    assert hvorfor(replace(KORT, sesong=PLASS.sesong), dag=date(2026, 7, 1)) == ()
    assert hvorfor(replace(KORT, per=Kortenhet.FAMILIE), gjelder_barn=False) == ()
    assert hvorfor(KORT, gjelder_barn=False) == (Hvorfor.GJELDER_FAMILIEN,)
    assert hvorfor(PLASS, venter_svar=True) == (Hvorfor.HAR_TILBUD,)
    uten = Gjenstand(Mekanikk.OPPFOELGING, "x", 2026, None)
    assert (uten.beholdning_id, uten.stengt, uten.sesong, uten.alder) == (None, False, None, None)
    assert (uten.per, uten.tak, uten.beloep_oere, uten.fritt_oere, uten.tak_oere) == (
        Kortenhet.BARN,
        None,
        0,
        None,
        None,
    )
    assert (BARN.gitt, BARN.venter_svar, BARN.tilbudt) == ((), False, ())
    assert fikk(KORT).beloep_oere is None


@pytest.mark.parametrize(("tilbudt", "nok"), [((), False), ((2,), False), ((2, 2), True), ((2, 3), False)])
def test_an_offer_comes_back_once(tilbudt: tuple[int, ...], nok: bool) -> None:
    assert tilbudt_nok(replace(BARN, tilbudt=tilbudt), PLASS) == ((Hvorfor.TILBUDT_NOK,) if nok else ())
    assert tilbudt_nok(replace(BARN, tilbudt=(1, 1)), FOELGE) == (), "what has no stock has not been offered"


def test_codes_and_what_counts_against_a_ceiling() -> None:
    ubrukt = {Tildelingstilstand.IKKE_MOETT, Tildelingstilstand.TILBAKELEVERT, Tildelingstilstand.ANGRET}
    assert set(Tildelingstilstand) - ubrukt == TELLER_MOT_TAK
    lister = (*Tildelingstilstand, *Hvorfor, *Handling, *runde.Tilbudssvar, *runde.Forslagsstatus)
    assert all(en.value == en.name.lower() for en in (*lister, *runde.Maate, *runde.Koe, *runde.Flyttegrunn))
    assert [en.value for en in Aldersgruppe] == ["0-5", "6-12", "13-17", "18-24"]
    assert all(hasattr(rules, navn) for navn in rules.__all__)


def test_every_birth_year_lies_in_the_range_of_its_own_group() -> None:
    spenn = {gruppe: foedselsaar_i(gruppe, 2026) for gruppe in Aldersgruppe}
    assert list(spenn.values()) == [(2021, 2028), (2014, 2020), (2009, 2013), (1876, 2008)]
    for foedt in range(1876, 2029):
        (gruppe,) = [en for en, (fra, til) in spenn.items() if fra <= foedt <= til]
        assert gruppe is aldersgruppe(foedt, 2026)


# --- The table of actions ---------------------------------------------------------------------------------

TABELL = """
ta_imot: motta sendt,mottatt > under_behandling
gi: gi under_behandling,venteliste > innvilget
venteliste: gi under_behandling > venteliste
spoer: motta under_behandling > paa_vent
sett_paa_vent: motta under_behandling > paa_vent
fortsett: motta paa_vent,venteliste > under_behandling
gi_medhold: motta paaklaget > under_behandling
oppretthold: motta paaklaget > avslaatt
bekreft_start: gi innvilget > i_gang KORT,FRIPLASS,OPPFOELGING,MIDLER
ikke_moett: gi innvilget > avsluttet FRIPLASS,OPPFOELGING
avslutt: gi innvilget,i_gang > avsluttet FRIPLASS,OPPFOELGING,MIDLER
lever_tilbake: gi innvilget,i_gang > avsluttet KORT,FRIPLASS
meld_tapt: gi innvilget,i_gang > avsluttet KORT
videresend: motta mottatt,under_behandling > videresendt
avslaa: motta under_behandling,paa_vent,venteliste > avslaatt
gjenaapne: motta avslaatt,trukket,avsluttet > under_behandling
angre: gi innvilget,i_gang > venteliste KORT,FRIPLASS,OPPFOELGING,MIDLER
trekk: send venter_samtykke,sendt,mottatt,under_behandling,paa_vent,venteliste,paaklaget,innvilget > trukket
"""
"""Each action: with which right, from where, to where, and with what in hand. The table once more, as one reads it."""
RETT = {
    "motta": Rettighet.HENVISNING_MOTTA,
    "gi": Rettighet.TILDELING_GI,
    "send": Rettighet.HENVISNING_REGISTRER,
}


def test_the_table_of_actions_is_the_one_that_was_agreed() -> None:
    for linje, (handling, regel) in zip(TABELL.split("\n")[1:-1], HANDLINGER.items(), strict=True):
        navn, rett, fra, _pil, til, *gitt = linje.replace(":", "").split()
        assert (handling.value, regel.rett, regel.til.value) == (navn, RETT[rett], til)
        assert regel.fra == set(fra.split(","))
        assert regel.part is (Part.HENVISER if rett == "send" else Part.MOTTAKER)
        assert regel.gitt == ({Mekanikk[en] for en in gitt[0].split(",")} if gitt else None)


def stilling(status: Status, gitt: Mekanikk | None = None, **om: bool) -> set[str]:
    valg = {"enkeltvedtak": False, "startet": False, "kan_angres": False, "venter_svar": False} | om
    return {handling.value for handling in lovlige_handlinger(Stilling(status, gitt=gitt, **valg))}


def test_what_a_referrals_own_state_allows() -> None:
    assert stilling(Status.SENDT) == {"ta_imot", "trekk"}
    behandles = {"gi", "venteliste", "spoer", "sett_paa_vent", "videresend", "avslaa", "trekk"}
    assert stilling(Status.UNDER_BEHANDLING) == behandles
    assert stilling(Status.UNDER_BEHANDLING, venter_svar=True) == behandles - {"gi"}
    assert stilling(Status.INNVILGET) == {"trekk"}
    kort = {"bekreft_start", "lever_tilbake", "meld_tapt"}
    assert stilling(Status.INNVILGET, Mekanikk.KORT) == {*kort, "trekk"}
    assert stilling(Status.INNVILGET, Mekanikk.KORT, startet=True) == kort
    assert stilling(Status.INNVILGET, Mekanikk.KORT, kan_angres=True) == {*kort, "trekk", "angre"}
    assert stilling(Status.PAAKLAGET, enkeltvedtak=True) == {"gi_medhold", "oppretthold", "trekk"}
    uten = Stilling(Status.SENDT, False, False, None)
    assert (uten.kan_angres, uten.venter_svar) == (False, False)


# --- Rounds -----------------------------------------------------------------------------------------------


def test_limits_of_rounds() -> None:
    assert (timedelta(minutes=10), 2, 7) == (runde.ANGREFRIST, runde.MAKS_TILBUD_TIL_SAMME, runde.VANLIG_FRIST)
    assert {runde.Tilbudssvar.NEI, runde.Tilbudssvar.UTLOEPT} == runde.TELLER_SOM_TILBUDT
    assert (runde.Maate.GI, runde.Maate.TILBY) == runde.FORDELES
    assert {runde.Koe.FRAM: -1, runde.Koe.VANLIG: 0, runde.Koe.BAK: 1} == runde.KOEVERDI


@pytest.mark.parametrize(("dager", "godt"), [(0, False), (1, True), (30, True), (31, False), (-1, False)])
def test_a_deadline_is_one_to_thirty_days(dager: int, godt: bool) -> None:
    if godt:
        runde.sjekk_frist_dager(dager)
        return
    with pytest.raises(UgyldigFelt) as feil:
        runde.sjekk_frist_dager(dager)
    assert feil.value.felt == "frist_dager"


def test_what_was_given_is_undone_by_whoever_gave_it_for_ten_minutes_and_then_goes_to_the_club() -> None:
    ti, mikro = timedelta(minutes=10), timedelta(microseconds=1)
    for siden, ennaa in ((timedelta(0), True), (ti - mikro, True), (ti, False), (ti + mikro, False)):
        assert runde.kan_angres(NAA - siden, gitt_av=1, hvem=1, naa=NAA) is ennaa
        assert runde.kan_angres(NAA - siden, gitt_av=1, hvem=2, naa=NAA) is False
        assert runde.gaar_til_laget(NAA - siden, NAA) is not ennaa
