"""The register of every column, and the retention rules: they say what the models and the code say."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import LargeBinary

import koordinering
from koordinering import crypto
from koordinering.cli import sletting
from koordinering.db import Base, metadata
from koordinering.jobb import arbeider
from koordinering.jobb import services as jobber
from koordinering.konto.services import rydd
from koordinering.personvern.rules.frister import FRISTER, Frist, Fristslag
from koordinering.personvern.rules.register import FeilIRegisteret, les, registeret, ser
from koordinering.roles import ADSKILTE, Omfang, Rettighet, Rolle
from tests.personvern import eksempel

PAKKE = Path(koordinering.__file__).parent
KRYPTERT = frozenset({"sakens_noekkel", "radens_noekkel", "hovednoekkel"})


def _navn(sti: str) -> Any:
    modul, _, navn = sti.partition(":")
    return getattr(importlib.import_module(modul), navn)


def _kall(*navnene: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of these in the program, with the module it stands in."""
    for fil in sorted(PAKKE.rglob("*.py")):
        kilde = fil.read_text(encoding="utf-8")
        if PAKKE / "crypto" in fil.parents or not any(f"{navn}(" in kilde for navn in navnene):
            continue
        modul = ".".join(fil.relative_to(PAKKE.parent).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(kilde)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in navnene:
                yield modul, node


def test_every_column_has_its_line_and_every_line_its_column() -> None:
    i_basen = {f"{tabell.name}.{kolonne.name}" for tabell in metadata.tables.values() for kolonne in tabell.columns}
    i_registeret = [felt.sted for felt in registeret().felt]
    assert sorted(i_basen - set(i_registeret)) == [], "give it a line in koordinering/data/behandlinger.yaml"
    assert sorted(set(i_registeret) - i_basen) == [], "this column is gone: take its line away"
    assert len(i_registeret) == len(set(i_registeret))


@pytest.mark.parametrize("linje", ["sak | sak", "sak | sak | ", "ukjent | sak | x", "sak | ukjent | x", "sak|sak|x|y"])
def test_a_line_without_purpose_sensitivity_and_retention_is_refused(linje: str) -> None:
    les(eksempel.register("sak | sak | Til noe"))
    with pytest.raises(FeilIRegisteret, match=r"prove\.id"):
        les(eksempel.register(linje))


@pytest.mark.parametrize("annet", ["leses: [ukjent:rett]", "behandling: ukjent", "leses_felt: {finnes_ikke: []}"])
def test_a_table_that_names_what_there_is_not_is_refused(annet: str) -> None:
    with pytest.raises(FeilIRegisteret):
        les(eksempel.register("sak | sak | Til noe", annet))


def test_what_is_binary_says_how_it_is_kept_and_what_is_encrypted_is_so() -> None:
    vern = {felt.sted: felt.vern for felt in registeret().felt}
    for tabell in metadata.tables.values():
        for kolonne in tabell.columns:
            if isinstance(kolonne.type, LargeBinary):
                assert vern[f"{tabell.name}.{kolonne.name}"], f"{tabell.name}.{kolonne.name}: no line under vern"
    kall_ = (*_kall(*(n for n in dir(crypto) if n.startswith("krypter"))), *_kall("forsegl", "forsegl_for"))
    forseglet = {sted for modul, kall in kall_ if (sted := _kolonne(modul, kall))}
    assert forseglet == {felt.navn for felt in registeret().felt if felt.vern in KRYPTERT}


def _kolonne(modul: str, kall: ast.Call) -> str | None:
    """The column a value is sealed for: written out, or a name of the module's. None where it is handed on."""
    verdi = next((en.value for en in kall.keywords if en.arg == "kolonne"), None)
    if verdi is None and any(isinstance(en, ast.Starred) for en in kall.args):
        return str(_navn(f"{modul}:_STED")[1])
    if verdi is None:  # forsegling.forsegl(sak, kolonne, …), forsegl_for(sak_id, tabell, kolonne, …); or another
        verdi = {3: kall.args[1:2], 5: kall.args[2:3]}.get(len(kall.args), [None])[0]
    if isinstance(verdi, ast.Name):
        return str(_navn(f"{modul}:{verdi.id}")) if verdi.id.isupper() else None
    return str(verdi.value) if isinstance(verdi, ast.Constant) else None


def test_the_rights_that_open_a_table_are_the_ones_the_code_asks_for() -> None:
    tabell = {mapper.class_.__name__: str(mapper.local_table) for mapper in Base.registry.mappers}
    leses: dict[str, set[str]] = {}
    for felt in registeret().felt:
        leses.setdefault(felt.tabell, set()).update(felt.leses)
    sett = 0
    for _, kall in _kall("visible", "vilkaar"):
        modell, rett = _modell_og_rett(kall)
        if modell and rett:
            assert Rettighet[rett].value in leses[tabell[modell]], f"{modell} is read with {rett}"
            sett += 1
    assert sett > 20


def _modell_og_rett(kall: ast.Call) -> tuple[str | None, str | None]:
    navn = [en.id for en in kall.args if isinstance(en, ast.Name) and en.id[0].isupper()]
    rett = [en.attr for en in kall.args if isinstance(en, ast.Attribute) and en.attr.isupper()]
    return (navn[0] if navn else None, rett[0] if rett else None)


def test_nobody_who_counts_keeps_or_checks_sees_a_family() -> None:
    for felt in registeret().felt:
        if felt.foelsomhet in {"sak", "saarbar"} and felt.behandling not in {"logg", "tilgang"}:
            assert not ser(felt.leses).keys() & ADSKILTE, felt.sted
        if felt.foelsomhet == "hemmelig":
            assert felt.leses == (), felt.sted
    assert ser(("sak:les",)) == {Rolle.HENVISER: {Omfang.ENHET}, Rolle.ENHETSLEDER: {Omfang.ENHET}}


@pytest.mark.parametrize("kode", FRISTER)
def test_a_retention_rule_can_be_followed(kode: str) -> None:
    frist = FRISTER[kode]
    brukt = [felt for felt in registeret().felt if felt.frist == kode]
    assert brukt, "no column goes by it"
    if frist.slag is Fristslag.BEVARES:
        assert (frist.varer, frist.maaneder, frist.tabell, frist.gjoeres_av, frist.lengde) == (None,) * 4 + ("",)
        return
    assert (frist.varer is None) != (frist.maaneder is None)
    assert frist.tabell is not None
    assert frist.fra is not None
    tabell, _, kolonne = frist.fra.partition(".")
    assert kolonne in metadata.tables[tabell].columns
    assert {navn for navn, _ in frist.bare} | set(frist.felt) <= set(metadata.tables[frist.tabell].columns.keys())
    if frist.slag is Fristslag.TOEM_FELT:
        assert {felt.sted for felt in brukt} == {f"{frist.tabell}.{navn}" for navn in frist.felt}
    else:
        assert frist.felt == ()


@pytest.mark.bare_sqlite
def test_the_paper_says_as_long_as_the_code_does_and_that_it_is_done(app: Flask) -> None:
    hver_time = inspect.getsource(arbeider.Arbeider.rydd)
    assert "rydd()" in hver_time
    for kode, frist in FRISTER.items():
        if frist.gjoeres_av is None:
            continue
        funksjon = _navn(frist.gjoeres_av)
        if frist.kommando is not None:
            assert frist.kommando == "koordinering retention run"
            assert f"{funksjon.__name__}(" in inspect.getsource(sletting), f"{kode}: the command does not do it"
            enhet = (PAKKE.parent / "drift" / "systemd" / "koordinering-sletting.service").read_text(encoding="utf-8")
            assert f"ExecStart=/opt/koordinering/bin/{frist.kommando}" in enhet, f"{kode}: nobody is told to"
            continue
        kalles = funksjon in [*jobber._hver_time, rydd] or f"services.{funksjon.__name__}()" in hver_time
        assert kalles, f"{kode}: nothing calls it"
        if frist.konstant is not None:
            assert _navn(frist.konstant) == frist.varer, kode
            assert frist.konstant.partition(":")[2] in inspect.getsource(inspect.getmodule(funksjon) or funksjon), kode


def test_what_nothing_deletes_is_not_said_to_be() -> None:
    assert {kode for kode, frist in FRISTER.items() if frist.lengde and not frist.gjoeres_av} == set()
    assert all(frist.konstant is None for frist in FRISTER.values() if frist.gjoeres_av is None)


def test_a_length_is_told_in_words() -> None:
    def lengde(**verdier: Any) -> str:
        return Frist("x", Fristslag.SLETT_RADER, "x", **verdier).lengde

    assert [lengde(maaneder=n) for n in (24, 60, 18)] == ["24 måneder", "5 år", "18 måneder"]
    assert FRISTER["grense"].lengde == "60 minutter"
    assert FRISTER["bevart"].lengde == "ett døgn"
