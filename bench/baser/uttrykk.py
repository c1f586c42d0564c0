"""What a column of a copied row becomes, in the words of the database; read off the models, so that none is forgotten.

A random key is turned by the copy's mask (and so is what points at it), a counted key is shifted, a moment is moved
some seconds back, an index of a child or a code becomes another, and what is sealed is sealed anew.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, Table

from koordinering.db import metadata

VRIDD = ("sak", "barn", "samtykke", "henvisning", "tildeling", "tilbud", "plasstilbud", "aapning")
"""Tables with random keys."""
TALT = ("beholdning", "plass")
"""Tables with counted keys that others point at."""
LOEPENDE = ("hendelse", "sakshendelse", "innsynslogg")
"""Tables with counted keys that nothing points at: numbered anew, in the order of time."""

TABELLER = (
    "beholdning", "plass", "tilbud", "sak", "sak_behov", "barn", "oenske", "samtykke", "henvisning", "saksmerke",
    "hendelse", "sakshendelse", "aapning", "plasstilbud", "tildeling", "oppfoelgingsperiode", "innsynslogg",
)  # fmt: skip
"""What is multiplied, what others point at first. The rest of the town is as it was played: the plan, the users, the
equipment and the money of one municipality do not grow with the families (they do not in demo.by either)."""

UTENFOR = frozenset({
    "samordning", "samordning_barn", "samordning_enhet", "samordningsavtale", "samordningsnotat", "krav", "kravdel",
    "forslag_linje",
    "telleutdrag", "telleventer",
})  # fmt: skip
"""What hangs on cases and stays as it was played: few rows, and texts that are sealed for theirs. The extracts for
counting are made anew from the cases when all the copies are there (`ganger`, `lager`)."""

GJELDER = ("sak", "henvisning", "tilbud")
"""The log's lines about these follow the copies."""

NYE = {"sak": ("referanse", "egen_referanse")}
"""Columns that are made for each copy beforehand (`nysak`)."""
_BLINDE = {"barn.blindindeks", "sak.kodeindeks"}
_TOMME = {"sak.innsending", "tildeling.tilsagn_id"}
"""Unique to the row that was played; empty in the copies."""


class UkjentKolonne(Exception):
    """A column that the copies would get wrong: say in this file what becomes of it."""


@dataclass(frozen=True)
class Ord:
    """How the database says it."""

    postgresql: bool

    def vri(self, kolonne: str) -> str:
        """A random key in the copy `k`: odd, below 2^62, and the same as it was in copy 0."""
        return f"({kolonne} # k.maske)" if self.postgresql else f"(({kolonne} | k.maske) - ({kolonne} & k.maske))"

    def flytt(self, kolonne: str) -> str:
        """A moment, the copy's seconds earlier."""
        if self.postgresql:
            return f"({kolonne} - k.sek * interval '1 second')"
        tekst = f"strftime('%Y-%m-%d %H:%M:%f', {kolonne}, '-' || k.sek || ' seconds') || '000'"
        return f"CASE WHEN k.nr = 0 THEN {kolonne} ELSE {tekst} END"

    def blind(self, kolonne: str) -> str:
        """Another index, the same for the same child of the copy."""
        ny = f"sha256({kolonne} || int8send(k.maske))" if self.postgresql else f"ny_blind({kolonne}, k.maske)"
        return f"CASE WHEN k.nr = 0 OR {kolonne} IS NULL THEN {kolonne} ELSE {ny} END"


def kolonner(ord_: Ord, tabell: Table) -> dict[str, str]:
    """Each column of the copy, by its expression over `t` (the row) and `k` (the copy)."""
    return {
        kolonne.name: uttrykk
        for kolonne in tabell.columns
        if not (tabell.name in LOEPENDE and kolonne.primary_key)
        for uttrykk in [_uttrykk(ord_, tabell.name, kolonne)]
    }


def _uttrykk(ord_: Ord, tabell: str, kolonne: Column[Any]) -> str:
    navn, felt = f"{tabell}.{kolonne.name}", f"t.{kolonne.name}"
    peker = _peker(tabell, kolonne)
    if navn in (saerlige := _saerlige(ord_)):
        ut = saerlige[navn]
    elif kolonne.name in NYE.get(tabell, ()):
        ut = f"n.{kolonne.name}"
    elif navn in _BLINDE:
        ut = ord_.blind(felt)
    elif navn in _TOMME or isinstance(kolonne.type, LargeBinary):
        ut = f"CASE WHEN k.nr = 0 THEN {felt} END"
    elif peker in VRIDD:
        ut = ord_.vri(felt)
    elif peker in TALT:
        ut = _talt(felt, peker)
    else:
        ut = ord_.flytt(felt) if kolonne.type.python_type is datetime else felt
    return ut


def _peker(tabell: str, kolonne: Column[Any]) -> str | None:
    """The table whose key the column holds."""
    if kolonne.foreign_keys:
        return next(iter(kolonne.foreign_keys)).column.table.name
    return tabell if kolonne.primary_key else None


def _talt(felt: str, tabell: str) -> str:
    """A counted key. All the copies' cards lie in the year's one stock; offers have one each."""
    hoeyest = f"(SELECT max(id) FROM kilde.{tabell})"
    ny = f"{felt} + k.nr * {hoeyest}"
    if tabell == "beholdning":
        return f"CASE WHEN {felt} IN (SELECT id FROM kilde.beholdning WHERE slag = 'kort') THEN {felt} ELSE {ny} END"
    return ny


def _saerlige(ord_: Ord) -> Mapping[str, str]:
    kort = "(SELECT b.antall FROM kilde.beholdning b WHERE b.id = t.beholdning_id AND b.slag = 'kort')"
    om, vridd = ", ".join(f"'{slag}'" for slag in GJELDER), ord_.vri("t.gjelder_id")
    return {
        "plass.nummer": f"t.nummer + k.nr * coalesce({kort}, 0)",
        "beholdning.antall": "CASE WHEN t.slag = 'kort' THEN t.antall * (SELECT count(*) FROM kopi) ELSE t.antall END",
        "tilbud.navn": "CASE WHEN k.nr = 0 THEN t.navn ELSE t.navn || ' (' || k.nr || ')' END",
        "innsynslogg.gjelder_id": f"CASE WHEN t.gjelder IN ({om}) THEN {vridd} ELSE t.gjelder_id END",
    }


def glemte() -> set[str]:
    """Tables that hang on the cases and that nobody has said anything of."""
    saken = {"sak", "barn", "henvisning", "tildeling"}
    haenger = {t.name for t in metadata.tables.values() for fk in t.foreign_keys if fk.column.table.name in saken}
    return haenger - set(TABELLER) - UTENFOR


def hvem(tabell: str) -> str:
    """Which rows are copied, and how often: see `ganger` for the backlog and for the oldest."""
    if tabell == "beholdning":
        return "(k.nr = 0 OR t.slag <> 'kort')"
    if tabell == "innsynslogg":
        om = ", ".join(f"'{slag}'" for slag in GJELDER)
        return f"(k.nr = 0 OR (t.gjelder IN ({om}) AND {_kopieres('gjelder_id')}))"
    if tabell in ("plass", "tilbud"):
        return "1 = 1"
    return f"(k.nr = 0 OR ({_kopieres(eier(tabell))}))"


def _kopieres(felt: str) -> str:
    return f"t.{felt} NOT IN (SELECT id FROM alene) AND (k.alt = 1 OR t.{felt} NOT IN (SELECT id FROM ute))"


def eier(tabell: str) -> str:
    """The column that says whose the row is: the case's own key, or what it hangs on."""
    if tabell == "sak":
        return "id"
    peker = {c.name: _peker(tabell, c) for c in metadata.tables[tabell].columns}
    for over in ("sak", "barn", "henvisning", "tildeling"):
        for navn, hva in peker.items():
            if hva == over and tabell != over:
                return navn
    raise UkjentKolonne(tabell)


def orden(tabell: str) -> str:
    """So that the rows come in the order of their key: the tree is then filled from one end."""
    if tabell in LOEPENDE:
        return "tid"
    return ", ".join(c.name for c in metadata.tables[tabell].primary_key.columns)


def forseglede() -> Collection[tuple[str, str]]:
    """Columns that hold something sealed for its row, and must be empty in the town that is copied."""
    return [
        (navn, kolonne.name)
        for navn in TABELLER
        for kolonne in metadata.tables[navn].columns
        if isinstance(kolonne.type, LargeBinary)
        and kolonne.name not in NYE.get(navn, ())
        and f"{navn}.{kolonne.name}" not in _BLINDE | _TOMME
    ]
