"""Every table of the catalogue: against counting by hand, additive, linked, and with its text and its function."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from koordinering.db import db, transaction
from koordinering.saker.models import Barn, Hendelse, Henvisning, Sak
from koordinering.saker.rules.behov import JaNeiVetIkke, Kjoenn
from koordinering.saker.rules.overganger import Avslagsgrunn, Avslutningsgrunn, PaaVentGrunn, Status
from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import TOTAL, RawCounts
from koordinering.statistikk.measures.klasser import slag_av
from koordinering.statistikk.measures.telling import BARE_MED_KJOENN, TELLERE
from koordinering.statistikk.services.utdrag import hold_utdrag
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak.models import Tiltak
from koordinering.users import Kommune
from tests.statistikk.byen import AAR, DAG, FRIPLASS, HELSE, KORT, KULTUR, NAV, UTSTYR, By
from tests.statistikk.handtelling import Haandtelling, Svar, tell_for_haand
from tests.statistikk.smaabyer import TO_HJEM, brutte

BARNET = st.tuples(st.sampled_from([None, "a", "b", "c", "d", "e", "f"]), st.integers(AAR - 26, AAR + 1))
SAKEN = st.tuples(
    st.sampled_from([NAV, HELSE, KULTUR]),
    st.lists(BARNET, min_size=1, max_size=4, unique_by=lambda b: b[0] or object()),
    st.lists(
        st.tuples(
            st.sampled_from([KORT, FRIPLASS, UTSTYR]),
            st.none() | st.integers(0, 3),
            st.sampled_from([Status.SENDT, Status.VENTELISTE, Status.AVSLAATT, Status.UTKAST]),
            st.none() | st.sampled_from([0, 7, 8, 200]),
            st.sampled_from([1, 4, 6]),
        ),
        max_size=4,
    ),
)


@pytest.fixture
def by(folk: Any) -> By:
    return By(folk.nav1.id)


def _fyll(by: By, saker: Iterable[Any]) -> None:
    for modell in (Tildeling, Henvisning, Barn, Sak):
        db.session.execute(delete(modell))
    db.session.scalars(select(Kommune)).one().registrer_kjoenn = True
    for enhet, barn, rader in saker:
        sak = by.sak(enhet, *barn)
        for nr, barnet in enumerate(sak.barn):
            barnet.kjoenn = list(Kjoenn)[nr % 3]
        for tiltak, nr, status, gitt_etter, maaned in rader:
            henvisning = by.henvis(
                sak,
                tiltak,
                barn=None if nr is None else nr % len(barn),
                status=status,
                naar=datetime(AAR, maaned, 2, 10, tzinfo=UTC),
                grunn=Avslagsgrunn.TAK_NAADD.value if status is Status.AVSLAATT else None,
            )
            if gitt_etter is not None and tiltak != UTSTYR:
                by.gi(henvisning, henvisning.endret + timedelta(days=gitt_etter))


def _for_haand(t: dict[str, RawCounts]) -> dict[str, Svar]:
    """The tables counted anew, as the definitions say it."""
    h = Haandtelling(AAR, _alle(Sak), _alle(Henvisning), _alle(Tildeling))
    slag = {tiltak.id: slag_av(tiltak).value for tiltak in _alle(Tiltak)}
    av_slag, bak = lambda r: slag[r.tiltak_id], (lambda r: {h.familie[r.sak_id]}, h.barn)
    barn, saker = sorted(h.alle_barn(), key=str), sorted({r.sak_id for r in h.henvist})
    hjem = (h.familier_til,)
    spoersmaal: dict[str, Any] = {
        "tjeneste": (barn, (h.tjeneste,), hjem),
        "tjeneste_familier": (sorted(set(h.familie.values())), (h.familiens_tjeneste,)),
        "alder": (barn, (h.alder,), hjem),
        "tjeneste_alder": (barn, (h.tjeneste, h.alder)),
        "kjoenn": (barn, (h.kjoenn,), hjem),
        "alder_kjoenn": (barn, (h.alder, h.kjoenn)),
        "aar": (barn, (lambda b: min(h.kvartal(r) for r in h.henvist if b in h.barn(r)),)),
        "familier_kvartal": (
            sorted(set(h.familie.values())),
            (lambda f: min(h.kvartal(r) for r in h.henvist if h.familie[r.sak_id] == f),),
        ),
        "foerste_gang": (barn, (lambda b: "ukjent" if isinstance(b, int) else "foerste",)),
        "antall_tiltak": (barn, (h.antall_tiltak,)),
        "deltakelse": (barn, (lambda _: "nei", lambda _: "ikke_spurt")),
        "kobling": (saker, (h.kobling,)),
        "tiltak": (h.henvist, (lambda r: r.tiltak_id, h.utfall), bak),
        "tiltak_status": (h.henvist, (av_slag, h.status)),
        "henvist_kvartal": (h.henvist, (h.kvartal, av_slag)),
        "gitt": (h.henvist, (lambda r: r.tiltak_id, lambda r: "gitt" if r.id in h.gitt else "ikke_gitt"), bak),
        "ventetid": (h.henvist, (av_slag, lambda r: h.dager(r, "d", "gitt", "ikke_gitt"))),
        "venter_ved_aarets_slutt": (h.henvist, (av_slag, lambda r: h.dager(r, "w", "venteliste", "ikke_venteliste"))),
        "avslag": (h.henvist, (lambda r: h.avslag(r, "ikke_avslaatt"),)),
        "hindringer": (h.henvist, (lambda r: h.avslag(r, "h_ingen"),)),
    }
    return {kode: tell_for_haand(t[kode], *hva) for kode, hva in spoersmaal.items()}


def _alle(modell: Any) -> list[Any]:
    return list(db.session.scalars(select(modell)))


def _legg_sammen(raw: RawCounts) -> None:
    """Every whole is the sum of its parts where the column says so; else it lies between the largest and the sum."""
    for nr, dimensjon in enumerate(raw.dimensjoner):
        for helt, *andre in product(
            [k for k in dimensjon.koder if dimensjon.deler(k)],
            *(d.koder for i, d in enumerate(raw.dimensjoner) if i != nr),
        ):

            def celle(kode: str, nr: int = nr, andre: list[str] = andre) -> tuple[int, ...]:
                return raw.celler[*andre[:nr], kode, *andre[nr:]].tall

            for k, kolonne in enumerate(raw.kolonner):
                deler = [celle(kode)[k] for kode in dimensjon.deler(helt)]
                if kolonne.additiv:
                    assert sum(deler) == celle(helt)[k]
                else:
                    assert max(deler) <= celle(helt)[k] <= sum(deler)


@given(saker=st.lists(SAKEN, max_size=6))
def test_every_table_is_as_counted_by_hand_adds_up_and_agrees_with_the_others(by: By, saker: list[Any]) -> None:
    with transaction():
        _fyll(by, saker)
    hold_utdrag()
    telling = measures.tell(AAR, DAG)
    tabeller = {t.kode: t for t in telling.tabeller}
    assert set(tabeller) == set(measures.definisjoner())
    kjent: dict[Any, int] = {}
    for raw in telling.tabeller:
        _legg_sammen(raw)
        for noekkel, celle in raw.celler.items():
            klasser = frozenset((d.kode, k) for d, k in zip(raw.dimensjoner, noekkel, strict=True) if k != TOTAL)
            for kolonne, tall in zip(raw.kolonner, celle.tall, strict=True):
                assert kjent.setdefault((kolonne.lenke, klasser), tall) == tall
            assert noekkel not in raw.strukturelle or not any(celle.tall)
    for kode, svar in _for_haand(tabeller).items():
        assert {n: c.tall for n, c in tabeller[kode].celler.items()} == svar, kode
    _eiere(telling.tabeller)
    h = Haandtelling(AAR, _alle(Sak), _alle(Henvisning), _alle(Tildeling))
    to_hjem = any(len(h.familier_til(barnet)) > 1 for barnet in h.alle_barn())
    for ulikhet in measures.ulikheter():
        sagt, brutt = brutte(ulikhet, telling.tabeller)
        assert sagt, ulikhet.hva
        assert not brutt or (to_hjem and ulikhet.forbehold == TO_HJEM), ulikhet.hva


SLUTT = (Status.AVSLUTTET, Status.AVSLUTTET, Status.PAA_VENT, Status.VENTELISTE, Status.VIDERESENDT, Status.INNVILGET)


def _forloep(by: By, sak: Sak, r: random.Random) -> None:
    """A referral that ends in any way, for a child or all, with all that is asked on the way."""
    naar, status = datetime(AAR, r.randint(1, 12), r.randint(1, 28), 10, tzinfo=UTC), r.choice(SLUTT)
    felt: dict[str, Any] = {"endret": naar + timedelta(days=1)}
    if status is Status.AVSLUTTET:
        felt["grunn"] = r.choice(list(Avslutningsgrunn)).value
        felt["deltar_ved_slutt"] = r.choice((None, *JaNeiVetIkke))
    gjelder = r.choice((None, r.randrange(len(sak.barn))))
    henvisning = by.henvis(sak, r.choice((KORT, FRIPLASS)), barn=gjelder, naar=naar, status=status, **felt)
    if r.random() < 0.5 or status is Status.PAA_VENT:
        hendelse = {"slag": "status", "til": Status.PAA_VENT.value, "grunn": r.choice(list(PaaVentGrunn)).value}
        db.session.add(Hendelse(henvisning_id=henvisning.id, tid=naar, **hendelse))
    if status is not Status.VENTELISTE and r.random() < 0.5:
        by.gi(henvisning, naar + timedelta(hours=2))


@pytest.mark.bare_sqlite  # the counting is the same
@pytest.mark.parametrize("froe", range(4))
def test_what_is_closed_or_on_hold_is_at_most_what_the_words_say(by: By, froe: int) -> None:
    r = random.Random(froe)  # noqa: S311 - a town, not a secret
    with transaction():
        for nr in range(30):
            barn = [(f"{nr}{en}", r.randint(AAR - 18, AAR - 2)) for en in range(r.randint(1, 3))]
            sak = by.sak(r.choice((NAV, HELSE, KULTUR)), *barn)
            for _ in range(r.randint(1, 3)):
                _forloep(by, sak, r)
    raa = measures.tell(AAR, DAG).tabeller
    tall = {(raw.kode, n): celle.tall[0] for raw in raa for n, celle in raw.celler.items()}
    assert tall["hindringer", ("h_avbrutt",)]
    assert tall["hindringer", ("h_paa_vent",)]
    assert tall["deltakelse", (TOTAL, "ja")]
    assert [ulikhet.hva for ulikhet in measures.ulikheter() if brutte(ulikhet, raa)[1]] == []


def _eiere(tabeller: Iterable[RawCounts]) -> None:
    """Where the families behind a cell are one, it has one owner; every other cell has none."""
    for raw in tabeller:
        koder = [k.kode for k in raw.kolonner]
        if "familier" in koder and raw.eiere is not None:
            alene = {n for n, c in raw.celler.items() if c.tall[koder.index("familier")] == 1}
            eid = [n for noekler in raw.eiere.values() for n in noekler]
            assert sorted(eid) == sorted(alene)


def test_one_family_alone_has_the_same_number_in_all_tables(by: By) -> None:
    with transaction():
        by.henvis(by.sak(NAV, ("a", 2015)))
        by.henvis(by.sak(HELSE, ("b", 2003)))
    tabeller = {t.kode: t for t in measures.tell(AAR, DAG).tabeller}
    eier = {
        n: nr
        for t in ("tjeneste", "alder", "tjeneste_alder")
        for nr, ns in (tabeller[t].eiere or {}).items()
        for n in ns
    }
    assert eier[NAV,] == eier["6-12",] == eier[NAV, "6-12"] != eier[HELSE,] == eier["18-24",]


def test_raw_counts_come_back_whole_from_storage(by: By) -> None:
    with transaction():
        by.flere(3, NAV)
    for raw in measures.tell(AAR, DAG).tabeller:
        assert measures.fra_lagring(measures.til_lagring(raw)) == raw


def test_every_set_names_tables_of_the_catalogue_that_are_always_there() -> None:
    sett = measures.tabellsett()
    assert {kode for s in sett.values() for kode in s.tabeller} <= set(measures.definisjoner()) - BARE_MED_KJOENN
    for kode, s in sett.items():
        assert all((s.kode == kode, s.tittel, s.hva, len(s.tabeller) == len(set(s.tabeller)) > 1))


def test_every_question_has_its_text_its_function_and_its_alternatives() -> None:
    definisjoner = measures.definisjoner()
    assert set(definisjoner) == set(TELLERE)
    assert set(definisjoner) > BARE_MED_KJOENN
    for d in definisjoner.values():
        assert d.kode.isascii()
        assert all((d.tittel, d.hva, d.gruppe, d.kolonner[0].additiv))
        assert all(t.tekst and t.versjon >= 1 for t in d.telledefinisjoner)
        assert set(d.enveis) <= set(definisjoner)
        assert d.enveis or len(d.dimensjoner) == 1 or d.kode in UTEN_ENVEIS
    assert measures.definisjonsversjon() >= 2


UTEN_ENVEIS = {"deltakelse", "fra_tidligere_aar"}
"""Two-way tables that have no table of one dimension beside them."""


def test_the_classes_do_not_depend_on_what_was_counted(by: By) -> None:
    tomme = {t.kode: t.dimensjoner for t in measures.tell(AAR, DAG).tabeller}
    with transaction():
        by.flere(2, NAV)
        by.gi(by.henvis(by.sak(HELSE, ("a", 2015)), FRIPLASS), datetime(AAR, 6, 1, tzinfo=UTC))
    assert {t.kode: t.dimensjoner for t in measures.tell(AAR, DAG).tabeller} == tomme
    assert {t.kode: t.dimensjoner for t in measures.tell(AAR - 1, date(AAR, 1, 1)).tabeller} == tomme
