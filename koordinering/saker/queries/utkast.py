"""Cases that are nothing but drafts, or that have no measure at all: which they are, and when one was last touched."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from koordinering.db import db
from koordinering.kolonnetyper import Utc
from koordinering.saker.models import Henvisning, Sak, Sakshendelse, Samtykke
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.tilbakehold import TELLER_IKKE
from koordinering.saker.samordning.models import Samordning, Samordningsavtale, Samordningsnotat


def bare_utkast() -> ColumnElement[bool]:
    """Nothing in the case was ever sent, and nothing stands on it by itself.

    A consent, to share or to coordinate, is something that the family has said, also when it has ended; and what was
    written or agreed from the case in another's coordination goes with it. Such a case has the time of other cases.
    """
    egne = (
        # the named column, not all of them: the index alone answers
        exists(Henvisning.id).where(Henvisning.sak_id == Sak.id, Henvisning.status != Status.UTKAST),
        exists(Samtykke.id).where(Samtykke.sak_id == Sak.id),
        exists(Samordning.id).where(Samordning.sak_id == Sak.id),
        exists(Samordningsnotat.id).where(Samordningsnotat.fra_sak_id == Sak.id),
        exists(Samordningsavtale.id).where(Samordningsavtale.fra_sak_id == Sak.id),
    )
    return and_(*(~noe for noe in egne))


def sist_roert() -> ColumnElement[datetime]:
    """When something was last done to such a case: a line of its history, or a draft that was added."""
    return seneste(hendt_i_saken(), select(func.max(Henvisning.opprettet)).where(Henvisning.sak_id == Sak.id))


def hendt_i_saken() -> Select[Any]:
    """When something last happened to the case itself. Who keeps it and how long does not count."""
    return select(func.max(Sakshendelse.tid)).where(
        Sakshendelse.sak_id == Sak.id, Sakshendelse.slag.not_in(sorted(TELLER_IKKE))
    )


def seneste(*hendt: Select[Any]) -> ColumnElement[datetime]:
    """The latest of these, each of them of the outer query's case and perhaps none, and of when the case was made."""
    stoerst = func.max if db.engine.dialect.name == "sqlite" else func.greatest
    tider = (func.coalesce(query.correlate(Sak).scalar_subquery(), Sak.opprettet) for query in hendt)
    return stoerst(Sak.opprettet, *tider, type_=Utc())
