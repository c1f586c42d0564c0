"""The lists that a year's counts are divided by: measures, services, and what can be given."""

from typing import Any

from sqlalchemy import Select, String, or_, select, type_coerce

from koordinering.db import db
from koordinering.saker.models import Henvisning, Sak
from koordinering.statistikk.measures.pakking import Gis
from koordinering.tiltak.midler.models import Tilsagn
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.tiltak.rules import FORMIDLES, VISES_TIL
from koordinering.users import Enhet


def les_gis() -> Gis:
    """Who has what can be given. A club is the same whether it has the place or is paid for it, whatever its name."""
    tilbud: Select[Any] = select(
        Tilbud.beholdning_id, Tilbud.lag_id, Tilbud.arrangoertekst, type_coerce(Tilbud.aktivitet, String)
    )
    arrangoer, aktivitet = {}, {}
    for beholdning, lag, tekst, hva in db.session.execute(tilbud):
        arrangoer[beholdning], aktivitet[beholdning] = tekst if lag is None else str(lag), hva
    betalt = select(Tilsagn.id, Tilsagn.lag_id).where(Tilsagn.lag_id.is_not(None))
    arrangoer |= {-nr: str(lag) for nr, lag in db.session.execute(betalt)}
    return Gis(arrangoer, aktivitet)


def tiltaksrader() -> list[Tiltak]:
    """The classes of measures: what can be referred to, and what ever was. The year's counts have no say."""
    query: Select[Any] = select(Tiltak).order_by(Tiltak.orden, Tiltak.id)
    brukt = set(db.session.scalars(select(Henvisning.tiltak_id).distinct()))
    mulige = FORMIDLES | VISES_TIL
    return [t for t in db.session.scalars(query) if t.id in brukt or (t.slag & mulige and not t.utgaatt)]


def tjenester() -> list[Enhet]:
    """The classes of services: the units that refer, and any that ever had a case."""
    brukt = select(Sak.enhet_id).distinct()
    query = select(Enhet).where(or_(Enhet.henviser, Enhet.id.in_(brukt))).order_by(Enhet.orden, Enhet.id)
    return list(db.session.scalars(query))
