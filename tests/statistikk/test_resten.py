"""A small rest is as telling as a small count: where shares are read, what is left over is a class of its own."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from koordinering.db import db, transaction
from koordinering.saker.rules.overganger import Avslagsgrunn, Status
from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import TOTAL, RawCounts, Regler, Tegn, beskytt
from koordinering.statistikk.disclosure.revisjon import revider
from koordinering.users import Kommune
from tests.statistikk.byen import AAR, DAG, KORT, NAV, By

RESTEN = {
    "kjoenn": "ukjent",
    "alder_kjoenn": "ukjent",
    "foerste_gang": "ukjent",
    "familier_foerste_gang": "ukjent",
    "antall_tiltak": "uten_gitt",
    "deltakelse": "ikke_spurt",
    "kobling": "mangler",
    "tiltak": "annet",
    "tiltak_status": "annet",
    "gitt": "ikke_gitt",
    "aktivitet": "ikke_gitt",
    "ventetid": "ikke_gitt",
    "venter_ved_aarets_slutt": "ikke_venteliste",
    "avslag": "ikke_avslaatt",
    "hindringer": "h_ingen",
    "kroner": "ikke_betalt",
    "kroner_tiltak": "ikke_betalt",
    "kroner_kvartal": "ikke_betalt",
}
"""The tables that say how many of all were something: the class of those that were not (DISCLOSURE.md rule 2)."""

DELT_OPP = {
    "tjeneste", "tjeneste_familier", "alder", "tjeneste_alder", "aar", "familier_kvartal", "henvist_kvartal",
    "fra_tidligere_aar", "besoek", "besoek_kvartal", "kortbesoek", "kortbesoek_kvartal", "utlaan", "utlaan_kvartal",
}  # fmt: skip
"""The tables that only divide all into kinds: every rest is the sum of the other kinds."""


def _tabeller() -> dict[str, RawCounts]:
    return {t.kode: t for t in measures.tell(AAR, DAG).tabeller}


def _oeverst(raw: RawCounts, kode: str) -> int:
    """The dimension in which a class is a part of the whole, and not of another class."""
    oeverst = [{k.kode for k in d.kategorier if k.forelder is None} for d in raw.dimensjoner]
    (plass,) = [nr for nr, koder in enumerate(oeverst) if kode in koder]
    return plass


def _celle(raw: RawCounts, plass: int, kode: str) -> tuple[str, ...]:
    return tuple(kode if nr == plass else TOTAL for nr in range(len(raw.dimensjoner)))


def test_every_table_of_shares_has_its_rest_as_a_class(app: Flask, folk: Any) -> None:
    assert {*RESTEN, *DELT_OPP} == set(measures.definisjoner())
    assert not set(RESTEN) & DELT_OPP
    with transaction():
        db.session.scalars(select(Kommune)).one().registrer_kjoenn = True
    tabeller = _tabeller()
    for kode, resten in RESTEN.items():
        raw = tabeller[kode]
        plass = _oeverst(raw, resten)
        assert resten in raw.dimensjoner[plass].deler(TOTAL), kode
        # It is what is left over: the other classes and it make up the whole.
        for kolonne, hva in enumerate(raw.kolonner):
            if hva.additiv:
                deler = [raw.celler[_celle(raw, plass, d)].tall[kolonne] for d in raw.dimensjoner[plass].deler(TOTAL)]
                assert sum(deler) == raw.celler[_celle(raw, plass, TOTAL)].tall[kolonne]


def test_a_small_rest_is_hidden_like_a_small_count(app: Flask, folk: Any) -> None:
    by = By(folk.nav1.id)
    with transaction():
        for nr in range(30):
            henvisning = by.henvis(by.sak(NAV, (f"barn {nr}", 2015)), KORT)
            if nr < 28:  # all but two are given a card
                by.gi(henvisning, datetime(AAR, 6, 1, tzinfo=UTC))
        for nr in range(12):
            grunn = Avslagsgrunn.TAK_NAADD.value
            by.henvis(by.sak(NAV, (f"annet {nr}", 2015)), "4b-11", status=Status.AVSLAATT, grunn=grunn)
    for koder in (["ventetid"], ["gitt"], ["antall_tiltak", "avslag"]):
        raa = [raw for kode, raw in _tabeller().items() if kode in koder]
        vist = beskytt(raa, Regler())
        assert revider(vist.tabeller, raa, Regler()).ok
        for raw, tabell in zip(raa, vist.tabeller, strict=True):
            rader = [n for n in raw.noekler if RESTEN[raw.kode] in n and 1 <= raw.celler[n].tall[0] < 5]
            assert rader or raw.kode in {"avslag", "antall_tiltak"}
            assert all(tabell.celler[n][0] is Tegn.SKJULT for n in rader)
