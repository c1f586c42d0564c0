"""Pages of a list by key: the same cost at ten rows and at a million."""

import base64
import binascii
import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Integer,
    Label,
    ScalarSelect,
    Select,
    bindparam,
    false,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import KeyedColumnElement

from koordinering.setning import Setning, Verdier

T = TypeVar("T")

Kolonne = InstrumentedAttribute[Any] | KeyedColumnElement[Any]
"""What a list can be ordered by: a column of an entity, or of a subquery."""

STOERRELSE = 25
"""Rows a page unless a list says otherwise."""

STOERRELSER = (25, 50, 100)
"""What the reader may choose between. The choice stands before the key in the address: `50.` or `50.<key>`."""

TELLES_TIL = 1000
"""Counted exactly up to here; beyond it the page says «over 1 000» (DESIGN.md section 9)."""


@dataclass(frozen=True)
class Side(Generic[T]):
    """One page: its rows and the keys of its neighbours (None where there is none)."""

    rader: list[T]
    forste: str | None
    forrige: str | None
    neste: str | None
    siste: str | None
    antall: int
    """Rows in the whole list, never more than TELLES_TIL + 1."""
    stoerrelse: int = STOERRELSE
    """Rows a page, as chosen or as the list has it."""

    @property
    def mange(self) -> bool:
        """More rows than are counted."""
        return self.antall > TELLES_TIL


def _ut(verdi: Any) -> Any:
    if isinstance(verdi, datetime):
        return {"t": verdi.isoformat()}
    if isinstance(verdi, date):
        return {"d": verdi.isoformat()}
    return verdi


def _inn(verdi: Any) -> Any:
    if isinstance(verdi, dict):
        return datetime.fromisoformat(verdi["t"]) if "t" in verdi else date.fromisoformat(verdi["d"])
    return verdi


def _noekkel(retning: str, verdier: Sequence[Any]) -> str:
    raa = json.dumps([retning, *(_ut(v) for v in verdier)], separators=(",", ":"))
    return base64.urlsafe_b64encode(raa.encode()).decode().rstrip("=")


def valgt_stoerrelse(noekkel: str) -> tuple[int | None, str]:
    """What stands in the address, taken apart: the chosen page size, where there is one, and the key."""
    hode, _, resten = noekkel.partition(".")
    valgt = next((s for s in STOERRELSER if str(s) == hode), None)
    return (None, noekkel) if valgt is None else (valgt, resten)


def foran(stoerrelse: int | None, noekkel: str = "") -> str:
    """Put a chosen page size before a key, as valgt_stoerrelse reads it."""
    return noekkel if stoerrelse is None else f"{stoerrelse}.{noekkel}"


def _les(noekkel: str, kolonner: Sequence[Kolonne]) -> tuple[str, list[Any]] | None:
    """A key from the address: whatever is wrong with it, the answer is the first page."""
    try:
        raa = json.loads(base64.urlsafe_b64decode(noekkel + "=" * (-len(noekkel) % 4)))
        retning, *verdier = raa
        ut = [_inn(v) for v in verdier]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        return None
    if retning == "slutt" and not ut:
        return retning, ut
    passer = len(ut) == len(kolonner) and all(_passer(v, k) for v, k in zip(ut, kolonner, strict=True))
    return (retning, ut) if retning in {"etter", "foer"} and passer else None


def _passer(verdi: Any, kolonne: Kolonne) -> bool:
    """Whether a value from the address is one that the column can hold, on any database."""
    if type(verdi) is not kolonne.type.python_type:
        return False
    if isinstance(verdi, int):
        return -(2**63) <= verdi < 2**63
    if isinstance(verdi, str):
        return "\x00" not in verdi and verdi.isprintable()
    return 1900 <= verdi.year <= 2999 and (not isinstance(verdi, datetime) or verdi.tzinfo is not None)


@dataclass(frozen=True)
class _Snitt:
    """Which rows of a list the page is, and one more that tells whether there are others."""

    orden: Sequence[Kolonne]
    retning: str
    verdier: Sequence[Any]
    synkende: bool
    grense: int

    @property
    def bakfra(self) -> bool:
        """Read from the end of the list, or backwards from a row."""
        return self.retning in {"foer", "slutt"}

    def av(self, query: Select[Any], kolonner: Sequence[Kolonne]) -> Select[Any]:
        """Those rows of the query, whose columns of the order are these."""
        if self.retning in {"etter", "foer"}:
            typede = tuple_(*self.verdier, types=[kolonne.type for kolonne in self.orden])
            opp = (self.retning == "etter") != self.synkende
            query = query.where(tuple_(*kolonner) > typede if opp else tuple_(*kolonner) < typede)
        return self._ordnet(query, kolonner)

    def blant(self, query: Select[Any], deler: Sequence[Select[Any]], kolonner: Sequence[Kolonne]) -> Select[Any]:
        """Those rows of what the parts make together."""
        samlet = self.orden[-1].in_(_samlet([self.av(del_, kolonner) for del_ in deler])) if deler else false()
        return self._ordnet(query.where(samlet), self.orden)

    def _ordnet(self, query: Select[Any], kolonner: Sequence[Kolonne]) -> Select[Any]:
        rekkefoelge = [kolonne.desc() if self.synkende != self.bakfra else kolonne.asc() for kolonne in kolonner]
        return query.order_by(None).order_by(*rekkefoelge).limit(self.grense)


def hent_side(
    session: Session,
    query: Select[T],
    orden: Sequence[Kolonne],
    *,
    synkende: bool = False,
    noekkel: str = "",
    stoerrelse: int = STOERRELSE,
    deler: Sequence[Select[int]] | None = None,
    delorden: Sequence[Kolonne] = (),
    telles: Sequence[Select[int]] | None = None,
    les: Callable[[Select[T]], list[T]] | None = None,
) -> Side[T]:
    """One page of `query` in the order of `orden`, whose last column is unique.

    `noekkel` is what stood in the address, and its page size goes before `stoerrelse`; a broken one gives the first
    page. Two queries, whatever the page.
    `deler` are selections of the unique column that together make the list, each in an index's own order:
    a list over several statuses then costs the same at a million rows, since no database merges them itself.
    The conditions stand in the parts, and `query` only says what is read of a row: a condition there is an index that
    the database may walk through instead. No parts is an empty list.
    Where they are of another table, `delorden` is the same order in that table's columns; where a row can be in two of
    them, `telles` are parts with each row in one.
    `les` reads what is no entity: the rows of a sum, in the order of its own columns.
    """
    valgt, noekkel = valgt_stoerrelse(noekkel)
    retning, verdier = (_les(noekkel, orden) if noekkel else None) or ("start", [])
    snitt = _Snitt(orden, retning, verdier, synkende, (valgt or stoerrelse) + 1)
    antall = tell(session, *([query] if deler is None else deler if telles is None else telles))
    query = snitt.av(query, orden) if deler is None else snitt.blant(query, deler, delorden or orden)
    rader: list[T] = les(query) if les is not None else list(session.scalars(query).unique())
    return _siden(rader, snitt, valgt, antall)


@dataclass(frozen=True)
class Liste:
    """What a list is that is asked for so often that its statements are made once. As the arguments of hent_side()."""

    query: Select[Any]
    orden: Sequence[Kolonne]
    deler: Sequence[Select[int]]
    synkende: bool = False
    delorden: Sequence[Kolonne] = ()


def hent_fast_side(
    lag: Callable[..., Liste],
    former: tuple[Hashable, ...],
    les: Callable[[list[Any]], list[T]],
    *,
    verdier: Verdier = MappingProxyType({}),
    noekkel: str = "",
) -> Side[T]:
    """As hent_side() with parts, and the same statements: made by `lag(*former)` once for each page of that form.

    What differs from one reader to the next is bound by name, and stands in `verdier`. `les` makes of the rows, as they
    came, what the page shows.
    """
    valgt, noekkel = valgt_stoerrelse(noekkel)
    liste = _liste(lag, former)
    retning, der = (_les(noekkel, liste.orden) if noekkel else None) or ("start", [])
    telling, rader, snitt = _setninger(lag, former, retning, (valgt or STOERRELSE) + 1, TELLES_TIL)
    antall = telling.verdi(verdier)
    return _siden(les(rader.alle({**verdier, **_plassert(der)})), snitt, valgt, antall)


@lru_cache(maxsize=256)
def _liste(lag: Callable[..., Liste], former: tuple[Hashable, ...]) -> Liste:
    return lag(*former)


@lru_cache(maxsize=512)
def _setninger(
    lag: Callable[..., Liste], former: tuple[Hashable, ...], retning: str, grense: int, _telles_til: int
) -> tuple[Setning[int], Setning[*tuple[Any, ...]], _Snitt]:
    liste = _liste(lag, former)
    steder: list[BindParameter[Any]] = [
        bindparam(f"snitt_{nr}", type_=kolonne.type) for nr, kolonne in enumerate(liste.orden)
    ]
    snitt = _Snitt(liste.orden, retning, steder, liste.synkende, grense)
    query = snitt.blant(liste.query, liste.deler, liste.delorden or liste.orden)
    return Setning(select(tellbar(*liste.deler))), Setning(query), snitt


def _plassert(verdier: Sequence[Any]) -> dict[str, Any]:
    return {f"snitt_{nr}": verdi for nr, verdi in enumerate(verdier)}


def _siden(rader: list[T], snitt: _Snitt, valgt: int | None, antall: int) -> Side[T]:
    """The page of these rows, which are one more than it holds where there are others."""
    stoerrelse, bakfra = snitt.grense - 1, snitt.bakfra
    flere = len(rader) > stoerrelse
    rader = rader[:stoerrelse]
    if bakfra:
        rader.reverse()
    har_forrige = flere if bakfra else snitt.retning == "etter"
    har_neste = flere if not bakfra else snitt.retning == "foer"

    def av(rad: T) -> list[Any]:
        return [getattr(rad, kolonne.key) for kolonne in snitt.orden]

    return Side(
        rader=rader,
        forste=foran(valgt) if har_forrige else None,
        forrige=foran(valgt, _noekkel("foer", av(rader[0]))) if har_forrige and rader else None,
        neste=foran(valgt, _noekkel("etter", av(rader[-1]))) if har_neste and rader else None,
        siste=foran(valgt, _noekkel("slutt", [])) if har_neste else None,
        antall=antall,
        stoerrelse=stoerrelse,
    )


def _samlet(deler: Sequence[Select[Any]]) -> CompoundSelect[Any]:
    # SQLite takes a LIMIT in a part of a union only inside a subquery.
    return union_all(*(select(del_.subquery()) for del_ in deler))


def tell(session: Session, *deler: Select[Any]) -> int:
    """Rows in the list, exactly up to TELLES_TIL, one more than that beyond; parts are counted together."""
    return session.scalar(select(tellbar(*deler))) or 0


def tellbar(*deler: Select[Any]) -> ScalarSelect[int]:
    """The same as a part of a larger statement: 0 where there are no parts.

    Nothing of a row is read but what the conditions ask for, and no more rows than are counted.
    """
    en: Label[int] = literal_column("1", Integer).label("en")
    rader = [del_.order_by(None).with_only_columns(en, maintain_column_froms=True) for del_ in deler]
    alle = union_all(*rader) if len(rader) > 1 else rader[0] if rader else select(en).where(false())
    return select(func.count()).select_from(alle.limit(TELLES_TIL + 1).subquery()).scalar_subquery()
