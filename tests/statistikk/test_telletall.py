"""Counting from cases: figures worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from koordinering.db import db, transaction
from koordinering.saker.models import Hendelse, Sak
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.saker.rules.overganger import Avslagsgrunn, Status, Trekkgrunn
from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import RawCounts
from koordinering.tildeling.rules import Tildelingstilstand
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import Enhet, Kommune
from tests.statistikk.byen import AAR, DAG, FRIPLASS, HELSE, KORT, KULTUR, NAV, UTSTYR, By


@pytest.fixture
def by(folk: Any) -> By:
    return By(folk.nav1.id)


def raa(kode: str, dato: date = DAG) -> RawCounts:
    return next(t for t in measures.tell(AAR, dato).tabeller if t.kode == kode)


def celler(kode: str, dato: date = DAG) -> dict[str, tuple[int, ...]]:
    """Class (or «Total») → the numbers of its cell, in the order of the columns; empty cells left out."""
    alle = {"/".join(k for k in noekkel): celle.tall for noekkel, celle in raa(kode, dato).celler.items()}
    return {noekkel: tall for noekkel, tall in alle.items() if any(tall)}


def personer(kode: str) -> dict[str, tuple[int, int]]:
    """Measure → (children, families), whatever came of it; the kinds left out."""
    alle = {n.removesuffix("/Total"): (t[2], t[1]) for n, t in celler(kode).items() if n.endswith("/Total")}
    return {n: tall for n, tall in alle.items() if n not in set(Mekanikk)}


def henvisninger(kode: str) -> dict[str, tuple[int, int, int]]:
    """Measure → (referrals, given, waiting); the kinds, which its measures add up to, left out."""
    alle = {n: tall for n, tall in celler(kode).items() if n.split("/")[0] not in set(Mekanikk)}
    utfall = ("Total", "gitt", "venteliste")
    return {
        tiltak: tuple(alle.get(f"{tiltak}/{u}", (0,))[0] for u in utfall)  # type: ignore[misc]
        for tiltak in {n.split("/")[0] for n in alle}
    }


def test_the_same_family_at_nav_and_the_helsestasjon_counts_once(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("per", 2015), ("kari", 2018)))
        by.henvis(by.sak(HELSE, ("kari", 2018), ("per", 2015)), FRIPLASS)
        by.henvis(by.sak(NAV, ("ole", 2010)))
    assert celler("tjeneste") == {"nav": (1, 1), "flere": (2, 1), "Total": (3, 2)}
    assert celler("tjeneste_familier") == {"nav": (1,), "flere": (1,), "Total": (2,)}
    assert celler("alder") == {"6-12": (2, 1), "13-17": (1, 1), "Total": (3, 2)}
    assert personer("tiltak") == {KORT: (3, 2), FRIPLASS: (2, 1), "Total": (3, 2)}


def test_half_siblings_are_two_families_and_the_shared_child_is_one(by: By) -> None:
    # One of two shared is not more than half: two homes, one child in both.
    with transaction():
        by.henvis(by.sak(NAV, ("delt", 2015), ("hos mor", 2012)))
        by.henvis(by.sak(HELSE, ("delt", 2015), ("hos far", 2020)))
    assert celler("tjeneste") == {"nav": (1, 1), "to_helsestasjon": (1, 1), "flere": (1, 2), "Total": (3, 2)}
    assert celler("tjeneste_familier") == {"nav": (1,), "to_helsestasjon": (1,), "Total": (2,)}
    assert celler("alder") == {"0-5": (1, 1), "6-12": (1, 2), "13-17": (1, 1), "Total": (3, 2)}


def test_a_third_case_joins_two_that_share_too_little(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015), ("b", 2015)))
        by.henvis(by.sak(HELSE, ("b", 2015), ("c", 2015)))
        by.henvis(by.sak(KULTUR, ("b", 2015)))
    assert celler("tjeneste") == {"nav": (1, 1), "to_helsestasjon": (1, 1), "flere": (1, 1), "Total": (3, 1)}
    assert celler("tjeneste_familier") == {"flere": (1,), "Total": (1,)}


def test_a_family_is_made_of_the_cases_counted_that_year(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015)))
        by.henvis(by.sak(HELSE, ("a", 2015)), naar=datetime(AAR - 1, 5, 1, tzinfo=UTC))
    assert celler("tjeneste") == {"nav": (1, 1), "Total": (1, 1)}


def test_a_familys_quarter_is_that_of_the_first_of_its_children_in_any_of_its_cases(by: By) -> None:
    februar, juni, oktober = (datetime(AAR, maaned, 15, tzinfo=UTC) for maaned in (2, 6, 10))
    with transaction():
        sak = by.sak(NAV, ("eldst", 2012), ("yngst", 2018))
        by.henvis(sak, barn=1, naar=juni)
        by.henvis(by.sak(HELSE, ("eldst", 2012), ("yngst", 2018)), FRIPLASS, barn=0, naar=februar)
        by.henvis(by.sak(NAV, ("annen", 2015)), naar=oktober)
        by.henvis(by.sak(NAV, ("i fjor", 2015)), naar=februar.replace(year=AAR - 1))
    assert celler("aar") == {"k1": (1,), "k2": (1,), "k4": (1,), "Total": (3,)}
    assert celler("familier_kvartal") == {"k1": (1,), "k4": (1,), "Total": (2,)}
    assert celler("tjeneste_familier")["Total"] == celler("familier_kvartal")["Total"]
    assert raa("familier_kvartal", date(AAR, 5, 1)).strukturelle == {("k3",), ("k4",)}


def test_unlinked_children_count_once_a_case(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, (None, 2015)))
        by.henvis(by.sak(HELSE, (None, 2015)))
        by.henvis(by.sak(HELSE, ("kari", 2015), (None, 2016)), FRIPLASS, barn=0)
    telling = measures.tell(AAR, DAG)
    assert celler("tjeneste") == {"nav": (1, 1), "to_helsestasjon": (2, 2), "Total": (3, 3)}
    # The third case has an unlinked child, but that child is not referred and not counted.
    assert (telling.saker, telling.uten_kobling, telling.familier_uten_kobling) == (3, 2, 2)


def test_only_children_who_are_referred_count_and_only_up_to_24(by: By) -> None:
    with transaction():
        sak = by.sak(NAV, ("eldst", AAR - 25), ("voksen", AAR - 24), ("soesken", 2015), ("ufoedt", AAR + 1))
        by.henvis(sak, barn=1)
        by.henvis(by.sak(NAV, ("bare for gammel", AAR - 25)))
    assert celler("alder") == {"18-24": (1, 1), "Total": (1, 1)}
    with transaction():
        by.henvis(db.session.get_one(Sak, sak.id))
    assert celler("alder") == {"6-12": (1, 1), "18-24": (1, 1), "Total": (2, 1)}
    assert henvisninger("tiltak") == {KORT: (2, 0, 0), "Total": (2, 0, 0)}


@pytest.mark.parametrize(
    ("alder", "gruppe"),
    [(0, "0-5"), (5, "0-5"), (6, "6-12"), (12, "6-12"), (13, "13-17"), (17, "13-17"), (18, "18-24"), (24, "18-24")],
)
def test_age_is_what_the_child_turns_in_the_year(by: By, alder: int, gruppe: str) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", AAR - alder)))
    assert celler("alder") == {gruppe: (1, 1), "Total": (1, 1)}


def test_two_cases_that_differ_about_a_birth_year_make_one_child(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015)))
        by.henvis(by.sak(HELSE, ("a", 2005)))
    assert celler("alder") == {"6-12": (1, 1), "Total": (1, 1)}


def test_the_year_is_norwegian(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("foerst", 2015)), naar=datetime(AAR - 1, 12, 31, 23, 0, tzinfo=UTC))
        by.henvis(by.sak(NAV, ("foer", 2015)), naar=datetime(AAR - 1, 12, 31, 22, 59, tzinfo=UTC))
        by.henvis(by.sak(NAV, ("sist", 2015)), naar=datetime(AAR, 12, 31, 22, 59, tzinfo=UTC))
        by.henvis(by.sak(NAV, ("etter", 2015)), naar=datetime(AAR, 12, 31, 23, 0, tzinfo=UTC))
    assert celler("tjeneste")["Total"] == (2, 2)


def test_what_was_not_sent_and_what_was_wrong_do_not_count(by: By) -> None:
    with transaction():
        for status in (Status.UTKAST, Status.VENTER_SAMTYKKE):
            by.henvis(by.sak(NAV, (None, 2015)), status=status)
        by.henvis(by.sak(NAV, (None, 2015)), status=Status.TRUKKET, grunn=Trekkgrunn.FEILREGISTRERT.value)
        by.henvis(by.sak(NAV, (None, 2015)), status=Status.TRUKKET, grunn=Trekkgrunn.FLYTTET.value)
    assert henvisninger("tiltak") == {KORT: (1, 0, 0), "Total": (1, 0, 0)}


def test_shown_the_way_is_a_referral_and_not_given(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015)), UTSTYR, status=Status.VIST_TIL)
    assert henvisninger("tiltak") == {UTSTYR: (1, 0, 0), "Total": (1, 0, 0)}
    assert personer("tiltak") == {UTSTYR: (1, 1), "Total": (1, 1)}


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
    assert henvisninger("tiltak") == {KORT: (5, 2, 2), "Total": (5, 2, 2)}
    assert celler("tiltak")["Total/annet"] == (1, 1, 1)


def test_a_referral_sent_on_counts_once_where_it_ended(by: By) -> None:
    with transaction():
        sak = by.sak(NAV, ("a", 2015))
        fra = by.henvis(sak, FRIPLASS, status=Status.VIDERESENDT)
        by.henvis(sak, "4b-11", videresendt_fra_id=fra.id)
        annen = by.henvis(by.sak(NAV, ("b", 2015)), FRIPLASS, status=Status.VIDERESENDT)
        neste_aar = datetime(AAR + 1, 1, 5, tzinfo=UTC)
        by.henvis(db.session.get_one(Sak, annen.sak_id), "4b-11", videresendt_fra_id=annen.id, naar=neste_aar)
    assert henvisninger("tiltak") == {FRIPLASS: (1, 0, 0), "4b-11": (1, 0, 0), "Total": (2, 0, 0)}


def test_a_count_stops_at_its_day(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015)), naar=datetime(AAR, 3, 1, tzinfo=UTC))
        by.henvis(by.sak(NAV, ("b", 2015)), naar=datetime(AAR, 3, 2, 12, tzinfo=UTC))
    assert celler("tjeneste", date(AAR, 3, 1))["Total"] == (1, 1)
    assert celler("tjeneste", date(AAR, 3, 2))["Total"] == (2, 2)


def test_every_referring_unit_has_a_row_whatever_was_counted(by: By) -> None:
    henvisere = set(db.session.scalars(select(Enhet.id).where(Enhet.henviser)))
    assert {k.kode for k in raa("tjeneste").dimensjoner[0].kategorier} == {*henvisere, measures.FLERE}
    # A unit that once had a case keeps its row, also in years without one.
    with transaction():
        by.henvis(by.sak("lls", ("a", 2015)), naar=datetime(AAR - 3, 5, 1, tzinfo=UTC))
    assert "lls" in {k.kode for k in raa("tjeneste").dimensjoner[0].kategorier}


def test_known_children_and_families_are_told_from_new_ones(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("kjent", 2015)), naar=datetime(AAR - 1, 5, 1, tzinfo=UTC))
        by.henvis(by.sak(HELSE, ("kjent", 2015), ("ny", 2018)))
        by.henvis(by.sak(NAV, ("annen", 2015)))
        by.henvis(by.sak(NAV, (None, 2015)))
    assert celler("foerste_gang") == {"foerste": (2,), "kjent": (1,), "ukjent": (1,), "Total": (4,)}
    assert celler("familier_foerste_gang") == {"foerste": (1,), "kjent": (1,), "ukjent": (1,), "Total": (3,)}


def test_from_not_taking_part_to_taking_part(by: By) -> None:
    with transaction():
        sak = by.sak(NAV, ("a", 2015), ("b", 2015))
        by.henvis(sak, FRIPLASS, barn=0, status=Status.AVSLUTTET, deltar_ved_slutt=JaNeiVetIkke.JA)
        by.henvis(sak, FRIPLASS, barn=1)
    tabell = celler("deltakelse")
    assert {n: t for n, t in tabell.items() if "Total" not in n} == {"nei/ja": (1,), "nei/ikke_spurt": (1,)}


def test_waiting_time_measures_and_earlier_years(by: By) -> None:
    mai, juli = datetime(AAR, 5, 1, 12, tzinfo=UTC), datetime(AAR, 7, 1, 12, tzinfo=UTC)
    with transaction():
        sak = by.sak(NAV, ("a", 2015))
        by.gi(by.henvis(sak, FRIPLASS, barn=0), mai + timedelta(days=7))
        by.gi(by.henvis(sak, KORT), juli)
        by.gi(by.henvis(by.sak(NAV, ("b", 2015)), naar=datetime(AAR - 1, 5, 1, tzinfo=UTC)), juli)
        by.henvis(by.sak(NAV, ("c", 2015)), status=Status.VENTELISTE, naar=datetime(AAR - 1, 5, 1, tzinfo=UTC))
    assert celler("antall_tiltak") == {"gitt": (1,), "t2": (1,), "Total": (1,)}
    tider = celler("ventetid")
    assert (tider["FRIPLASS/d_0_7"], tider["KORT/d_61_90"], tider["Total/gitt"]) == ((1,), (1,), (2,))
    tidligere = celler("fra_tidligere_aar")
    assert (tidligere["KORT/gitt"], tidligere["KORT/venteliste"], tidligere["Total/Total"]) == ((1,), (1,), (2,))


def test_hindrances_count_a_referral_once(by: By) -> None:
    uavklart = Avslagsgrunn.ANSVAR_UAVKLART.value
    with transaction():
        avslaatt = by.henvis(by.sak(NAV, ("a", 2015)), status=Status.AVSLAATT, grunn=uavklart)
        venter = by.henvis(by.sak(NAV, ("b", 2015)))
        for henvisning in (avslaatt, venter):
            hendelse = Hendelse(henvisning_id=henvisning.id, tid=henvisning.endret, slag="status", til="paa_vent")
            hendelse.grunn = "venter_lag"
            db.session.add(hendelse)
    assert celler("avslag") == {"s_avslaatt": (1,), f"a_{uavklart}": (1,), "ikke_avslaatt": (1,), "Total": (2,)}
    assert celler("hindringer") == {
        "s_avslaatt": (1,), f"a_{uavklart}": (1,), "h_paa_vent": (1,), "p_venter_lag": (1,), "Total": (2,)
    }  # fmt: skip


def test_gender_is_counted_only_where_it_is_registered(by: By) -> None:
    assert not {"kjoenn", "alder_kjoenn"} & {t.kode for t in measures.tell(AAR, DAG).tabeller}
    with transaction():
        db.session.scalars(select(Kommune)).one().registrer_kjoenn = True
        by.henvis(by.sak(NAV, ("a", 2015)))
    assert celler("kjoenn") == {"ukjent": (1, 1), "Total": (1, 1)}


def test_quarters_that_have_not_begun_cannot_have_a_count(by: By) -> None:
    assert raa("aar", date(AAR, 5, 1)).strukturelle == {("k3",), ("k4",)}
    assert not raa("aar").strukturelle


def test_a_status_that_no_measure_of_the_kind_leads_to_hides_nothing(by: By) -> None:
    """Everybody can know that nobody who was shown the way was refused: such a nought would protect no other cell."""
    with transaction():
        by.henvis(by.sak(NAV, ("per", 2015)), FRIPLASS, status=Status.AVSLAATT)
        by.henvis(by.sak(NAV, ("kari", 2015)), UTSTYR, status=Status.VIST_TIL)
    umulig = raa("tiltak_status").strukturelle
    av_slag = {slag: {n[1] for n in umulig if n[0] == slag} for slag in ("FRIPLASS", "UTSTYR")}
    assert "s_vist_til" in av_slag["FRIPLASS"]
    assert not {"s_avslaatt", "s_sendt", "annet"} & av_slag["FRIPLASS"]
    assert {f"s_{status.value}" for status in (Status.SENDT, Status.AVSLAATT, Status.TRUKKET)} <= av_slag["UTSTYR"]
    assert not {"s_vist_til", "annet"} & av_slag["UTSTYR"]


def test_a_table_by_measure_holds_the_kinds_that_other_tables_are_by(by: By) -> None:
    """Else «the kind is the sum of its measures» stands in no table, and a hidden cell is worked out from two."""
    with transaction():
        by.henvis(by.sak(NAV, ("per", 2015)), FRIPLASS)
    alle = measures.tell(AAR, DAG).tabeller
    lenke = next(t for t in alle if t.kode == "tiltak").kolonner[0].lenke
    koder = {
        t.kode: {k.kode for k in d.kategorier}
        for t in alle
        for d in t.dimensjoner
        if d.kode == "tiltak" and t.kolonner[0].lenke == lenke
    }
    slag, tiltakene = {s.value for s in Mekanikk}, set(db.session.scalars(select(Tiltak.id)))
    brukt = koder["tiltak_status"] & slag
    assert len(brukt) > 2
    etter_tiltak = {kode: klasser for kode, klasser in koder.items() if klasser & tiltakene}
    assert {"tiltak", "gitt"} <= etter_tiltak.keys()
    assert all(brukt <= klasser for klasser in etter_tiltak.values())
