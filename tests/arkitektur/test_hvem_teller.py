"""Children, cases and families are counted in one place; whatever else counts anything is named here, with what."""

import ast
from pathlib import Path

KODEN = Path(__file__).parents[2] / "koordinering"
MAALENE = "statistikk/measures/"

TELLER = {
    "audit.py": "what one user has done today, for a limit",
    "drift/queries.py": "jobs and open sessions, for the monitoring",
    "drift/services/driften.py": "administrators, for whoever keeps the machine",
    "demo/samordninger.py": "nothing: whether two made-up cases are one family's",
    "flytting/overfoering.py": "rows of every table, to see that as many have come",
    "konto/faktor/queries.py": "recovery codes that are left",
    "personvern/queries/loggvei.py": "lines of the log under each filter, to read it by the fewest",
    "personvern/queries/moenster.py": "lines of the log, by user and day",
    "personvern/segl/services/utloep.py": "lines of the log that expire",
    "sider.py": "the rows of a list that the user sees",
    "forside/queries.py": "what waits for the user herself, of queries that others wrote",
    "migrering.py": "rows that a downgrade would delete, for whoever runs it",
    "noekkellager/lager.py": "sealed values, by the master key that sealed them",
    "personvern/sletting/queries.py": "a unit's cases by when they go, for those who run the installation",
    "plan/services.py": "measures of the plan",
    "saker/queries/kobling.py": "the cases counted as one family, for ceilings",
    "saker/queries/liste.py": "the filters of the user's own list of cases",
    "saker/rules/familier.py": "nothing: how cases are put together into families",
    "saker/samordning/queries/rekkevidde.py": "children that two cases of a consent share",
    "statistikk/aapne/queries.py": "released tables that are open to all",
    "tildeling/queries/forslag.py": "places in a proposal",
    "tildeling/queries/gitt.py": "cards and places given of one measure, for those who hand them out",
    "tildeling/queries/koe.py": "referrals in the receiver's own queue",
    "tildeling/routes/fordel.py": "the unit's offers, beside the queue",
    "tildeling/queries/nyttaar.py": "grants that wait when a year is over",
    "tiltak/klubbesoek/queries.py": "visits to clubs",
    "tiltak/midler/queries/utbetaling.py": "payments",
    "tiltak/moeteplass/queries.py": "visits at open offers and days that are written in",
    "tiltak/queries.py": "places and offers",
    "tiltak/services/enheter.py": "places",
    "tiltak/utstyr/queries/disk.py": "equipment on loan",
    "tiltak/utstyr/queries/varetelling.py": "equipment",
}
"""Modules outside the counting of statistics that count rows or put families together, and what they count."""

LESER_SAKER = {
    "demo/samordninger.py",
    "forside/queries.py", "saker/queries/liste.py", "saker/queries/kobling.py", "saker/rules/familier.py",
    "tildeling/queries/koe.py",
    "tildeling/queries/gitt.py", "tildeling/queries/forslag.py", "personvern/queries/moenster.py",
    "personvern/sletting/queries.py", "tildeling/routes/fordel.py",
    "saker/samordning/queries/rekkevidde.py",
}  # fmt: skip
"""Those of them that may name children, cases or referrals: of what the user herself reaches, or what goes."""

SAKSORD = {"Barn", "Sak", "Henvisning", "familier"}


def _navn(fil: Path) -> str:
    return fil.relative_to(KODEN).as_posix()


def _teller(tre: ast.AST) -> bool:
    """Counts in SQL, itself or by `sider`, or puts cases together into families."""
    hentet = {n.name for en in ast.walk(tre) if isinstance(en, ast.ImportFrom) and en.module == "koordinering.sider"
              for n in en.names}  # fmt: skip
    if hentet & {"tell", "tellbar"}:
        return True
    for kall in (node.func for node in ast.walk(tre) if isinstance(node, ast.Call)):
        if isinstance(kall, ast.Name) and kall.id == "familier":
            return True
        if isinstance(kall, ast.Attribute) and kall.attr == "count" and not _i_listen(kall):
            return True
    return any(isinstance(node, ast.FunctionDef) and node.name == "familier" for node in ast.walk(tre))


def _i_listen(kall: ast.Attribute) -> bool:
    """`x.count(…)` of a list or a text, and not `func.count(…)` or `query.filter(…).count()`."""
    return not (isinstance(kall.value, ast.Call) or (isinstance(kall.value, ast.Name) and kall.value.id == "func"))


def _saksord(tre: ast.AST) -> set[str]:
    navn = {node.id for node in ast.walk(tre) if isinstance(node, ast.Name)}
    return SAKSORD & (navn | {node.name for node in ast.walk(tre) if isinstance(node, ast.FunctionDef)})


def test_only_the_measures_count_children_cases_and_families() -> None:
    alle = {_navn(fil): ast.parse(fil.read_text(encoding="utf-8")) for fil in sorted(KODEN.rglob("*.py"))}
    teller = {navn: tre for navn, tre in alle.items() if _teller(tre) and not navn.startswith(MAALENE)}
    assert set(teller) == set(TELLER), "say here what it counts, or let statistikk.measures do it"
    assert {navn for navn, tre in teller.items() if _saksord(tre)} <= LESER_SAKER
    assert {navn for navn in alle if navn.startswith(MAALENE)}
