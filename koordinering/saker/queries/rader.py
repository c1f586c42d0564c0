"""The rows of «Mine saker»: read as columns, since a list is shown and never changed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import BindParameter, Row, Select, bindparam, select

from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.setning import Setning
from koordinering.tiltak.models import Tiltak
from koordinering.users import User


class Ansvarlig(NamedTuple):
    """Whoever is responsible for the case."""

    visningsnavn: str


class Barnerad(Protocol):
    """One of its children."""

    @property
    def foedselsaar(self) -> int:
        """The year it was born."""


class Tiltaksnavn(NamedTuple):
    """What a referral is to."""

    kortnavn: str


class Henvisningsrad(NamedTuple):
    """One of its referrals."""

    tiltak: Tiltaksnavn
    status: Status


class Saksrad(NamedTuple):
    """A case as its row shows it."""

    id: int
    referanse: str
    opprettet: datetime
    ansvarlig: Ansvarlig
    barn: Sequence[Barnerad]
    henvisninger: Sequence[Henvisningsrad]


SAKER: Select[*tuple[Any, ...]] = select(Sak.id, Sak.referanse, Sak.opprettet, User.visningsnavn).join(Sak.ansvarlig)

_DERES: BindParameter[int] = bindparam("saker", expanding=True)
_BARN = Setning[int, int](select(Barn.sak_id, Barn.foedselsaar).where(Barn.sak_id.in_(_DERES)))
_HENVISNINGER = Setning[int, str, Status](
    select(Henvisning.sak_id, Tiltak.kortnavn, Henvisning.status)
    .join(Henvisning.tiltak)
    .where(Henvisning.sak_id.in_(_DERES))
    .order_by(Henvisning.opprettet, Henvisning.id)
)


def les_saker(saker: Sequence[Any]) -> list[Saksrad]:
    """The cases of these rows of SAKER, with their children and referrals: two queries."""
    deres = {"saker": [sak.id for sak in saker]}
    barn: defaultdict[int, list[Row[int, int]]] = defaultdict(list)
    for rad in _BARN.alle(deres):
        barn[rad.sak_id].append(rad)
    henvisninger: defaultdict[int, list[Henvisningsrad]] = defaultdict(list)
    funnet = _HENVISNINGER.alle(deres)
    tiltak = {kortnavn: Tiltaksnavn(kortnavn) for _, kortnavn, _ in funnet}  # few, and many times
    for sak_id, kortnavn, status in funnet:
        henvisninger[sak_id].append(Henvisningsrad(tiltak[kortnavn], status))
    ansvarlige = {navn: Ansvarlig(navn) for *_, navn in saker}
    return [
        Saksrad(sak_id, referanse, opprettet, ansvarlige[navn], barn[sak_id], henvisninger[sak_id])
        for sak_id, referanse, opprettet, navn in saker
    ]
