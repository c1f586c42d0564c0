"""What the services share: an item's history, and the borrower's telephone number."""

from collections.abc import Iterable

from koordinering import crypto
from koordinering.db import db
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


def forsegl(rad: Utlaan | Reservasjon, nummer: str) -> None:
    """Keep a telephone number in a row, sealed with a key of that row alone."""
    noekler, tabell = crypto.gjeldende(), rad.__tablename__
    rad.noekkel = crypto.ny_radnoekkel(noekler, tabell, rad.id)
    rad.telefon = crypto.krypter_i_rad(noekler, rad.noekkel, nummer, tabell=tabell, kolonne="telefon", rad=rad.id)


def les_telefon(rad: Utlaan | Reservasjon) -> str | None:
    """The telephone number of a loan or a reservation, None when it has been removed."""
    if rad.telefon is None or rad.noekkel is None:
        return None
    return crypto.dekrypter_i_rad(
        crypto.gjeldende(), rad.noekkel, rad.telefon, tabell=rad.__tablename__, kolonne="telefon", rad=rad.id
    )
