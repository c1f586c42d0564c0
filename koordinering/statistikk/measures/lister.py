"""The lists that a year's counts are divided by: measures, services, and what can be given."""

from typing import Any

from sqlalchemy import Select, String, exists, or_, select, type_coerce

from koordinering.db import db
from koordinering.saker.models import Henvisning, Sak
from koordinering.statistikk.measures.pakking import Gis
from koordinering.tiltak.midler.models import Tilsagn
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.tiltak.rules import FORMIDLES, VISES_TIL
from koordinering.users import Enhet


def les_gis() -> Gis:
    """Who has what can be given. A club is the same whether it has the place or is paid for it, whatever its name."""
    kolonner: list[Any] = [Tilbud.beholdning_id, Tilbud.lag_id, Tilbud.arrangoertekst]
    tilbud: Select[Any] = select(*kolonner, type_coerce(Tilbud.aktivitet, String))
    arrangoer, aktivitet = {}, {}
    for beholdning, lag, tekst, hva in db.session.execute(tilbud):
        arrangoer[beholdning], aktivitet[beholdning] = tekst if lag is None else str(lag), hva
    betalt = select(Tilsagn.id, Tilsagn.lag_id).where(Tilsagn.lag_id.is_not(None))
    arrangoer |= {-nr: str(lag) for nr, lag in db.session.execute(betalt)}
    return Gis(arrangoer, aktivitet)


def tiltaksrader() -> list[Tiltak]:
    """The classes of measures: what can be referred to, and what ever was. The year's counts have no say."""
    brukt = exists().where(Henvisning.tiltak_id == Tiltak.id)
    mulige = FORMIDLES | VISES_TIL
    rader = db.session.execute(select(Tiltak, brukt).order_by(Tiltak.orden, Tiltak.id))
    return [t for t, er_brukt in rader if er_brukt or (t.slag & mulige and not t.utgaatt)]


def tjenester() -> list[Enhet]:
    """The classes of services: the units that refer, and any that ever had a case."""
    brukt = exists().where(Sak.enhet_id == Enhet.id)
    return list(db.session.scalars(select(Enhet).where(or_(Enhet.henviser, brukt)).order_by(Enhet.orden, Enhet.id)))
