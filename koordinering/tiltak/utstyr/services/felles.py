"""What the services share: an item's history, and the borrower's telephone number."""

from collections.abc import Iterable, Sequence

from koordinering import crypto, noekkellager
from koordinering.db import db, now
from koordinering.errors import DomainError
from koordinering.tekst import N_
from koordinering.tiltak.utstyr.models import Reservasjon, Utlaan, Utstyrshendelse
from koordinering.tiltak.utstyr.rules.tilstander import Handling
from koordinering.users import User


class IkkeLedig(DomainError):
    """Something in the list was taken meanwhile. Nothing was lent."""

    status = 409
    melding = N_("Noe i listen er ikke ledig lenger. Ingenting er lånt ut. Se over listen og prøv igjen.")


class IkkeUte(DomainError):
    """Something in the list has come back already. Nothing was changed."""

    status = 409
    melding = N_("Noe i listen er ikke utlånt lenger. Ingenting er endret. Se over listen og prøv igjen.")


def noter(
    enheter: Iterable[int],
    handling: Handling,
    *,
    ved: int | None,
    av: User | None,
    utlaan_id: int | None = None,
    detalj: str | None = None,
) -> None:
    """A line in the history of each of these items."""
    db.session.add_all(
        Utstyrshendelse(
            utstyrsenhet_id=en,
            utlaan_id=utlaan_id,
            handling=handling,
            user_id=av.id if av else None,
            operatoer_nummer=ved,
            detalj=detalj,
        )
        for en in enheter
    )


def forsegl(rader: Sequence[Utlaan] | Sequence[Reservasjon], nummer: str) -> None:
    """Keep a telephone number in rows of one table, sealed with a key of each row alone."""
    tabell = rader[0].__tablename__
    innpakket = noekkellager.hent_eller_lag(tabell, [rad.id for rad in rader])
    for rad in rader:
        rad.telefon = crypto.krypter_i_rad(
            crypto.gjeldende(), innpakket[rad.id], nummer, tabell=tabell, kolonne="telefon", rad=rad.id
        )


def les_telefoner(rader: Sequence[Utlaan] | Sequence[Reservasjon]) -> dict[int, str]:
    """The telephone numbers of rows of one table; a row whose number or key has been removed is left out."""
    forseglede = {rad.id: rad.telefon for rad in rader if rad.telefon is not None}
    if not forseglede:
        return {}
    tabell = rader[0].__tablename__
    return {
        id_: crypto.dekrypter_i_rad(
            crypto.gjeldende(), innpakket, forseglede[id_], tabell=tabell, kolonne="telefon", rad=id_
        )
        for id_, innpakket in noekkellager.hent(tabell, forseglede).items()
    }


def les_telefon(rad: Utlaan | Reservasjon) -> str | None:
    """The telephone number of a loan or a reservation, None when it has been removed."""
    return les_telefoner([rad]).get(rad.id)  # type: ignore[arg-type]  # a list of one is of one kind


def slipp(reservasjoner: Sequence[Reservasjon]) -> None:
    """End these holds: the numbers go, and their keys."""
    for rad in reservasjoner:
        rad.slutt, rad.telefon = now(), None
    noekkellager.slett(Reservasjon.__tablename__, [rad.id for rad in reservasjoner])
