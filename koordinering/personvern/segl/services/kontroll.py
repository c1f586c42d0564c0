"""Finds and names whatever has been done to the log since it was sealed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from koordinering import audit
from koordinering.audit import Hva
from koordinering.db import now
from koordinering.personvern.segl import queries, rules
from koordinering.personvern.segl.rules import Funn, Funnslag
from koordinering.personvern.segl.services import hoder
from koordinering.personvern.segl.services.forsegling import Loggsted
from koordinering.personvern.segl.services.hoder import Hodebok
from koordinering.signatur import Signeringsnoekkel
from koordinering.users import User

FLEST = 1_000
"""Findings that are kept; the rest are counted."""

Framdrift = Callable[[int], None]
"""Is told how many lines have been read."""


@dataclass
class Kontroll:
    """What a verification came to."""

    antall: int = 0
    """Sealed lines that were read."""
    ikke_forseglet: int = 0
    """Lines younger than the last sealing, or sealed a moment ago and not signed."""
    dager: int = 0
    hodefiler: int = 0
    til: str | None = None
    """Everything up to this moment was sealed."""
    hode: str | None = None
    """Fingerprint of the newest head file: what is written down somewhere else proves that no newer one existed."""
    funn: list[Funn] = field(default_factory=list)
    flere: int = 0
    """Findings beyond those kept."""

    @property
    def i_orden(self) -> bool:
        """Nothing is wrong."""
        return not self.funn

    def fant(self, funn: Funn) -> None:
        """Keep a finding, or count it."""
        if len(self.funn) < FLEST:
            self.funn.append(funn)
        else:
            self.flere += 1


def _taus(_antall: int) -> None:
    """For a verification that nobody waits for."""


def kontroller(
    session: Session,
    sted: Loggsted,
    *,
    dag: str | None = None,
    naa: datetime | None = None,
    fortell: Framdrift = _taus,
) -> Kontroll:
    """Read the whole log, or one day of it, and hold it against the heads. Changes nothing.

    The heads are read first: what is sealed meanwhile is then only not signed yet. What the session reads
    in ends here: on SQLite, what began before the heads were read sees less than they sign. Raises ConfigError.
    """
    noekkel, bok = _les_hodene(sted)
    session.rollback()
    svar = Kontroll(hodefiler=bok.filer, til=bok.siste.til if bok.siste else None)
    svar.hode = bok.siste.avtrykk if bok.siste else None
    for funn in bok.funn:
        svar.fant(funn)
    frist = rules.tidstekst((naa or now()) - rules.FRIST)
    kjede = _Kjede(svar, bok.punkter, frist)
    for rad in queries.kjeden(session, dag):
        kjede.les(rad)
        svar.antall += 1
        if svar.antall % queries.BLOKK == 0:
            fortell(svar.antall)
    kjede.slutt()
    for savnet in sorted(set(bok.punkter) - kjede.dager):
        if dag in {None, savnet}:
            svar.fant(Funn(Funnslag.DAG_MANGLER, savnet))
    if svar.antall == 0 and not bok.filer:
        svar.fant(Funn(Funnslag.UTEN_SEGL))
    else:
        if not bok.filer:  # the first is on the disk before the first seal
            svar.fant(Funn(Funnslag.HODE_MANGLER))
        _uforseglede(session, svar, bok, dag, naa or now())
    return _uten_utloepte(svar, sted, noekkel)


def _les_hodene(sted: Loggsted) -> tuple[Signeringsnoekkel, Hodebok]:
    """The key and what it has signed; read again where the key was changed meanwhile."""
    while True:
        noekkel = sted.noekkel()
        bok = hoder.les_alle(sted.hoder, noekkel)
        if sted.noekkel().offentlig == noekkel.offentlig:
            return noekkel, bok


class _Kjede:
    """Follows the chain day by day."""

    def __init__(self, svar: Kontroll, punkter: Mapping[str, Mapping[int, bytes]], frist: str) -> None:
        self._svar, self._punkter, self._frist = svar, punkter, frist
        self.dager: set[str] = set()
        self._dag: str | None = None
        self._nr = 0
        self._forrige: tuple[bytes, ...] = ()
        """What the next line may be chained to; none after a gap, since nobody knows."""
        self._hoeyest = self._usignert = 0

    def les(self, rad: Row[Any]) -> None:
        """The next seal, with its line."""
        if rad.segldag != self._dag:
            self.slutt()
            self._ny_dag(rad.segldag)
        if rad.nr != self._nr + 1:
            self._fant(Funnslag.SEGL_MANGLER, self._nr + 1)
            self._forrige = ()
        self._nr = rad.nr
        self._sjekk_linjen(rad)
        punkter = self._punkter.get(rad.segldag, {})
        if rad.nr in punkter and punkter[rad.nr] != rad.hash:
            self._fant(Funnslag.OMSKREVET, rad.nr, rad.innslag_id)
        if rad.nr > self._hoeyest:
            self._etter_hodet(rad)

    def _ny_dag(self, dag: str) -> None:
        self._dag, self._nr, self._forrige, self._usignert = dag, 0, (rules.foerste(dag),), 0
        self.dager.add(dag)
        self._hoeyest = max(self._punkter.get(dag, {}), default=0)

    def _sjekk_linjen(self, rad: Row[Any]) -> None:
        if rad.id is None:
            self._fant(Funnslag.FJERNET, rad.nr, rad.innslag_id)
            self._forrige = (rad.hash,)
            return
        innslag = tuple(rad)[5:]
        regnet = [rules.lenke(f, rad.segldag, rad.nr, rad.forseglet, innslag) for f in self._forrige]
        if regnet and rad.hash not in regnet:
            self._fant(Funnslag.ENDRET, rad.nr, rad.innslag_id)
            # when the seal alone was changed, the next line still fits what it should have been
            self._forrige = (rad.hash, *regnet[:1])
        else:
            self._forrige = (rad.hash,)

    def _etter_hodet(self, rad: Row[Any]) -> None:
        """A seal after the newest head: signed in a moment, or never."""
        if rad.forseglet >= self._frist:
            self._svar.ikke_forseglet += 1
            return
        if not self._usignert:
            self._fant(Funnslag.IKKE_SIGNERT, rad.nr, rad.innslag_id)
        self._usignert += 1

    def slutt(self) -> None:
        """The day has no more seals."""
        if self._dag is None:
            return
        self._svar.dager += 1
        if self._nr < self._hoeyest:
            self._fant(Funnslag.HALE, self._nr + 1)
        self._dag = None

    def _fant(self, slag: Funnslag, nr: int, innslag: int | None = None) -> None:
        self._svar.fant(Funn(slag, self._dag, nr, innslag))


def _uforseglede(session: Session, svar: Kontroll, bok: Hodebok, dag: str | None, naa: datetime) -> None:
    """Lines without a seal: new, waiting for too long, or put in where everything was sealed."""
    framtid, frist = rules.tidstekst(naa + rules.KLOKKESLAKK), rules.tidstekst(naa - rules.FRIST)
    til = bok.siste.til if bok.siste else None
    lukket = rules.tidstekst(rules.les_tid(til) - rules.SLAKK) if til else ""
    for innslag_id, tid in queries.alle_uforseglede(session):
        linjens = _dagen(tid)
        if dag not in {None, linjens}:
            continue
        slag = (
            Funnslag.FRAMTID if tid > framtid
            else Funnslag.INNSATT if tid < lukket
            else Funnslag.IKKE_FORSEGLET if tid < frist
            else None
        )  # fmt: skip
        if slag is None:
            svar.ikke_forseglet += 1
        else:
            svar.fant(Funn(slag, linjens, innslag=innslag_id))


def _dagen(tid: str) -> str | None:
    try:
        return rules.dagen(tid)
    except (ValueError, TypeError):  # somebody has made it no moment at all
        return None


def _uten_utloepte(svar: Kontroll, sted: Loggsted, noekkel: Signeringsnoekkel) -> Kontroll:
    """Take away that days which have had their time are gone, also those deleted while we read."""
    try:
        utloept = hoder.les_utloept(sted.hoder, noekkel)
    except hoder.HodeneErSkadet:
        return svar  # said already
    if utloept is None:
        return svar
    borte = {Funnslag.DAG_MANGLER, Funnslag.HALE}
    return replace(svar, funn=[f for f in svar.funn if f.slag not in borte or (f.dag or "") > utloept])


def skriv_ned(svar: Kontroll, *, av: User | None) -> None:
    """Leave a line in the log that it was verified, and whether all was well."""
    audit.record(Hva.LOGG_KONTROLLERT, av=av, detalj="i_orden" if svar.i_orden else "funn")
