"""Proposals: reading them, and turning referrals and offers into the plain round that is solved."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from koordinering.access import vilkaar, visible
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.sider import hent_side, tell
from koordinering.tildeling.models import Forslag, Forslagslinje, Forslagstilbud, Tildeling
from koordinering.tildeling.queries.fakta import grunner, kandidater, plasser_i
from koordinering.tildeling.queries.innsyn import INNHOLD, innsyn
from koordinering.tildeling.queries.koe import VENTEORDEN, koedeler
from koordinering.tildeling.rules import Gjenstand, Hvorfor, Kandidat, Tildelingstilstand, teller
from koordinering.tildeling.rules.forklaring import Bakgrunn
from koordinering.tildeling.rules.forslag import MAKS_OENSKE, UTEN_OENSKE, Runde, Soeker, Tak
from koordinering.tildeling.rules.runde import FORDELES, Forslagsstatus, Maate
from koordinering.tiltak.models import Plass, Tilbud
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User

MAKS_SOEKERE = 1_000
"""Referrals in one round, from the front of the queue."""

MAKS_TILBUD = 300
"""Offers in one round."""

LINJER_PER_SIDE = 50


def forslag(user: User, forslag_id: int) -> Forslag:
    """One proposal of the user's unit. Raises FinnesIkke."""
    query = visible(select(Forslag).where(Forslag.id == forslag_id), Forslag, user, Rettighet.TILBUD_ENDRE)
    lastet = query.options(joinedload(Forslag.tiltak), selectinload(Forslag.tilbud).joinedload(Forslagstilbud.tilbud))
    funnet = db.session.scalar(lastet)
    if funnet is None:
        raise FinnesIkke
    return funnet


def besluttede(user: User, ider: Collection[int]) -> list[Forslag]:
    """Those of these that the user's units have decided by hand, in the order of their measures."""
    query = select(Forslag).where(Forslag.id.in_(sorted(ider))).order_by(Forslag.tiltak_id, Forslag.id)
    query = query.options(joinedload(Forslag.tiltak), selectinload(Forslag.tilbud).joinedload(Forslagstilbud.tilbud))
    query = query.options(selectinload(Forslag.linjer).joinedload(Forslagslinje.henvisning).options(*INNHOLD))
    return [f for f in db.session.scalars(visible(query, Forslag, user, Rettighet.TILBUD_ENDRE)) if f.for_haand]


def forslagsliste(user: User) -> Select[Forslag]:
    """The proposals of the user's units; ordered and paged by the caller."""
    query = select(Forslag).where(Forslag.status != Forslagsstatus.FORKASTET).options(joinedload(Forslag.tiltak))
    return visible(query, Forslag, user, Rettighet.TILBUD_ENDRE)


def linjer(forslag_: Forslag) -> Select[Forslagslinje]:
    """The lines of a proposal with what a page shows of each; ordered and paged by the caller."""
    return (
        select(Forslagslinje)
        .where(Forslagslinje.forslag_id == forslag_.id)
        .options(joinedload(Forslagslinje.henvisning).options(*INNHOLD))
    )


def alle_linjer(forslag_: Forslag) -> list[Forslagslinje]:
    """Every line of a proposal, in waiting order."""
    return list(db.session.scalars(linjer(forslag_).order_by(Forslagslinje.orden)).unique())


def ugjorte(forslag_: Forslag) -> list[int]:
    """Ids of the lines that are confirmed and not done yet, in waiting order."""
    query = select(Forslagslinje.id).where(Forslagslinje.forslag_id == forslag_.id, Forslagslinje.gjort.is_(None))
    if forslag_.maate in FORDELES:  # a proposal has lines that nothing is proposed for
        query = query.where(Forslagslinje.tilbud_id.is_not(None))
    return list(db.session.scalars(query.order_by(Forslagslinje.orden)))


def utfallet(forslag_: Forslag) -> dict[bool | None, int]:
    """Of the lines that propose something, how many were done, could not be done, and (None) are not done yet."""
    query = select(Forslagslinje.gjort, func.count().label("antall"))
    egne = Forslagslinje.forslag_id == forslag_.id, Forslagslinje.tilbud_id.is_not(None)
    query = query.where(*egne).group_by(Forslagslinje.gjort)
    return {rad.gjort: rad.antall for rad in db.session.execute(query)}


def linjen_er_angret() -> ColumnElement[bool]:
    """What the line gave was undone, and no place of that offer has been given to the referral since."""
    gitt = (
        exists()
        .where(
            Forslag.id == Forslagslinje.forslag_id,
            Forslag.maate == Maate.GI,
            Tilbud.id == Forslagslinje.tilbud_id,
            Plass.beholdning_id == Tilbud.beholdning_id,
            Tildeling.plass_id == Plass.id,
            Tildeling.henvisning_id == Forslagslinje.henvisning_id,
            Tildeling.gitt >= Forslag.bekreftet,
        )
        .correlate(Forslagslinje)
    )
    angret = Tildeling.tilstand == Tildelingstilstand.ANGRET
    return and_(Forslagslinje.gjort.is_(True), gitt.where(angret), ~gitt.where(~angret))


def angrede(forslag_: Forslag) -> set[int]:
    """Ids of the lines of a confirmed proposal that were undone. One query."""
    return set(
        db.session.scalars(select(Forslagslinje.id).where(Forslagslinje.forslag_id == forslag_.id, linjen_er_angret()))
    )


_FIKK_IKKE = UTEN_OENSKE + 1


def gitt(ider: Collection[int]) -> Mapping[int, Mapping[str, int]]:
    """What confirmed proposals came to, in the figures that they were proposed with. One query.

    Children, each by the best that one of its referrals was given or offered; struck lines are not in the round, and
    a line that was undone gave nothing.
    """
    staar = and_(Forslagslinje.gjort.is_(True), ~linjen_er_angret())
    rang = case((staar, func.coalesce(Forslagslinje.oenske, UTEN_OENSKE)), else_=_FIKK_IKKE)
    barnet = func.coalesce(Henvisning.barn_id, Henvisning.id)
    best = (
        select(Forslagslinje.forslag_id, func.min(rang).label("rang"))
        .join(Forslagslinje.henvisning)
        .where(Forslagslinje.forslag_id.in_(sorted(ider)), ~Forslagslinje.stroeket)
        .group_by(Forslagslinje.forslag_id, barnet)
        .subquery()
    )
    hoeyst = {"foerste": 1, "oenske": MAKS_OENSKE, "plass": UTEN_OENSKE}
    tall = [func.sum(case((best.c.rang <= h, 1), else_=0)).label(navn) for navn, h in hoeyst.items()]
    query = select(best.c.forslag_id, func.count().label("alle"), *tall).group_by(best.c.forslag_id)
    return {
        rad.forslag_id: {navn: int(getattr(rad, navn)) for navn in hoeyst} | {"ingen": rad.alle - int(rad.plass)}
        for rad in db.session.execute(query)
    }


def _til_runden(user: User, tiltak_id: str) -> list[Select[int]]:
    return [
        del_.where(Henvisning.svar_innen.is_(None), Henvisning.barn_id.is_not(None))
        for del_ in koedeler(user, [tiltak_id])
    ]


def antall_til_runden(user: User, tiltak_id: str) -> int:
    """How many stand in the queue that a new round takes the first MAKS_SOEKERE of; up to TELLES_TIL + 1."""
    return tell(db.session(), *_til_runden(user, tiltak_id))


def i_runden(user: User, tiltak_id: str) -> list[Henvisning]:
    """The referrals that a new round is for: the queue of the measure, in waiting order; who is offered a place waits.

    Only those who wait for an answer are left out: they have a place in hand already.
    """
    query, deler = select(Henvisning).options(*INNHOLD), _til_runden(user, tiltak_id)
    return hent_side(db.session(), query, VENTEORDEN, stoerrelse=MAKS_SOEKERE, deler=deler).rader


def foreslaatt(user: User, tilbud: Collection[int]) -> Mapping[int, int]:
    """How many places of each offer stand in drafts of the user's unit now. One query."""
    query = (
        select(Forslagslinje.tilbud_id, func.count())
        .join(Forslag, Forslag.id == Forslagslinje.forslag_id)
        .where(
            Forslagslinje.tilbud_id.in_(sorted(tilbud)),
            Forslag.status == Forslagsstatus.UTKAST,
            vilkaar(Forslag, user, Rettighet.TILBUD_ENDRE),
        )
        .group_by(Forslagslinje.tilbud_id)
    )
    return {tilbud_id: antall for tilbud_id, antall in db.session.execute(query) if tilbud_id is not None}


# --- The round as plain data -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grunnlag:
    """A round, and what its explanations rest on."""

    runde: Runde
    bakgrunn: Mapping[int, Bakgrunn]


@dataclass(frozen=True)
class Valg:
    """What the user has decided about one referral: the offer it is locked to, or that it is struck."""

    laast: int | None = None
    stroeket: bool = False


def lagret(linje: Forslagslinje) -> Valg:
    """What is stored of the user's choice for one line."""
    return Valg(linje.tilbud_id if linje.laast else None, linje.stroeket)


def grunnlag(
    user: User, henvisninger: Sequence[Henvisning], tilbud: Sequence[Tilbud], valg: Mapping[int, Valg]
) -> Grunnlag:
    """The round of these referrals (in waiting order) and offers (in the order of their lots).

    What fits is asked of hvorfor_ikke and of nothing else, on each family's own case: what rests on another unit's
    case is first asked when something is given.
    """
    fakta = kandidater(henvisninger)
    ting = plasser_i({t.id: t for t in tilbud})
    i_samme_sak = Counter(h.sak_id for h in henvisninger if h.sammen and not valg.get(h.id, Valg()).stroeket)
    soekere, bakgrunn = [], {}
    for h in henvisninger:
        oensker = innsyn(h).oensker[:MAKS_OENSKE]
        mulige, avvist = _vurder(user, h, fakta[h.id], [(t, ting[t.id]) for t in tilbud], oensker)
        valgt = valg.get(h.id, Valg())
        bakgrunn[h.id] = Bakgrunn(len(oensker), avvist, valgt.laast if valgt.laast not in mulige else None)
        if not valgt.stroeket:
            sammen = h.sak_id if h.sammen and i_samme_sak[h.sak_id] > 1 else None
            laast = valgt.laast if valgt.laast in mulige else None
            soekere.append(Soeker(h.id, h.barn_id or -h.id, mulige, sammen, laast))
    runde = Runde(tuple(soekere), {t.id: ting[t.id].ledig or 0 for t in tilbud}, tuple(_tak(henvisninger, fakta, ting)))
    return Grunnlag(runde, bakgrunn)


Avvist = Mapping[int, tuple[int, tuple[Hvorfor, ...]]]


def _vurder(
    user: User,
    henvisning: Henvisning,
    fakta: Kandidat,
    tilbud: Sequence[tuple[Tilbud, Gjenstand]],
    oensker: Sequence[Aktivitet],
) -> tuple[Mapping[int, int], Avvist]:
    mulige: dict[int, int] = {}
    avvist: dict[int, tuple[int, tuple[Hvorfor, ...]]] = {}
    for t, ting in tilbud:
        if oensker and t.aktivitet not in oensker:
            continue
        oenske = oensker.index(t.aktivitet) + 1 if oensker else UTEN_OENSKE
        # Nothing free is no reason against the child: it may be free when something else is changed.
        mot = tuple(g for g in grunner(user, fakta, ting, henvisning) if g is not Hvorfor.FULLT)
        if mot:
            avvist[t.id] = (oenske, mot)
        else:
            mulige[t.id] = oenske
    return mulige, avvist


def _tak(
    henvisninger: Sequence[Henvisning], fakta: Mapping[int, Kandidat], ting: Mapping[int, Gjenstand]
) -> Iterator[Tak]:
    """What hvorfor_ikke would say to the second of two referrals of one child, once the first is given."""
    egne: dict[int, list[int]] = {}
    for h in henvisninger:
        if h.barn_id is not None:
            egne.setdefault(h.barn_id, []).append(h.id)
    for ider in (ider for ider in egne.values() if len(ider) > 1):
        yield from (Tak(frozenset((id_, t) for id_ in ider), 1) for t in ting)
        # One of each year and ceiling stands for all: the same is counted against them.
        for (aar, tak), en in {(t.aar, t.tak): t for t in ting.values()}.items():
            if tak is not None:
                i_aaret = [id_ for id_, t in ting.items() if t.aar == aar]
                brukt = sum(teller(g, en) for g in fakta[ider[0]].gitt)
                yield Tak(frozenset((h, t) for h in ider for t in i_aaret), max(0, tak - brukt))
