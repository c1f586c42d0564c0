"""Opens and closes releases, and hands out open tables: frozen and protected ones, and nothing else."""

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, now
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.statistikk.aapne import queries
from koordinering.statistikk.aapne.models import AapenPublisering, AapneData
from koordinering.statistikk.aapne.rules import KanIkkeAapnes, Opplysninger, OpplysningerMangler, sjekk
from koordinering.statistikk.disclosure import SafeTable
from koordinering.statistikk.export import Utgivelse
from koordinering.statistikk.models import Publisering
from koordinering.statistikk.rules import Publiseringsstatus
from koordinering.statistikk.services import publisert
from koordinering.users import User


@dataclass(frozen=True)
class AapenTabell:
    """One open table: as it was released, and which release it stands in."""

    utgivelse: Utgivelse
    tabell: SafeTable


def gjoer_aapen(publisering: Publisering, *, av: User) -> None:
    """Let everybody read the release. Inside the caller's transaction. Raises KanIkkeAapnes, OpplysningerMangler.

    One that is open already stays so, and nothing is logged anew.
    """
    require(av, Rettighet.STATISTIKK_AAPNE)
    if publisering.status is not Publiseringsstatus.PUBLISERT:
        raise KanIkkeAapnes
    if queries.opplysninger() is None:
        raise OpplysningerMangler
    try:
        with db.session.begin_nested():
            db.session.add(AapenPublisering(publisering_id=publisering.id, aapnet_av_id=av.id))
    except IntegrityError:
        return  # somebody opened it just now
    audit.record(Hva.PUBLISERING_AAPNET, av=av, gjelder=Ting("publisering", publisering.id))


def lukk(publisering: Publisering, *, av: User) -> None:
    """Open no more: its addresses are no addresses. Inside the caller's transaction; a second time changes nothing."""
    require(av, Rettighet.STATISTIKK_AAPNE)
    endring = (
        update(AapenPublisering)
        .where(AapenPublisering.publisering_id == publisering.id, AapenPublisering.lukket.is_(None))
        .values(lukket=now(), lukket_av_id=av.id)
    )
    if db.session.execute(endring.returning(AapenPublisering.id)).all():
        audit.record(Hva.PUBLISERING_LUKKET, av=av, gjelder=Ting("publisering", publisering.id))


def lagre_opplysninger(opplysninger: Opplysninger, *, av: User) -> None:
    """Say who answers for the data. Inside the caller's transaction. Raises UgyldigFelt."""
    require(av, Rettighet.STATISTIKK_AAPNE)
    riktige = sjekk(opplysninger)
    db.session.merge(
        AapneData(
            id=1,
            orgnr=riktige.orgnr,
            kontakt=riktige.kontakt,
            epost=riktige.epost,
            lisens=riktige.lisens,
        )
    )
    audit.record(Hva.AAPNE_DATA_ENDRET, av=av)


def tabell(nummer: int, kode: str) -> AapenTabell:
    """An open table by its address. Raises FinnesIkke, ErTrukket."""
    publisering = queries.med_nummer(nummer)
    return AapenTabell(publisert.utgivelse(publisering), publisert.tabell(publisering, kode))


def hvem_svarer() -> Opplysninger:
    """Who answers for the data. Raises FinnesIkke where nobody has said: nothing has been opened."""
    funnet = queries.opplysninger()
    if funnet is None:
        raise FinnesIkke
    return funnet
