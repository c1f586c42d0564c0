"""Proposals in the made-up town: a round that was confirmed some time ago, and a draft that waits for a decision."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from koordinering.audit import Hva
from koordinering.db import OSLO
from koordinering.demo.nye_plasser import nye_plasser
from koordinering.demo.tilbudte import logg
from koordinering.saker.models import Henvisning
from koordinering.tildeling.models import Forslag, Forslagslinje, Forslagstilbud, Tildeling
from koordinering.tildeling.queries import forslag as runder
from koordinering.tildeling.queries.forslag import Grunnlag
from koordinering.tildeling.rules.forklaring import Bakgrunn
from koordinering.tildeling.rules.forslag import UTEN_OENSKE, Runde, Soeker
from koordinering.tildeling.rules.runde import Forslagsstatus
from koordinering.tildeling.services.forslag import Loesning, loesning, skriv_loesning
from koordinering.tiltak.models import Plass, Tilbud
from koordinering.users import Enhet, User

_FOER = timedelta(minutes=20)
"""From the proposal was made until it was confirmed."""


def runder_i_byen(session: Session, gir: Mapping[str, int], froe: int, dag: date) -> None:
    """A confirmed round and a draft of each unit that keeps offers and has somebody for them.

    `gir`: the user of each unit who gives. Inside the caller's transaction, after the town is written.
    """
    rng = random.Random(f"runder {froe}")  # noqa: S311 - made-up, the same each time; numbers of its own
    for enhet in session.scalars(select(Enhet).where(Enhet.id.in_(select(Tilbud.enhet_id))).order_by(Enhet.id)):
        user = session.get_one(User, gir[enhet.id])
        _bekreftet(session, user, enhet.id, rng)
        _utkast(session, user, enhet.id, rng, dag)


# --- What was confirmed ------------------------------------------------------------------------------------


_Gitt = tuple[Tildeling, Tilbud]


def _bekreftet(session: Session, user: User, enhet_id: str, rng: random.Random) -> None:
    """The day on which most were given what they wished for most, as the round that it could have been."""
    dager: dict[tuple[str, date], list[_Gitt]] = defaultdict(list)
    for tildeling, tilbud in _gitt(session, user, enhet_id):
        if _rang(tildeling.henvisning, tilbud) in {1, UTEN_OENSKE}:
            dager[tildeling.tiltak_id, tildeling.gitt.astimezone(OSLO).date()].append((tildeling, tilbud))
    flest = max(dager.values(), key=len, default=[])  # the latest of equals: they come last day first
    if len(flest) < 2:
        return
    flest.sort(key=lambda rad: (rad[0].henvisning.sendt or rad[0].gitt, rad[0].henvisning.lodd or 0))
    foerst = min(tildeling.gitt for tildeling, _ in flest)
    av_id = {tilbud.id: tilbud for _, tilbud in flest}
    forslag = _skriv(session, user, list(av_id.values()), [t.henvisning for t, _ in flest], rng, foerst - _FOER)
    skriv_loesning(forslag, forslag.linjer, _som_gitt(flest))
    forslag.status, forslag.bekreftet, forslag.bekreftet_av = Forslagsstatus.BEKREFTET, foerst, user.id
    for linje in forslag.linjer:
        linje.gjort = True
    logg(session, Hva.FORSLAG_BEKREFTET, foerst, user.id, ("forslag", forslag.id, enhet_id))
    session.flush()


def _gitt(session: Session, user: User, enhet_id: str) -> Iterator[_Gitt]:
    query = (
        select(Tildeling, Tilbud)
        .join(Plass, Plass.id == Tildeling.plass_id)
        .join(Tilbud, Tilbud.beholdning_id == Plass.beholdning_id)
        .join(Tildeling.henvisning)
        .where(Tilbud.enhet_id == enhet_id, Tildeling.gitt_av == user.id, Henvisning.barn_id.is_not(None))
        .order_by(Tildeling.gitt.desc(), Tildeling.henvisning_id)
    )
    return ((tildeling, tilbud) for tildeling, tilbud in session.execute(query))


def _rang(henvisning: Henvisning, tilbud: Tilbud) -> int:
    """Which wish the offer was; UTEN_OENSKE for who told none, 0 for who wished for something else."""
    oensker = [o.aktivitet for o in henvisning.barn.oensker] if henvisning.barn is not None else []
    if not oensker:
        return UTEN_OENSKE
    return oensker.index(tilbud.aktivitet) + 1 if tilbud.aktivitet in oensker else 0


def _som_gitt(gitt: Sequence[_Gitt]) -> Loesning:
    """The round of what was given: each fits what it got, and there is just enough of it."""
    soekere = [
        Soeker(t.henvisning_id, t.henvisning.barn_id or 0, {tilbud.id: _rang(t.henvisning, tilbud)})
        for t, tilbud in gitt
    ]
    plasser = dict.fromkeys(sorted({tilbud.id for _, tilbud in gitt}), 0)
    for _, tilbud in gitt:
        plasser[tilbud.id] += 1
    bakgrunn = {s.id: Bakgrunn(int(1 in s.valg.values())) for s in soekere}
    return loesning(Grunnlag(Runde(tuple(soekere), plasser), bakgrunn))


# --- What waits for a decision -----------------------------------------------------------------------------


def _utkast(session: Session, user: User, enhet_id: str, rng: random.Random, dag: date) -> None:
    """A draft of the measure whose places help the most of those who wait, made the evening before."""
    query = select(Tilbud).where(Tilbud.enhet_id == enhet_id, Tilbud.trukket.is_(None), Tilbud.sesong_til >= dag)
    tilbud = list(session.scalars(query.options(joinedload(Tilbud.tiltak)).order_by(Tilbud.id)))
    loeste: list[tuple[int, int, str, Loesning]] = []
    for tiltak_id in sorted({t.tiltak_id for t in tilbud}):
        koe, egne = runder.i_runden(user, tiltak_id), [t for t in tilbud if t.tiltak_id == tiltak_id]
        egne += nye_plasser(session, koe, egne, rng, dag)
        tilbud += [t for t in egne if t not in tilbud]
        if koe:
            loest = loesning(runder.grunnlag(user, koe, egne[: runder.MAKS_TILBUD], {}))
            loeste.append((len(loest.fordeling.plass), len(koe), tiltak_id, loest))
    if not loeste:
        return
    *_, tiltak_id, loest = max(loeste, key=lambda rad: rad[:3])
    egne = [t for t in tilbud if t.tiltak_id == tiltak_id][: runder.MAKS_TILBUD]
    laget = datetime.combine(dag, time(), tzinfo=OSLO) - timedelta(hours=9)
    forslag = _skriv(session, user, egne, runder.i_runden(user, tiltak_id), rng, laget)
    skriv_loesning(forslag, forslag.linjer, loest)
    session.flush()


def _skriv(
    session: Session,
    user: User,
    tilbud: Sequence[Tilbud],
    henvisninger: Sequence[Henvisning],
    rng: random.Random,
    laget: datetime,
) -> Forslag:
    """A proposal with nothing proposed yet; the offers' lots are drawn in the order that they stand in."""
    forslag = Forslag(
        id=rng.getrandbits(62) | 1,
        enhet_id=tilbud[0].enhet_id,
        tiltak_id=tilbud[0].tiltak_id,
        laget=laget,
        laget_av=user.id,
    )
    lodd = sorted(rng.getrandbits(62) for _ in tilbud)
    forslag.tilbud = [Forslagstilbud(tilbud_id=t.id, lodd=nummer) for t, nummer in zip(tilbud, lodd, strict=True)]
    forslag.linjer = [
        Forslagslinje(id=rng.getrandbits(62) | 1, henvisning_id=h.id, orden=nr) for nr, h in enumerate(henvisninger, 1)
    ]
    session.add(forslag)
    session.flush()
    logg(session, Hva.FORSLAG_LAGET, laget, user.id, ("forslag", forslag.id, forslag.enhet_id))
    return forslag
