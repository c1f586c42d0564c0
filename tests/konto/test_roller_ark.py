"""The role sheet that is in force is the one that is printed and signed, right by right and reach by reach."""

import re
from itertools import combinations
from pathlib import Path

from koordinering.roles import ADSKILTE, LESER_SAKER, MATRISE, Omfang, Rettighet, Rolle, forenes

ARKET = Path(__file__).parents[2] / "docs" / "papirer" / "rollematrise.md"
OMFANG = {"det som hører til egen enhet": "enhet", "det som er sendt til egen enhet": "mottatt", "alt": "alle"}


def test_the_sheet_in_force_is_the_printed_one() -> None:
    deler = re.split(r"^\*\*(.+)\*\*$", ARKET.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    trykt = {
        rolle: {kode: OMFANG[omfang] for kode, omfang in re.findall(r"\| ([a-z_]+:[a-z_]+) \| (.+) \|$", rader, re.M)}
        for rolle, rader in zip(deler[::2], deler[1::2], strict=True)
    }
    assert trykt == {rolle.tekst: {r.value: o.value for r, o in har.items()} for rolle, har in MATRISE.items()}


def test_every_role_stands_on_the_sheet_and_every_right_is_somebodys() -> None:
    assert set(MATRISE) == set(Rolle)
    assert {rett for har in MATRISE.values() for rett in har} == set(Rettighet)


def test_codes_are_what_the_database_holds() -> None:
    assert all(kode.value == kode.name.lower() for kode in (*Rolle, *Omfang))
    assert all(rett.value == rett.name.lower().replace("_", ":", 1) for rett in Rettighet)


def test_who_reads_cases_and_who_stands_apart() -> None:
    assert {"henviser", "mottaker", "inkluderingskonsulent", "enhetsleder"} == LESER_SAKER
    assert {"systemforvalter", "koordinator", "personvernombud"} == ADSKILTE


def test_nobody_stands_apart_and_reads_cases() -> None:
    for to in combinations(Rolle, 2):
        skilt = any(rolle in ADSKILTE for rolle in to) and any(rolle in LESER_SAKER for rolle in to)
        assert forenes(frozenset(to)) is not skilt
    assert all(forenes(frozenset({rolle})) for rolle in Rolle)
    assert forenes(ADSKILTE)
    assert forenes(frozenset(Rolle) - ADSKILTE)
    assert not forenes(frozenset(Rolle))
