"""Freezes a report: from then on it is read, never put together again."""

from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag
from koordinering.errors import DomainError, KoordineringError
from koordinering.plan.rapport import queries
from koordinering.plan.rapport.models import Planrapport
from koordinering.plan.rapport.rules.innhold import Rapport, fra_json, sjekksum, til_json
from koordinering.plan.rapport.services.samling import sett_sammen
from koordinering.roles import Rettighet
from koordinering.statistikk import services as statistikk
from koordinering.tekst import N_
from koordinering.users import User


class IngenPubliserteTall(DomainError):
    """A report rests on released figures, and the year has none."""

    status = 409
    melding = N_("Året har ingen publiserte tall. Publiser tallene for året først, så kan rapporten fryses.")


class Samtidig(DomainError):
    """Somebody froze a report of the year at the same moment."""

    status = 409
    melding = N_("Noen andre frøs en rapport for året i samme øyeblikk. Se over den før du fryser en til.")


class Skadet(KoordineringError):
    """What is stored is not what was frozen."""

    melding = N_("Rapporten i databasen stemmer ikke med kontrollsummen. Hent den fra en sikkerhetskopi.")


def aarene(*, av: User) -> list[int]:
    """The years a report can be made of: those with released figures, and last year; the newest first."""
    require(av, Rettighet.RAPPORT_LAG)
    return sorted({i_dag().year - 1, *statistikk.publiserte_aar(av=av)}, reverse=True)


def frys(aar: int, *, av: User) -> Planrapport:
    """Store the report as it is now, for ever. Inside the caller's transaction.

    Raises IngenPubliserteTall, Samtidig.
    """
    rapport = sett_sammen(aar, av=av)
    if not rapport.kilder:
        raise IngenPubliserteTall
    tekst = til_json(rapport)
    ny = Planrapport(aar=aar, nr=queries.siste_nr(aar) + 1, innhold=tekst, sha256=sjekksum(tekst), laget_av_id=av.id)
    try:
        with db.session.begin_nested():
            db.session.add(ny)
    except IntegrityError:
        raise Samtidig from None
    audit.record(Hva.RAPPORT_FRYST, av=av, gjelder=Ting("planrapport", ny.id), detalj=f"{aar}-{ny.nr}")
    return ny


def innhold(rad: Planrapport) -> Rapport:
    """What a frozen report says. Raises Skadet."""
    if sjekksum(rad.innhold) != rad.sha256:
        raise Skadet
    return fra_json(rad.innhold)
