"""Whether the user's own unit knows a child or a family already. Another unit's case never shows."""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, select

from koordinering.errors import DomainError
from koordinering.saker.models import Barn, Sak
from koordinering.saker.queries import blant
from koordinering.saker.services.koblingskode import Koblingskode
from koordinering.saker.services.kommandoer import NyttBarn
from koordinering.setning import Setning
from koordinering.tekst import N_

_KJENTE = Setning[int](
    blant(select(Sak.id), select(Barn.sak_id).where(Barn.blindindeks.in_(bindparam("indekser", expanding=True))))
    .where(Sak.enhet_id == bindparam("enhet"))
    .order_by(Sak.opprettet, Sak.id)
)
_KJENT_KODE = Setning[int](
    select(Sak.id)
    .where(Sak.kodeindeks == bindparam("indeks"), Sak.enhet_id == bindparam("enhet"))
    .order_by(Sak.opprettet, Sak.id)
)


class KjentIEgenEnhet(DomainError):
    """The user's own unit has a case with one of the children, or with the code. Another unit's never leads here."""

    status = 409
    melding = N_("Enheten din har allerede en sak med et av barna.")

    def __init__(self, saker: tuple[int, ...]) -> None:
        super().__init__()
        self.saker = saker


def sjekk_ikke_kjent(enhet_id: str, barn: Collection[NyttBarn], *, unntatt: Sak | None = None) -> None:
    """Raise KjentIEgenEnhet where a case of the unit, other than `unntatt`, has one of the children."""
    indekser = [nytt.blindindeks for nytt in barn if nytt.blindindeks is not None]
    if not indekser:
        return
    _ingen(_KJENTE, {"indekser": indekser, "enhet": enhet_id}, unntatt)


def sjekk_ukjent_kode(enhet_id: str, kode: Koblingskode | None, *, unntatt: Sak | None = None) -> None:
    """Raise KjentIEgenEnhet where a case of the unit, other than `unntatt`, has the family's code."""
    if kode is not None:
        _ingen(_KJENT_KODE, {"indeks": kode.indeks, "enhet": enhet_id}, unntatt)


def _ingen(query: Setning[int], om: Mapping[str, object], unntatt: Sak | None) -> None:
    kjente = tuple(sak_id for sak_id in query.verdiene(om) if unntatt is None or sak_id != unntatt.id)
    if kjente:
        raise KjentIEgenEnhet(kjente)
