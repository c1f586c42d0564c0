"""What goes of what was given and proposed when a family has its case emptied."""

from sqlalchemy import delete, select, update

from koordinering.db import db
from koordinering.saker.models import Henvisning
from koordinering.tildeling.models import Forslagslinje, Oppfoelgingsperiode, Tildeling


def glem(sak_id: int) -> None:
    """Erase what came of follow-ups, and the case's lines in proposals. What was given stays, and when."""
    henvisninger = select(Henvisning.id).where(Henvisning.sak_id == sak_id)
    db.session.execute(delete(Forslagslinje).where(Forslagslinje.henvisning_id.in_(henvisninger)))
    gitt = select(Tildeling.id).where(Tildeling.henvisning_id.in_(henvisninger))
    perioder = Oppfoelgingsperiode.tildeling_id.in_(gitt)
    db.session.execute(update(Oppfoelgingsperiode).where(perioder).values(resultat=None))
