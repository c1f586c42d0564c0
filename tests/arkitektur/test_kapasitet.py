"""Capacity changes in one place: nothing else sets a unit's state or an amount's figures."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import koordinering
from koordinering.tiltak.kapasitet.models import SLAG, Beloepsslag, Enhetsslag, Slag, meld
from koordinering.tiltak.midler.models import BUDSJETT
from koordinering.tiltak.models import KORT_OG_PLASSER
from koordinering.tiltak.utstyr.models import UTSTYR

PAKKE = Path(koordinering.__file__).parent

MEKANISMEN = "tiltak/kapasitet/services.py"

DEMO = {
    "demo/midler.py",
    "demo/midlerspill.py",
    "demo/nye_plasser.py",
    "demo/oppstilling.py",
    "demo/skriver.py",
    "demo/tilbudte.py",
    "demo/besoek.py",
    "demo/utstyrsrader.py",
}
"""The made-up town writes a year's rows at once, as the services would have left them; tests/demo compares the two."""

ANNET = {
    ("demo/runder.py", "forslag.status"),
    ("flytting/overfoering.py", "insert(tabell)"),  # every row as it was, into a database that nobody serves from
    ("plan/evaluering/services/vurderinger.py", "rad.status"),
    ("plan/rullering/services/skriving.py", "gammel.status"),
    ("plan/rullering/services/versjoner.py", "utgave.status"),
    ("saker/services/overgang.py", "henvisning.status"),
    ("tildeling/services/angre.py", "tildeling.tilstand"),
    ("tildeling/services/forslag.py", "forslag.status"),
    ("tildeling/services/gi.py", "tildeling.tilstand"),
    ("tildeling/services/tilbake.py", "tildeling.tilstand"),
    ("tildeling/services/uten_innsyn.py", "henvisning.status"),
    ("tiltak/midler/services/bunt.py", "utbetaling.status"),
    ("tiltak/midler/services/tilsagn.py", "tilsagn.status"),
    ("tiltak/midler/services/tilskudd.py", "tilskudd.status"),
    ("tiltak/midler/services/utbetaling.py", "utbetaling.status"),
    ("tiltak/utstyr/services/lager.py", "enhet.tilstand"),  # its condition; where it is stands in status
}
"""What has the name of a figure of capacity in another table, or is another thing of the same table."""

TABELLER = {modell.__name__: slag for modell, slag in SLAG.items()}


def _kolonner(slag: Slag) -> set[str]:
    return set(slag.tall) if isinstance(slag, Beloepsslag) else {slag.tilstand}


KOLONNER = {kolonne for slag in SLAG.values() for kolonne in _kolonner(slag)}
SETTERE = {"setattr", "set_committed_value", "set_attribute", "flag_modified"}
BULK = {"bulk_update_mappings", "bulk_insert_mappings", "bulk_save_objects"}
RAA_SQL = re.compile(
    rf"\b(update|insert\s+into|delete\s+from)\s+({'|'.join(str(m.__tablename__) for m in SLAG)})\b", re.IGNORECASE
)


def _fra_foedselen(navn: str) -> set[str]:
    """Figures that a row of this table may be made with: what was promised, with nothing used of it yet."""
    slag = TABELLER[navn]
    return {slag.ramme} if isinstance(slag, Beloepsslag) and slag is not BUDSJETT else set()


def _navn(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Name("cast"), args=[_, ast.Attribute(value=modell, attr="__table__")]):
            return _navn(modell)
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _kall(node: ast.Call) -> str | None:
    """What is wrong with a call, if anything."""
    hva, foerste = _navn(node.func), node.args[0] if node.args else None
    if isinstance(node.func, ast.Name) and hva in {"update", "insert", "delete"}:
        tabell = _navn(foerste) if foerste is not None else ""
        return f"{hva}({tabell})" if tabell in {*TABELLER, "Beholdning"} or not tabell[:1].isupper() else None
    if hva in BULK:
        return hva
    if hva in SETTERE and any(isinstance(a, ast.Constant) and a.value in KOLONNER for a in node.args):
        return hva
    if hva in TABELLER:
        satt = {str(k.arg) for k in node.keywords} & (_kolonner(TABELLER[hva]) - _fra_foedselen(hva))
        return f"{hva}({', '.join(sorted(satt))})" if satt else None
    return None


def _node(node: ast.AST) -> str | None:
    match node:
        case ast.Call():
            return _kall(node)
        case ast.Attribute(attr="__table__") if _navn(node.value) in TABELLER:
            return ast.unparse(node)
        case ast.Attribute(ctx=ast.Store() | ast.Del()):
            er_antall = node.attr == "antall" and _navn(node.value) == "beholdning"
            return ast.unparse(node) if node.attr in KOLONNER or er_antall else None
        case ast.ImportFrom():
            skjult = [n.name for n in node.names if n.asname and n.name in {*TABELLER, "update", "insert", "delete"}]
            return f"{skjult[0]} under another name" if skjult else None
        case ast.Constant(value=str(tekst)) if RAA_SQL.search(tekst):
            return tekst
    return None


def brudd(kilde: str) -> Iterator[str]:
    """Everything in a module that sets capacity by itself."""
    for node in ast.walk(ast.parse(kilde)):
        if (feil := _node(node)) is not None:
            yield feil


def _alle() -> dict[str, set[str]]:
    moduler = {fil.relative_to(PAKKE).as_posix(): fil for fil in PAKKE.rglob("*.py")}
    return {navn: set(brudd(fil.read_text(encoding="utf-8"))) for navn, fil in moduler.items()}


def test_only_the_mechanism_changes_what_there_is() -> None:
    funnet = {(fil, feil) for fil, feilene in _alle().items() for feil in feilene}
    enheter = ("tiltak/services/enheter.py", "update(Beholdning)")  # the figure of a stock follows its rows
    mekanismen = (MEKANISMEN, "update(modell)")
    alles = ("nye_rader.py", "insert(tabell)")  # what is added to the session, as its own flush writes it
    utenfor = (*DEMO, *(fil for fil, _ in funnet if fil.startswith("noekkellager/")))  # another database
    assert {(fil, feil) for fil, feil in funnet if fil not in utenfor} == {mekanismen, alles, enheter, *ANNET}
    assert {fil for fil, _ in funnet} >= DEMO, "a module of the demo that is named and need not be"


@pytest.mark.parametrize(
    "kilde",
    [
        "plass.tilstand = Plasstilstand.LEDIG",
        "a, enhet.status = 1, Status.UTE",
        "budsjett.bundet_oere += 100",
        "faktura.paa_vei_oere: int = 0",
        "del tilskudd.innvilget_oere",
        "for rad.betalt_oere in tall: pass",
        "beholdning.antall = 3",
        "setattr(plass, 'tilstand', ny)",
        "update(Plass).where(Plass.id == 1).values(tilstand=ny)",
        "db.session.execute(update(models.Utstyrsenhet).values(navn='x'))",
        "update(modell).values(verdier)",
        "insert(Tilsagn)",
        "update(Plass.__table__)",
        "Plass(beholdning_id=1, nummer=1, tilstand=Plasstilstand.OPPTATT)",
        "Budsjett(aar=2026, ramme_oere=1)",
        "Faktura(beloep_oere=1, betalt_oere=1)",
        "from sqlalchemy import update as oppdater",
        "from koordinering.tiltak.models import Plass as P",
        "session.bulk_update_mappings(Plass, rader)",
        "text('UPDATE budsjett SET betalt_oere = 0')",
    ],
)
def test_the_walker_sees_it(kilde: str) -> None:
    assert list(brudd(kilde))


@pytest.mark.parametrize(
    "kilde",
    ["plass.nummer = 3", "update(Varetelling)", "Faktura(beloep_oere=1)", "sett.update(Plass)", "x = plass.tilstand"],
)
def test_the_walker_leaves_the_rest_alone(kilde: str) -> None:
    assert not list(brudd(kilde))


def test_only_the_ledger_moves_a_budget() -> None:
    """So that no figure of a budget changes without its entry."""
    flytter = {
        navn.relative_to(PAKKE).as_posix()
        for navn in PAKKE.rglob("*.py")
        for node in ast.walk(ast.parse(navn.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _navn(node.func) == "flytt_beloep" and _navn(node.args[0]) == "Budsjett"
    }
    assert flytter == {"tiltak/midler/services/hovedbok.py"}


@pytest.mark.parametrize("slag", [KORT_OG_PLASSER, UTSTYR], ids=lambda slag: slag.modell.__name__)
def test_every_state_is_free_held_used_or_out_and_only_one_of_them(slag: Enhetsslag) -> None:
    tilstander = slag.modell.__table__.c[slag.tilstand].type.enum_class  # type: ignore[attr-defined]
    alle = [*slag.ledig, *slag.holdt, *slag.brukt, *slag.ute]
    assert sorted(alle) == sorted(tilstander)


def test_a_table_has_one_kind() -> None:
    with pytest.raises(ValueError, match="Plass"):
        meld(KORT_OG_PLASSER)
