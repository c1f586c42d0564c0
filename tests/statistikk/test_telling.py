"""Counting from cases: figures worked out by hand, frozen snapshots, and that what is counted adds up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, tilfeldig_id, transaction
from koordinering.errors import FinnesIkke, IngenTilgang, UgyldigFelt
from koordinering.jobb import arbeider
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import Jobbstatus
from koordinering.saker.models import Barn, Hendelse, Henvisning, Sak
from koordinering.saker.rules import referanse
from koordinering.saker.rules.behov import JaNeiVetIkke, Spurt
from koordinering.saker.rules.overganger import Status, Trekkgrunn
from koordinering.statistikk import measures, services
from koordinering.statistikk.disclosure import RawCounts, Tegn, protect
from koordinering.statistikk.export import EKSPORT
from koordinering.statistikk.models import Bildetabell, Oeyeblikksbilde
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import Tildelingstilstand
from koordinering.users import Enhet, Kommune

AAR = 2025
DAG = date(2026, 1, 15)
NAV, HELSE, KULTUR = "nav", "to_helsestasjon", "to_kultur_fritid"
KORT, FRIPLASS, UTSTYR = "4b-2", "4a-3", "4b-3"


@dataclass(frozen=True)
class By:
    """Puts cases straight into the tables, so that every year and state can be had."""

    user_id: int

    def sak(self, enhet: str, *barn: tuple[str | None, int]) -> Sak:
        """A case of a unit; a child is (name or None for no number, birth year)."""
        sak = Sak(id=tilfeldig_id(), referanse=referanse.ny(), enhet_id=enhet, ansvarlig_id=self.user_id)
        sak.i_maalgruppe = True
        sak.barn = [
            Barn(
                lopenummer=nr,
                foedselsaar=foedt,
                deltar=JaNeiVetIkke.NEI,
                spurt=Spurt.JA,
                blindindeks=navn.encode().ljust(32, b".") if navn else None,
            )
            for nr, (navn, foedt) in enumerate(barn, 1)
        ]
        db.session.add(sak)
        db.session.flush()
        return sak

    def henvis(
        self,
        sak: Sak,
        tiltak: str = KORT,
        *,
        barn: int | None = None,
        naar: datetime = datetime(AAR, 5, 1, tzinfo=UTC),
        status: Status = Status.SENDT,
        **felt: Any,
    ) -> Henvisning:
        """A referral of the case, for its child number `barn` or the whole family."""
        henvisning = Henvisning(
            sak_id=sak.id,
            barn_id=None if barn is None else sak.barn[barn].id,
            tiltak_id=tiltak,
            avsender_id=sak.enhet_id,
            status=status,
            sendt=None if status in {Status.UTKAST, Status.VENTER_SAMTYKKE, Status.VIST_TIL} else naar,
            endret=naar,
        )
        for navn, verdi in felt.items():
            setattr(henvisning, navn, verdi)
        db.session.add(henvisning)
        db.session.flush()
        return henvisning

    def gi(self, henvisning: Henvisning, naar: datetime, **felt: Any) -> None:
        """Give something to a referral."""
        tildeling = Tildeling(
            henvisning_id=henvisning.id,
            tiltak_id=henvisning.tiltak_id,
            aar=AAR,
            enhet_id=NAV,
            gitt=naar,
            gitt_av=self.user_id,
        )
        for navn, verdi in felt.items():
            setattr(tildeling, navn, verdi)
        db.session.add(tildeling)
        db.session.flush()

    def flere(self, antall: int, enhet: str, *, foedt: int = 2015, tiltak: str = KORT) -> None:
        """So many families of one unit with two children each and a family referral."""
        for _ in range(antall):
            self.henvis(self.sak(enhet, (str(tilfeldig_id()), foedt), (str(tilfeldig_id()), foedt)), tiltak)


@pytest.fixture
def by(folk: Any) -> By:
    return By(folk.nav1.id)


def raa(kode: str, dato: date = DAG) -> RawCounts:
    return next(t for t in measures.tell(AAR, dato).tabeller if t.kode == kode)


def personer(tabell: RawCounts) -> dict[str, tuple[int, int]]:
    """Row → (children, families), without the empty rows."""
    alle = {rad.kode: (rad.barn, rad.familier) for rad in (*tabell.rader, tabell.total)}
    return {kode: par for kode, par in alle.items() if par != (0, 0)}


def henvisninger(tabell: RawCounts) -> dict[str, tuple[int, int, int]]:
    """Row → (referrals, given, waiting), without the empty rows."""
    rader = {rad.kode: rad.tillegg for rad in (*tabell.rader, tabell.total)}
    return {k: (t["henvist"], t["gitt"], t["venteliste"]) for k, t in rader.items() if t["henvist"]}


# --- Figures by hand -------------------------------------------------------------------------------------


def test_the_same_family_at_nav_and_the_helsestasjon_counts_once(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("per", 2015), ("kari", 2018)))
        by.henvis(by.sak(HELSE, ("kari", 2018), ("per", 2015)), FRIPLASS)
        by.henvis(by.sak(NAV, ("ole", 2010)))
    assert personer(raa("tjeneste")) == {"nav": (1, 1), "flere": (2, 1), "sum": (3, 2)}
    assert personer(raa("alder")) == {"6-12": (2, 1), "13-17": (1, 1), "sum": (3, 2)}
    assert personer(raa("tiltak")) == {KORT: (3, 2), FRIPLASS: (2, 1), "sum": (3, 2)}


def test_half_siblings_are_two_families_and_the_shared_child_is_one(by: By) -> None:
    # One of two shared is not more than half: two homes, one child in both.
    with transaction():
        by.henvis(by.sak(NAV, ("delt", 2015), ("hos mor", 2012)))
        by.henvis(by.sak(HELSE, ("delt", 2015), ("hos far", 2020)))
    assert personer(raa("tjeneste")) == {
        "nav": (1, 1),
        "to_helsestasjon": (1, 1),
        "flere": (1, 0),
        "sum": (3, 2),
    }
    assert personer(raa("alder")) == {"0-5": (1, 1), "6-12": (1, 2), "13-17": (1, 1), "sum": (3, 2)}


def test_a_third_case_joins_two_that_share_too_little(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015), ("b", 2015)))
        by.henvis(by.sak(HELSE, ("b", 2015), ("c", 2015)))
        by.henvis(by.sak(KULTUR, ("b", 2015)))
    assert personer(raa("tjeneste")) == {"nav": (1, 0), "to_helsestasjon": (1, 0), "flere": (1, 1), "sum": (3, 1)}


def test_a_family_is_made_of_the_cases_counted_that_year(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015)))
        by.henvis(by.sak(HELSE, ("a", 2015)), naar=datetime(AAR - 1, 5, 1, tzinfo=UTC))
    assert personer(raa("tjeneste")) == {"nav": (1, 1), "sum": (1, 1)}


def test_unlinked_children_count_once_a_case(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, (None, 2015)))
        by.henvis(by.sak(HELSE, (None, 2015)))
        by.henvis(by.sak(HELSE, ("kari", 2015), (None, 2016)), FRIPLASS, barn=0)
    telling = measures.tell(AAR, DAG)
    assert personer(raa("tjeneste")) == {"nav": (1, 1), "to_helsestasjon": (2, 2), "sum": (3, 3)}
    # The third case has an unlinked child, but that child is not referred and not counted.
    assert (telling.saker, telling.uten_kobling, telling.familier_uten_kobling) == (3, 2, 2)


def test_only_children_who_are_referred_count_and_only_up_to_24(by: By) -> None:
    with transaction():
        sak = by.sak(NAV, ("eldst", AAR - 25), ("voksen", AAR - 24), ("soesken", 2015), ("ufoedt", AAR + 1))
        by.henvis(sak, barn=1)
        by.henvis(by.sak(NAV, ("bare for gammel", AAR - 25)))
    assert personer(raa("alder")) == {"18-24": (1, 1), "sum": (1, 1)}
    with transaction():
        by.henvis(db.session.get_one(Sak, sak.id))
    assert personer(raa("alder")) == {"6-12": (1, 1), "18-24": (1, 1), "sum": (2, 1)}
    assert henvisninger(raa("tiltak")) == {KORT: (2, 0, 0), "sum": (2, 0, 0)}


@pytest.mark.parametrize(
    ("alder", "gruppe"),
    [(0, "0-5"), (5, "0-5"), (6, "6-12"), (12, "6-12"), (13, "13-17"), (17, "13-17"), (18, "18-24"), (24, "18-24")],
)
def test_age_is_what_the_child_turns_in_the_year(by: By, alder: int, gruppe: str) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", AAR - alder)))
    assert personer(raa("alder")) == {gruppe: (1, 1), "sum": (1, 1)}


def test_two_cases_that_differ_about_a_birth_year_make_one_child(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015)))
        by.henvis(by.sak(HELSE, ("a", 2005)))
    assert personer(raa("alder")) == {"6-12": (1, 1), "sum": (1, 1)}


def test_the_year_is_norwegian(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("foerst", 2015)), naar=datetime(AAR - 1, 12, 31, 23, 0, tzinfo=UTC))
        by.henvis(by.sak(NAV, ("foer", 2015)), naar=datetime(AAR - 1, 12, 31, 22, 59, tzinfo=UTC))
        by.henvis(by.sak(NAV, ("sist", 2015)), naar=datetime(AAR, 12, 31, 22, 59, tzinfo=UTC))
        by.henvis(by.sak(NAV, ("etter", 2015)), naar=datetime(AAR, 12, 31, 23, 0, tzinfo=UTC))
    assert personer(raa("tjeneste"))["sum"] == (2, 2)


def test_what_was_not_sent_and_what_was_wrong_do_not_count(by: By) -> None:
    with transaction():
        for status in (Status.UTKAST, Status.VENTER_SAMTYKKE):
            by.henvis(by.sak(NAV, (None, 2015)), status=status)
        by.henvis(by.sak(NAV, (None, 2015)), status=Status.TRUKKET, grunn=Trekkgrunn.FEILREGISTRERT.value)
        by.henvis(by.sak(NAV, (None, 2015)), status=Status.TRUKKET, grunn=Trekkgrunn.FLYTTET.value)
    assert henvisninger(raa("tiltak")) == {KORT: (1, 0, 0), "sum": (1, 0, 0)}


def test_shown_the_way_is_a_referral_and_not_given(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015)), UTSTYR, status=Status.VIST_TIL)
    tabell = raa("tiltak")
    assert henvisninger(tabell) == {UTSTYR: (1, 0, 0), "sum": (1, 0, 0)}
    assert personer(tabell) == {UTSTYR: (1, 1), "sum": (1, 1)}


def test_given_and_waiting_are_as_the_year_ended(by: By) -> None:
    foer, etter = datetime(AAR, 11, 1, tzinfo=UTC), datetime(AAR + 1, 1, 10, tzinfo=UTC)
    with transaction():
        by.gi(by.henvis(by.sak(NAV, ("gitt", 2015)), status=Status.I_GANG), foer)
        by.gi(by.henvis(by.sak(NAV, ("for sent", 2015)), status=Status.I_GANG), etter)
        ubrukt = by.henvis(by.sak(NAV, ("ubrukt", 2015)), status=Status.VENTELISTE)
        by.gi(ubrukt, foer, tilstand=Tildelingstilstand.TILBAKELEVERT, slutt=foer + timedelta(days=1))
        siden = by.henvis(by.sak(NAV, ("levert i januar", 2015)), status=Status.AVSLUTTET, endret=etter)
        by.gi(siden, foer, tilstand=Tildelingstilstand.TILBAKELEVERT, slutt=etter)
        ventet = by.henvis(by.sak(NAV, ("ventet", 2015)), status=Status.INNVILGET, endret=etter)
        by.gi(ventet, etter)
        for tid, til in ((foer, Status.VENTELISTE), (etter, Status.INNVILGET)):
            db.session.add(Hendelse(henvisning_id=ventet.id, tid=tid, slag="status", til=til.value))
    tabell = raa("tiltak")
    assert henvisninger(tabell) == {KORT: (5, 2, 2), "sum": (5, 2, 2)}
    assert tabell.total.familier_bak == {"gitt": 2, "venteliste": 2, "rest": 1}


def test_a_referral_sent_on_counts_once_where_it_ended(by: By) -> None:
    with transaction():
        sak = by.sak(NAV, ("a", 2015))
        fra = by.henvis(sak, FRIPLASS, status=Status.VIDERESENDT)
        by.henvis(sak, "4b-11", videresendt_fra_id=fra.id)
        annen = by.henvis(by.sak(NAV, ("b", 2015)), FRIPLASS, status=Status.VIDERESENDT)
        neste_aar = datetime(AAR + 1, 1, 5, tzinfo=UTC)
        by.henvis(db.session.get_one(Sak, annen.sak_id), "4b-11", videresendt_fra_id=annen.id, naar=neste_aar)
    assert henvisninger(raa("tiltak")) == {FRIPLASS: (1, 0, 0), "4b-11": (1, 0, 0), "sum": (2, 0, 0)}


def test_a_count_stops_at_its_day(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015)), naar=datetime(AAR, 3, 1, tzinfo=UTC))
        by.henvis(by.sak(NAV, ("b", 2015)), naar=datetime(AAR, 3, 2, 12, tzinfo=UTC))
    assert personer(raa("tjeneste", date(AAR, 3, 1)))["sum"] == (1, 1)
    assert personer(raa("tjeneste", date(AAR, 3, 2)))["sum"] == (2, 2)


# --- What always holds -----------------------------------------------------------------------------------

BARNET = st.tuples(st.sampled_from([None, "a", "b", "c", "d", "e", "f"]), st.integers(AAR - 26, AAR + 1))
SAKEN = st.tuples(
    st.sampled_from([NAV, HELSE, KULTUR]),
    st.lists(BARNET, min_size=1, max_size=4, unique_by=lambda b: b[0] or object()),
    st.lists(
        st.tuples(
            st.sampled_from([KORT, FRIPLASS, UTSTYR]),
            st.none() | st.integers(0, 3),
            st.sampled_from([Status.SENDT, Status.VENTELISTE, Status.AVSLAATT, Status.UTKAST]),
            st.booleans(),
        ),
        max_size=4,
    ),
)


def _fyll(by: By, saker: Iterable[Any]) -> None:
    for enhet, barn, rader in saker:
        sak = by.sak(enhet, *barn)
        for tiltak, nr, status, gitt in rader:
            henvisning = by.henvis(sak, tiltak, barn=None if nr is None else nr % len(barn), status=status)
            if gitt and tiltak != UTSTYR:
                by.gi(henvisning, datetime(AAR, 6, 1, tzinfo=UTC))


@given(saker=st.lists(SAKEN, max_size=7))
def test_the_tables_add_up(by: By, saker: list[Any]) -> None:
    with transaction():
        for modell in (Tildeling, Henvisning, Barn, Sak):
            db.session.execute(delete(modell))
        _fyll(by, saker)
    telling = measures.tell(AAR, DAG)
    tjeneste, alder, tiltak = telling.tabeller
    assert len({(t.total.barn, t.total.familier) for t in telling.tabeller}) == 1
    assert sum(r.barn for r in tjeneste.rader) == sum(r.barn for r in alder.rader) == tjeneste.total.barn
    assert sum(r.familier for r in tjeneste.rader) == tjeneste.total.familier <= telling.saker
    for tabell in (alder, tiltak):
        assert max(r.familier for r in tabell.rader) <= tabell.total.familier <= sum(r.familier for r in tabell.rader)
    assert max(r.barn for r in tiltak.rader) <= tiltak.total.barn <= sum(r.barn for r in tiltak.rader)
    for rad in (*tiltak.rader, tiltak.total):
        assert rad.tillegg["gitt"] + rad.tillegg["venteliste"] <= rad.tillegg["henvist"]
        assert rad.familier <= rad.tillegg["henvist"]
    for kolonne in ("henvist", "gitt", "venteliste"):
        assert sum(r.tillegg[kolonne] for r in tiltak.rader) == tiltak.total.tillegg[kolonne]
    # The engine checks the same and more, and must take whatever is counted.
    assert len(protect(telling.tabeller, 5)) == 3


# --- Snapshots -------------------------------------------------------------------------------------------


def test_a_snapshot_never_changes_and_pages_never_count(by: By, folk: Any) -> None:
    with transaction():
        by.flere(12, NAV)
        by.flere(9, HELSE)
    bilde = services.lag_bilde(AAR, DAG, av=folk.koordinator1)
    foer = services.tabell("tjeneste", AAR, av=folk.koordinator1)
    with transaction():
        by.flere(7, NAV)
    assert services.lag_bilde(AAR, DAG, av=None).id == bilde.id
    assert services.tabell("tjeneste", AAR, av=folk.koordinator1).til_json() == foer.til_json()
    with transaction():
        db.session.execute(delete(Henvisning))
        db.session.execute(delete(Sak))
    assert services.tabell("tjeneste", AAR, av=folk.koordinator1).til_json() == foer.til_json()
    nytt = services.lag_bilde(AAR, DAG + timedelta(days=1), av=None)
    assert [b.id for b in services.bilder(AAR)] == [nytt.id, bilde.id]
    assert services.tabell("tjeneste", AAR, av=None).total.celler == (Tegn.SKJULT, Tegn.SKJULT)


def test_the_threshold_of_the_day_holds_for_ever(by: By) -> None:
    with transaction():
        by.flere(12, NAV)
        by.flere(4, HELSE)
        by.flere(9, KULTUR)
        db.session.get_one(Kommune, 1).terskel = 3
    services.lag_bilde(AAR, DAG, av=None)
    foer = services.tabell("tjeneste", AAR, av=None).til_json()
    with transaction():
        db.session.get_one(Kommune, 1).terskel = 10
    assert services.tabell("tjeneste", AAR, av=None).til_json() == foer


def test_a_snapshot_can_be_part_of_a_larger_write(by: By) -> None:
    with transaction():
        by.flere(6, NAV)
        bilde_id = services.lag_bilde(AAR, DAG, av=None).id
    assert db.session.get_one(Oeyeblikksbilde, bilde_id).saker == 6
    assert len(db.session.scalars(select(Bildetabell)).all()) == 3


def test_no_count_of_a_year_or_day_to_come(by: By) -> None:
    imorgen = i_dag() + timedelta(days=1)
    for aar, dato in ((AAR, imorgen), (AAR, date(AAR - 1, 12, 31)), (1999, DAG)):
        with pytest.raises(UgyldigFelt):
            services.lag_bilde(aar, dato, av=None)


def test_small_counts_are_hidden_and_unlinked_cases_too(by: By) -> None:
    with transaction():
        by.flere(12, NAV)
        by.flere(8, KULTUR)
        by.henvis(by.sak(HELSE, (None, 2015)))
    bilde = services.lag_bilde(AAR, DAG, av=None)
    rader = {rad.kode: rad.celler for rad in services.tabell("tjeneste", AAR, av=None).rader}
    assert rader["to_helsestasjon"] == (Tegn.SKJULT, Tegn.SKJULT)
    assert bilde.uten_kobling is None
    with transaction():
        for _ in range(9):
            by.henvis(by.sak(HELSE, (None, 2015)))
    assert services.lag_bilde(AAR, DAG + timedelta(days=1), av=None).uten_kobling == 10


def test_an_unlinked_count_that_tells_of_the_rest_is_hidden(by: By) -> None:
    with transaction():
        for _ in range(20):
            by.henvis(by.sak(HELSE, (None, 2015)))
        by.henvis(by.sak(NAV, ("a", 2015)))
    assert services.lag_bilde(AAR, DAG, av=None).uten_kobling is None


# --- Raw counts stay inside ------------------------------------------------------------------------------


def test_no_exporter_takes_raw_counts(by: By) -> None:
    with transaction():
        by.flere(6, NAV)
    for skriv in EKSPORT.values():
        with pytest.raises(TypeError):
            skriv(raa("tjeneste"))  # type: ignore[arg-type]


def test_raw_counts_show_nothing_of_themselves(by: By) -> None:
    with transaction():
        by.flere(6, NAV)
    assert repr(measures.tell(AAR, DAG)) == "Telling(...)"


# --- Who may, and the trail ------------------------------------------------------------------------------


def test_only_the_coordinator(by: By, folk: Any) -> None:
    services.lag_bilde(AAR, DAG, av=None)
    for navn, user in vars(folk).items():
        if navn == "koordinator1":
            continue
        for gjoer in (
            lambda user=user: services.tabell("tjeneste", AAR, av=user),
            lambda user=user: services.vis("tjeneste", AAR, av=user),
            lambda user=user: services.oversikt(av=user),
            lambda user=user: services.eksporter("tjeneste", AAR, "csv", av=user),
            lambda user=user: services.lag_bilde(AAR, DAG, av=user),
            lambda user=user: services.bestill_telling(AAR, av=user),
        ):
            with pytest.raises(IngenTilgang):
                gjoer()


def test_every_count_look_and_file_is_logged(by: By, folk: Any) -> None:
    bilde = services.lag_bilde(AAR, DAG, av=folk.koordinator1)
    services.tabell("alder", AAR, av=folk.koordinator1)
    services.vis("tiltak", AAR, av=folk.koordinator1)
    services.eksporter("tjeneste", AAR, "xlsx", av=None)
    db.session.rollback()  # looks are written beside this session; begin a new read
    spor = db.session.scalars(select(Innslag).where(Innslag.gjelder == "oeyeblikksbilde").order_by(Innslag.id)).all()
    hvem = folk.koordinator1.id
    assert [(s.hva, s.user_id, s.detalj, s.gjelder_id) for s in spor] == [
        (Hva.TELLING_LAGET, hvem, "2025", bilde.id),
        (Hva.TALL_LEST, hvem, "alder-2025", bilde.id),
        (Hva.TALL_LEST, hvem, "tiltak-2025", bilde.id),
        (Hva.TALL_EKSPORTERT, None, "tjeneste-2025-xlsx", bilde.id),
    ]


def test_what_is_not_in_the_catalogue_does_not_exist(app: Flask) -> None:
    assert [kode for kode, _ in services.katalog()] == ["tjeneste", "alder", "tiltak"]
    with pytest.raises(FinnesIkke):
        services.tabell("sak", AAR, av=None)
    with pytest.raises(services.IngenTelling):
        services.tabell("alder", AAR, av=None)
    with pytest.raises(UgyldigFelt):
        services.eksporter("alder", AAR, "pdf", av=None)


def test_the_job_counts_and_says_where_to_look(by: By, folk: Any) -> None:
    with transaction():
        by.flere(6, NAV)
        bestilt = services.bestill_telling(AAR, av=folk.koordinator1)
    assert bestilt is not None
    arbeider.arbeid(en_runde=True)
    jobb = db.session.scalars(select(Jobb)).one()
    assert (jobb.status, jobb.resultat) == (Jobbstatus.FERDIG, {"endepunkt": "statistikk.katalog", "verdier": {}})
    assert [b.dato for b in services.bilder(AAR)] == [i_dag()]
    with transaction():
        assert services.bestill_telling(AAR, av=folk.koordinator1) is None


def test_every_referring_unit_has_a_row_whatever_was_counted(by: By) -> None:
    henvisere = set(db.session.scalars(select(Enhet.id).where(Enhet.henviser)))
    assert {rad.kode for rad in raa("tjeneste").rader} == {*henvisere, measures.FLERE}
    # A unit that once had a case keeps its row, also in years without one.
    with transaction():
        by.henvis(by.sak("lls", ("a", 2015)), naar=datetime(AAR - 3, 5, 1, tzinfo=UTC))
    assert "lls" in {rad.kode for rad in raa("tjeneste").rader}
