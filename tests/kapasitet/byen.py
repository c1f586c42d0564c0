"""One small town with something of every kind to give, made the first time that somebody asks for it."""

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import select

from koordinering.db import db, i_dag
from koordinering.saker.models import Henvisning, Sak
from koordinering.tiltak.midler import queries as midler
from koordinering.tiltak.midler.models import Budsjett
from koordinering.tiltak.rules import Aktivitet
from tests import fabrikk, penger

RAMME = 1_500_000
"""What each budget begins with, in øre."""


class Post(NamedTuple):
    """A referral, who sent it, who receives it, and the offer that it can get a place in: None where it is a card."""

    id: int
    avsender: str
    mottaker: str
    tilbud: int | None


@dataclass
class Familier:
    """Three families and what there is for them: a card year, and an offer of each kind."""

    kortaar: int
    kort: int
    """The stock of the cards."""
    tilbud: dict[str, int]
    """The offers, by measure: a club's, the kulturskole's, a holiday."""
    plasser: dict[str, int]
    """Their stocks."""
    poster: list[Post]
    familiene: list[list[int]]
    """The referrals for cards, family by family; one is known to two services."""
    tak: int = 1
    """The highest ceiling of cards that there has been."""
    stengt_med: int | None = None
    """The figure of the card year when it was closed."""
    sett: dict[int, int] = field(default_factory=dict)
    """How many rows each stock has had: no unit is ever deleted."""


class By:
    """The town of one example."""

    def __init__(self) -> None:
        self.tilskudd: list[int] = []
        """The applications, in the order in which they came."""

    @cached_property
    def familier(self) -> Familier:
        """The families, their cards and their offers."""
        inkludering, kulturskole = fabrikk.bruker("inkludering1"), fabrikk.bruker("kulturskole1")
        kortaar = fabrikk.kortaar(2)
        tilbud = {
            "4a-3": fabrikk.tilbud(inkludering, antall=2),
            "4b-11": fabrikk.tilbud(kulturskole, tiltak_id="4b-11", antall=1, aktivitet=Aktivitet.MUSIKK),
            "4b-9": fabrikk.tilbud(
                inkludering, tiltak_id="4b-9", antall=1, aktivitet=Aktivitet.FERIE,
                sesong_fra=i_dag(), sesong_til=i_dag(),
            ),
        }  # fmt: skip
        barn = fabrikk.barn(oensker=(Aktivitet.FOTBALL, Aktivitet.MUSIKK, Aktivitet.FERIE))
        kjent = [replace(barn, blindindeks=hashlib.sha256(b"kjent").digest())]
        nav, helse = fabrikk.bruker("nav1"), fabrikk.bruker("helse1")
        alene = fabrikk.sak(nav, barna=[barn], tiltak=[("4b-2", None), ("4a-3", 0), ("4b-11", 0), ("4b-9", 0)])
        hos_helse = fabrikk.sak(helse, barna=kjent, tiltak=[("4b-2", None)])
        hos_nav = fabrikk.sak(nav, barna=kjent, tiltak=[("4b-2", None), ("4a-3", 0)])
        uten_kort = fabrikk.sak(nav, barna=[barn], tiltak=[("4a-3", 0), ("4b-11", 0), ("4b-9", 0)])
        ider = {tiltak: t.id for tiltak, t in tilbud.items()}
        poster = [
            *_poster(alene, "nav1", ider),
            *_poster(hos_helse, "helse1", ider),
            *_poster(hos_nav, "nav1", ider),
            *_poster(uten_kort, "nav1", ider),
        ]
        kort = [post.id for post in poster if post.tilbud is None]
        plasser = {tiltak: t.beholdning_id for tiltak, t in tilbud.items()}
        return Familier(kortaar.id, kortaar.beholdning_id, ider, plasser, poster, [kort[:1], kort[1:]])

    @cached_property
    def utstyr(self) -> list[int]:
        """Three items, the first of them a set with a part."""
        fretex = fabrikk.bruker("fretex1")
        sett, to = fabrikk.utstyr(fretex, deler=("staver",)), fabrikk.utstyr(fretex, antall=2)
        return [enhet.id for enhet in [*sett, *to]]

    @cached_property
    def laget(self) -> int:
        """A club, and money for single places and for grants to it."""
        konsulent = fabrikk.bruker("inkludering1")
        laget = penger.lag(konsulent)
        for formaal in ("enkeltplass", "inkludering"):
            penger.budsjett(konsulent, formaal, RAMME)
        return laget.id

    def budsjett(self, formaal: str = "enkeltplass") -> Budsjett:
        """This year's budget of a purpose."""
        assert self.laget
        funnet = midler.budsjett_for(i_dag().year, formaal)
        assert funnet is not None
        return funnet


def _poster(sak: Sak, avsender: str, tilbud: dict[str, int]) -> list[Post]:
    mottakere = {"4b-2": "nav1", "4b-11": "kulturskole1"}
    rader = db.session.scalars(select(Henvisning).where(Henvisning.sak_id == sak.id).order_by(Henvisning.tiltak_id))
    return [
        Post(h.id, avsender, mottakere.get(h.tiltak_id, "inkludering1"), tilbud.get(h.tiltak_id)) for h in rader.all()
    ]
