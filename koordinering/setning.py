"""Statements that are compiled once and sent straight to the driver: what every page asks, and what is written most.

SQLAlchemy's own way from a statement to its rows costs ten times what the database does for a small one, and a page
goes it many times (docs/valg.md). A Setning is written with SQLAlchemy as any other, so that names and types are
checked and both databases understand it; compiled, it is a text, an order of values, and what turns values and
columns into what the other side takes. Who listens to the engine's statements hears these too (on a Sidevei, which
is given instead of a Connection, they hear nothing of its beginning and end), and a fault is the same
SQLAlchemyError. Only what has a name (bindparam) may change from one time to the next.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any, Generic, TypeVarTuple, cast

from sqlalchemy import Dialect, Row
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from koordinering.db import db, must_be_writing, sesjonens_forbindelse
from koordinering.kolonnetyper import Vei, inn, ut
from koordinering.sending import utfoer
from koordinering.sidevei import Forbindelse

Ts = TypeVarTuple("Ts")
Verdier = Mapping[str, Any]
_INGEN: Verdier = {}
_MEST = 64
"""Texts that are kept of one statement: lists come in all lengths."""


@dataclass(frozen=True, slots=True)
class _Sendbar:
    """A text for one driver, with lists as long as they are in it."""

    tekst: str
    verdier: Callable[[Verdier], Any]
    """What the driver is given. Raises KeyError for a value that is missing."""


def _uttak(
    steder: Sequence[tuple[str, int | None]], veier: Sequence[Vei], orden: Sequence[Any], *, ordnet: bool
) -> Callable[[Verdier], Any]:
    """What takes these values, each once and on its way to the driver's, and gives them as the driver takes them."""
    navnene = [navn for navn, _ in steder]
    hent = _plukk(navnene) if all(nr is None for _, nr in steder) else _fra_lister(steder)
    omgjoeres = [(plass, vei) for plass, vei in enumerate(veier) if vei is not None]
    som_de_staar = ordnet and list(orden) == list(range(len(steder)))
    if som_de_staar and not omgjoeres:
        return hent
    stilt_opp: Callable[[list[Any]], Any] = tuple
    if not som_de_staar:
        stilt_opp = _plukk(orden) if ordnet else partial(_ved_navn, orden)

    def verdier(gitt: Verdier) -> Any:
        alle = list(hent(gitt))
        for plass, vei in omgjoeres:
            alle[plass] = vei(alle[plass])
        return stilt_opp(alle)

    return verdier


def _plukk(steder: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """What stands in these places."""
    if len(steder) > 1:
        return itemgetter(*steder)
    if not steder:
        return lambda _: ()
    [eneste] = steder
    return lambda alle: (alle[eneste],)


def _fra_lister(steder: Sequence[tuple[str, int | None]]) -> Callable[[Verdier], Sequence[Any]]:
    return lambda gitt: tuple([gitt[navn] if nr is None else gitt[navn][nr] for navn, nr in steder])


def _ved_navn(navnene: Sequence[str], alle: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(navnene, alle, strict=True))


@dataclass
class _Oversatt:
    """A statement as one kind of database understands it."""

    kompilert: SQLCompiler
    faste: dict[str, Any]
    """Values that are part of the statement."""
    ved_skriving: tuple[tuple[str, Callable[[], Any]], ...]
    """Columns that are filled by their default when nothing else is said."""
    fylles: bool
    """It has the one or the other: what is given is not all that it is sent with."""
    lister: tuple[str, ...]
    """Names whose values are lists, or are written into the text: they decide what the text is."""
    endrer: bool
    """It writes: in the session's transaction only where that is open for writing."""
    sendbare: dict[tuple[object, ...], _Sendbar] = field(default_factory=dict)
    eneste: _Sendbar | None = None
    """The only one there is, where no list decides; known when it has been sent."""

    rad: Callable[[Any], Any] | None = None
    """What makes a row of what the driver gives; known when it has given something."""

    def rader(self, fra_driveren: Sequence[Any], beskrevet: Sequence[Any]) -> list[Any]:
        """What the driver gave, as rows; `beskrevet` is what it says of the columns (PEP 249)."""
        if self.rad is None:
            kolonner, dialekt = self.kompilert._result_columns, self.kompilert.dialect
            veier: Any = [ut(kolonne.type, dialekt, om[1]) for kolonne, om in zip(kolonner, beskrevet, strict=True)]
            meta = SimpleResultMetaData([kolonne.keyname for kolonne in kolonner])
            self.rad = partial(Row, meta, veier if any(veier) else None, meta._key_to_index)
        return list(map(self.rad, fra_driveren))

    def utfylt(self, verdier: Verdier) -> Verdier:
        """With what is part of the statement, and what columns are filled by when nothing else is said."""
        alle = {**self.faste, **verdier}
        for navn, ellers in self.ved_skriving:
            if navn not in alle:
                alle[navn] = ellers()
        return alle

    def sendbar(self, verdier: Verdier) -> _Sendbar:
        """The text for lists of these lengths."""
        lister = [verdier[navn] for navn in self.lister]
        noekkel = tuple([len(verdi) if isinstance(verdi, (list, tuple)) else verdi for verdi in lister])
        funnet = self.sendbare.get(noekkel)
        if funnet is None:
            if len(self.sendbare) >= _MEST:
                self.sendbare.clear()
            funnet = self.sendbare[noekkel] = _sendbar(self.kompilert, verdier)
            self.eneste = None if self.lister else funnet
        return funnet


def _sendbar(kompilert: SQLCompiler, verdier: Verdier) -> _Sendbar:
    utvidet = kompilert._process_parameters_for_postcompile(dict(verdier))
    veier = {**kompilert._bind_processors, **utvidet.processors}
    fra_liste = {
        utad: (navn, nr) for navn, deler in utvidet.parameter_expansion.items() for nr, utad in enumerate(deler)
    }
    if kompilert.escaped_bind_names:
        raise ValueError(f"a bound value needs a plainer name: {sorted(kompilert.escaped_bind_names)}")
    # what the text names, not what these values are: one that is missing this time is a fault each time it is
    styrer = _styrer(kompilert)
    nevnt = [*(navn for navn in kompilert.bind_names.values() if navn not in styrer), *fra_liste]
    navnene = list(utvidet.positiontup or ()) if kompilert.positional else nevnt
    hver = list(dict.fromkeys(navnene))
    dialekt, slag = kompilert.dialect, {navn: en.type for navn, en in kompilert.binds.items()}
    steder = [fra_liste.get(utad, (utad, None)) for utad in hver]
    slagene = [slag[navn] for navn, _ in steder]
    hver_sin = [inn(en, dialekt, veier.get(utad)) for en, utad in zip(slagene, hver, strict=True)]
    ordnet = bool(kompilert.positional)
    orden: Any = [hver.index(utad) for utad in navnene] if ordnet else hver
    return _Sendbar(utvidet.statement, _uttak(steder, hver_sin, orden, ordnet=ordnet))


def _oversett(setning: Executable, dialekt: Dialect, kolonner: Collection[str] | None) -> _Oversatt:
    kompilert = _kompilert(setning, _i_orden(dialekt), kolonner)
    steder = kompilert.positiontup or ()
    if len(set(steder)) < len(steder):  # one value, and not several that PostgreSQL takes to be different ones
        kompilert = _kompilert(setning, dialekt, kolonner)
    utfylt = (
        kompilert.insert_prefetch if kompilert.isinsert else kompilert.update_prefetch if kompilert.isupdate else ()
    )
    faste = {
        navn: param.effective_value
        for param, navn in kompilert.bind_names.items()
        if not param.required and navn not in {kolonne.key for kolonne in utfylt}
    }
    ved_skriving = tuple((k.key, standard(k.default)) for k in utfylt)
    endrer = kompilert.isinsert or kompilert.isupdate or kompilert.isdelete
    fylles = bool(faste or ved_skriving)
    return _Oversatt(kompilert, faste, ved_skriving, fylles, tuple(sorted(_styrer(kompilert))), endrer)


def _kompilert(setning: Executable, dialekt: Dialect, kolonner: Collection[str] | None) -> SQLCompiler:
    navnene = sorted(kolonner) if kolonner else None
    return cast(SQLCompiler, setning.compile(dialect=dialekt, column_keys=navnene))  # type: ignore[attr-defined]


def _i_orden(dialekt: Dialect) -> Dialect:
    """The same, with a statement's values in their order: psycopg looks up each of those that have names."""
    if dialekt.paramstyle != "pyformat":
        return dialekt
    i_orden = copy(dialekt)
    i_orden.paramstyle, i_orden.positional = "format", True
    return i_orden


def _styrer(kompilert: SQLCompiler) -> set[str]:
    """Names whose values decide what the text is."""
    return {kompilert.bind_names[p] for p in (*kompilert.post_compile_params, *kompilert.literal_execute_params)}


def standard(default: Any) -> Callable[[], Any]:
    """What gives a column's default. Raises ValueError where only the database can."""
    if default.is_scalar:
        return lambda: default.arg
    if default.is_callable:
        # SQLAlchemy wraps what takes nothing, so that it takes the statement's context
        innerst = getattr(default.arg, "__wrapped__", None)
        return innerst if innerst is not None else lambda: default.arg(None)
    raise ValueError("a column's default is the database's own work, or cannot be worked out here")


class Setning(Generic[*Ts]):
    """A statement and what it is on each database. Made once, where a module is loaded or in a cached function."""

    def __init__(self, setning: Executable, kolonner: Collection[str] | None = None) -> None:
        """`kolonner` are those that an INSERT of rows gives values for; those with a default need not be named."""
        self._setning, self._kolonner = setning, kolonner
        self._oversatt: dict[str, _Oversatt] = {}

    def alle(self, verdier: Verdier = _INGEN, *, paa: Forbindelse | None = None) -> list[Row[*Ts]]:
        """Every row, read in the session's transaction or on the connection that is given."""
        return self._send(paa, verdier, henter=True)[0]

    def en(self, verdier: Verdier = _INGEN, *, paa: Forbindelse | None = None) -> Row[*Ts] | None:
        """The first row, or None."""
        rader = self._send(paa, verdier, henter=True)[0]
        return rader[0] if rader else None

    def verdi(self, verdier: Verdier = _INGEN, *, paa: Forbindelse | None = None) -> Any:
        """The first column of the first row, or None."""
        rader = self._send(paa, verdier, henter=True)[0]
        return rader[0][0] if rader else None

    def verdiene(self, verdier: Verdier = _INGEN, *, paa: Forbindelse | None = None) -> list[Any]:
        """The first column of every row."""
        return [rad[0] for rad in self._send(paa, verdier, henter=True)[0]]

    def kjoer(self, verdier: Verdier = _INGEN, *, paa: Forbindelse | None = None) -> int:
        """Carry it out; how many rows it changed."""
        return self._send(paa, verdier, henter=False)[1]

    def mange(self, rader: Sequence[Verdier], *, paa: Forbindelse | None = None) -> int:
        """Carry it out for each row; how many it changed, none where there are none."""
        if not rader:
            return 0
        forbindelse, oversatt = self._hvor(paa)
        alle = [oversatt.utfylt(rad) for rad in rader] if oversatt.fylles else rader
        sendbar = oversatt.eneste or oversatt.sendbar(alle[0])
        sendes = [sendbar.verdier(en) for en in alle]
        flere = len(sendes) > 1  # what psycopg does to send several at once costs more than to send one
        return utfoer(forbindelse, sendbar.tekst, sendes if flere else sendes[0], mange=flere)[2]

    def _send(self, paa: Forbindelse | None, verdier: Verdier, *, henter: bool) -> tuple[list[Any], int]:
        forbindelse, oversatt = self._hvor(paa)
        alle = oversatt.utfylt(verdier) if oversatt.fylles else verdier
        sendbar = oversatt.eneste or oversatt.sendbar(alle)
        rader, beskrevet, antall = utfoer(
            forbindelse, sendbar.tekst, sendbar.verdier(alle), henter=henter, beskriver=henter and oversatt.rad is None
        )
        return oversatt.rader(rader, beskrevet) if rader else [], antall

    def _hvor(self, paa: Forbindelse | None) -> tuple[Forbindelse, _Oversatt]:
        """Where it is sent, and what it is there."""
        forbindelse = paa or sesjonens()
        dialekt = forbindelse.dialect
        funnet = self._oversatt.get(dialekt.name)
        if funnet is None:
            funnet = self._oversatt[dialekt.name] = _oversett(self._setning, dialekt, self._kolonner)
        if paa is None and funnet.endrer:
            must_be_writing()
        return forbindelse, funnet


def sesjonens() -> Forbindelse:
    """The session's; what it holds back is written first, as before any read."""
    session = db.session()
    if session._new or session._deleted or session.identity_map._modified:
        session._autoflush()
    return sesjonens_forbindelse(session)
