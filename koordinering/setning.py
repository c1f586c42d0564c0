"""Statements that are compiled once and sent straight to the driver: what every page asks, and what is written most.

SQLAlchemy's own way from a statement to its rows costs ten times what the database does for a small one, and a page
goes it many times (docs/valg.md). A Setning is written with SQLAlchemy as any other, so that names and types are
checked and both databases understand it; compiled, it is a text, an order of values, and what turns values and
columns into what the other side takes. Who listens to the engine's statements hears these too (on a Sidevei, which
is given instead of a Connection, they hear nothing of its beginning and end), and a fault is the same
SQLAlchemyError. Only what has a name (bindparam) may change from one time to the next.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVarTuple, cast

from sqlalchemy import Dialect, Enum, Row, String
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from koordinering.db import db, must_be_writing, sesjonens_forbindelse
from koordinering.sidevei import Forbindelse, Sidevei

Ts = TypeVarTuple("Ts")
Verdier = Mapping[str, Any]
_Vei = Callable[[Any], Any] | None
"""From a value here to the driver's, or back; None where the two are the same."""

_INGEN: Verdier = {}
_MEST = 64
"""Texts that are kept of one statement: lists come in all lengths."""


@dataclass(frozen=True)
class _Sendbar:
    """A text for one driver, with lists as long as they are in it."""

    tekst: str
    plasser: list[tuple[str, int | None, _Vei]]
    """What a value is called here, where in our list it stands, and its way to the driver's; each once."""
    orden: list[int] | list[str]
    """Which of them stands in each place of the text, or what each is called in it, as the driver takes them."""
    ordnet: bool
    """The driver takes values in their order, not by name."""
    uten_lister: bool

    def verdier(self, verdier: Verdier) -> Any:
        """What the driver is given. Raises KeyError for one that is missing."""
        if self.uten_lister:
            ferdige = [verdier[navn] if vei is None else vei(verdier[navn]) for navn, _, vei in self.plasser]
        else:
            alle = [(verdier[navn] if nr is None else verdier[navn][nr], vei) for navn, nr, vei in self.plasser]
            ferdige = [verdi if vei is None else vei(verdi) for verdi, vei in alle]
        return tuple([ferdige[en] for en in self.orden]) if self.ordnet else dict(zip(self.orden, ferdige, strict=True))  # type: ignore[index]


@dataclass
class _Oversatt:
    """A statement as one kind of database understands it."""

    kompilert: SQLCompiler
    faste: dict[str, Any]
    """Values that are part of the statement."""
    ved_skriving: tuple[tuple[str, Callable[[], Any]], ...]
    """Columns that are filled by their default when nothing else is said."""
    lister: tuple[str, ...]
    """Names whose values are lists, or are written into the text: they decide what the text is."""
    endrer: bool
    """It writes: in the session's transaction only where that is open for writing."""
    sendbare: dict[tuple[object, ...], _Sendbar] = field(default_factory=dict)

    rad: tuple[SimpleResultMetaData, Any, dict[Any, int]] | None = None
    """What makes a row of what the driver gives; known when it has given something."""

    def rader(self, fra_driveren: Sequence[Any], beskrevet: Sequence[Any]) -> list[Any]:
        """What the driver gave, as rows; `beskrevet` is what it says of the columns (PEP 249)."""
        if self.rad is None:
            kolonner, dialekt = self.kompilert._result_columns, self.kompilert.dialect
            veier: Any = [_ut(kolonne.type, dialekt, om[1]) for kolonne, om in zip(kolonner, beskrevet, strict=True)]
            meta = SimpleResultMetaData([kolonne.keyname for kolonne in kolonner])
            self.rad = meta, veier if any(veier) else None, meta._key_to_index
        meta, ferdige_veier, noekler = self.rad
        return [Row(meta, ferdige_veier, noekler, rad) for rad in fra_driveren]

    def sendbar(self, verdier: Verdier) -> _Sendbar:
        """The text for lists of these lengths."""
        noekkel: tuple[object, ...] = ()
        if self.lister:
            lister = [verdier[navn] for navn in self.lister]
            noekkel = tuple([len(verdi) if isinstance(verdi, (list, tuple)) else verdi for verdi in lister])
        funnet = self.sendbare.get(noekkel)
        if funnet is None:
            if len(self.sendbare) >= _MEST:
                self.sendbare.clear()
            funnet = self.sendbare[noekkel] = _sendbar(self.kompilert, verdier)
        return funnet


class _Koder(dict[Any, Any]):
    """A code list in one step; what is not in it is asked of SQLAlchemy, which says what is wrong."""

    def __init__(self, kjente: Mapping[Any, Any], ellers: Callable[[Any], Any]) -> None:
        super().__init__(kjente)
        self._ellers = ellers

    def __missing__(self, verdi: Any) -> Any:
        return self._ellers(verdi)


def _inn(slag: Any, dialekt: Dialect, vei: Any) -> _Vei:
    """From a value here to the driver's; `vei` is SQLAlchemy's own."""
    if not isinstance(slag, Enum) or String.bind_processor(slag, dialekt) is not None:
        return cast(_Vei, vei)
    return _Koder(slag._valid_lookup, slag._db_value_for_elem).__getitem__


def _ut(slag: Any, dialekt: Dialect, hos_driveren: Any) -> _Vei:
    """From the driver's to a value here."""
    if not isinstance(slag, Enum) or String.result_processor(slag, dialekt, hos_driveren) is not None:
        return cast(_Vei, slag._cached_result_processor(dialekt, hos_driveren))
    return _Koder(slag._object_lookup, slag._object_value_for_elem).__getitem__


def _sendbar(kompilert: SQLCompiler, verdier: Verdier) -> _Sendbar:
    utvidet = kompilert._process_parameters_for_postcompile(dict(verdier))
    veier = {**kompilert._bind_processors, **utvidet.processors}
    fra_liste = {
        utad: (navn, nr) for navn, deler in utvidet.parameter_expansion.items() for nr, utad in enumerate(deler)
    }
    if kompilert.escaped_bind_names:
        raise ValueError(f"a bound value needs a plainer name: {sorted(kompilert.escaped_bind_names)}")
    # not what the values hold besides: a row's own are given as they are
    brukte = [navn for navn in utvidet.parameters if navn in kompilert.binds or navn in fra_liste]
    navnene = list(utvidet.positiontup or ()) if kompilert.positional else brukte
    hver = list(dict.fromkeys(navnene))
    dialekt, slag = kompilert.dialect, {navn: en.type for navn, en in kompilert.binds.items()}
    steder = [(utad, *fra_liste.get(utad, (utad, None))) for utad in hver]
    plasser = [(navn, nr, _inn(slag[navn], dialekt, veier.get(utad))) for utad, navn, nr in steder]
    orden = [hver.index(utad) for utad in navnene] if kompilert.positional else hver
    return _Sendbar(
        utvidet.statement, plasser, orden, bool(kompilert.positional), all(nr is None for _, nr, _ in plasser)
    )


def _oversett(setning: Executable, dialekt: Dialect, kolonner: Collection[str] | None) -> _Oversatt:
    kompilert = cast(SQLCompiler, setning.compile(dialect=dialekt, column_keys=sorted(kolonner) if kolonner else None))  # type: ignore[attr-defined]
    utfylt = (
        kompilert.insert_prefetch if kompilert.isinsert else kompilert.update_prefetch if kompilert.isupdate else ()
    )
    faste = {
        navn: param.effective_value
        for param, navn in kompilert.bind_names.items()
        if not param.required and navn not in {kolonne.key for kolonne in utfylt}
    }
    styrer = {kompilert.bind_names[p] for p in (*kompilert.post_compile_params, *kompilert.literal_execute_params)}
    ved_skriving = tuple((k.key, standard(k.default)) for k in utfylt)
    endrer = kompilert.isinsert or kompilert.isupdate or kompilert.isdelete
    return _Oversatt(kompilert, faste, ved_skriving, tuple(sorted(styrer)), endrer)


def standard(default: Any) -> Callable[[], Any]:
    """What gives a column's default. Raises ValueError where only the database can."""
    if default.is_scalar:
        return lambda: default.arg
    if default.is_callable:
        return lambda: default.arg(None)  # SQLAlchemy wraps it so that it takes the statement's context
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
        rader = self.alle(verdier, paa=paa)
        return rader[0] if rader else None

    def verdi(self, verdier: Verdier = _INGEN, *, paa: Forbindelse | None = None) -> Any:
        """The first column of the first row, or None."""
        rad: Any = self.en(verdier, paa=paa)
        return rad[0] if rad is not None else None

    def verdiene(self, verdier: Verdier = _INGEN, *, paa: Forbindelse | None = None) -> list[Any]:
        """The first column of every row."""
        rader: list[Any] = self.alle(verdier, paa=paa)
        return [rad[0] for rad in rader]

    def kjoer(self, verdier: Verdier = _INGEN, *, paa: Forbindelse | None = None) -> int:
        """Carry it out; how many rows it changed."""
        return self._send(paa, verdier)[1]

    def mange(self, rader: Sequence[Verdier], *, paa: Forbindelse | None = None) -> int:
        """Carry it out for each row; how many it changed, none where there are none."""
        if not rader:
            return 0
        forbindelse, oversatt = self._hvor(paa)
        alle = [self._utfylt(oversatt, rad) for rad in rader]
        sendbar = oversatt.sendbar(alle[0])
        return _utfoer(forbindelse, sendbar.tekst, [sendbar.verdier(en) for en in alle], mange=True).antall

    def _send(self, paa: Forbindelse | None, verdier: Verdier, *, henter: bool = False) -> tuple[list[Any], int]:
        forbindelse, oversatt = self._hvor(paa)
        alle = self._utfylt(oversatt, verdier)
        sendbar = oversatt.sendbar(alle)
        svar = _utfoer(
            forbindelse, sendbar.tekst, sendbar.verdier(alle), henter=henter, beskriver=henter and oversatt.rad is None
        )
        return oversatt.rader(svar.rader, svar.beskrevet) if henter else [], svar.antall

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

    @staticmethod
    def _utfylt(oversatt: _Oversatt, verdier: Verdier) -> Verdier:
        if not oversatt.faste and not oversatt.ved_skriving:
            return verdier
        alle = {**oversatt.faste, **verdier}
        for navn, standard in oversatt.ved_skriving:
            if navn not in alle:
                alle[navn] = standard()
        return alle


class _Svar(NamedTuple):
    """What the driver says."""

    rader: Sequence[Any]
    beskrevet: Sequence[Any]
    """What it says of each column (PEP 249), where it was asked: psycopg makes an object of each."""
    antall: int
    """Rows that were changed."""


def sesjonens() -> Forbindelse:
    """The session's; what it holds back is written first, as before any read."""
    session = db.session()
    if session._new or session._deleted or session.identity_map._modified:
        session._autoflush()
    return sesjonens_forbindelse(session)


def _utfoer(
    forbindelse: Forbindelse,
    tekst: str,
    verdier: Any,
    *,
    henter: bool = False,
    beskriver: bool = False,
    mange: bool = False,
) -> _Svar:
    """Send it. Faults as SQLAlchemy tells them."""
    cursor, dialekt = forbindelse.connection.cursor(), forbindelse.dialect
    try:
        lyttere = forbindelse.engine.dispatch if forbindelse.engine._has_events else None
        for fn in lyttere.before_cursor_execute if lyttere else ():
            tekst, verdier = fn(forbindelse, cursor, tekst, verdier, None, mange)
        (dialekt.do_executemany if mange else dialekt.do_execute)(cursor, tekst, verdier)
        for fn in lyttere.after_cursor_execute if lyttere else ():
            fn(forbindelse, cursor, tekst, verdier, None, mange)
        svar = _Svar(cursor.fetchall() if henter else (), cursor.description if beskriver else (), cursor.rowcount)
    except BaseException as feil:
        # a listener's own fault is not the statement's, and goes on as it is
        setningens = tekst if isinstance(feil, dialekt.loaded_dbapi.Error) else None
        if isinstance(forbindelse, Sidevei):
            forbindelse.feilet(feil, setningens, verdier, cursor)
        forbindelse._handle_dbapi_exception(feil, setningens, verdier, cursor, None)
    cursor.close()
    return svar
