"""The waiting list of the cards: who is next, and giving to the first who fits."""

from koordinering.access import require
from koordinering.db import db
from koordinering.errors import KanIkkeInnvilges, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.tildeling import queries
from koordinering.tildeling.services.gi import gi_i_tur
from koordinering.tildeling.services.tur import PROEVES
from koordinering.tiltak.models import Tiltak
from koordinering.users import User


def gi_neste(tiltak: Tiltak, *, av: User) -> Henvisning | None:
    """Give to the first on the waiting list who can be given it now; None when nobody among the first PROEVES can.

    Those who cannot, and those whom somebody else has just given one, are passed over; who waits keeps the place.
    Raises Oppbrukt when nothing is left.
    """
    require(av, Rettighet.TILDELING_GI)
    for henvisning in db.session.scalars(queries.venteliste(av, tiltak.id).limit(PROEVES)).unique().all():
        try:
            # A savepoint, so that no lock is kept on those who are passed over.
            with db.session.begin_nested():
                gi_i_tur(henvisning, av=av)
        except (KanIkkeInnvilges, UgyldigOvergang):
            continue
        return henvisning
    return None


def foerste_i_koeen(tiltak: Tiltak, user: User) -> Henvisning | None:
    """Who stands first on the waiting list now, whatever hvorfor_ikke will say."""
    return db.session.scalar(queries.venteliste(user, tiltak.id).limit(1))
