"""A consent or an authority that runs out has the same effect as one that is withdrawn, without anybody asking."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import db, transaction, writing
from koordinering.errors import KoordineringError
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Part
from koordinering.saker.services import har_grunnlag, laas_sak
from koordinering.tildeling import queries
from koordinering.tildeling.rules import Handling
from koordinering.tildeling.services.handlinger import tilbys
from koordinering.tildeling.services.laas import laas
from koordinering.tildeling.services.tilby import slipp_tilbudet
from koordinering.tildeling.services.uten_innsyn import trekk_uten_grunnlag

log = logging.getLogger(__name__)


def trekk_utloepte() -> int:
    """Hide from its receiver every referral whose consent or authority has run out; tell how many.

    Each is withdrawn as well, unless something is given. They are looked for among all that a receiver sees, before
    anything is locked, and each is a transaction that asks again: doing it twice changes nothing more. One that fails
    is left for the next hour. The consent itself is left as it is: it has run out, nobody has withdrawn it.
    """
    if writing():
        raise RuntimeError("trekk_utloepte() inside a transaction")  # it begins by letting go of what is open
    ider = queries.med_utloept_grunnlag()
    db.session.rollback()
    return sum(map(_trekk, ider))


def _trekk(id_: int) -> bool:
    try:
        with transaction() as session:
            henvisning = session.get(Henvisning, id_)
            return henvisning is not None and _skjul(henvisning)
    except (KoordineringError, SQLAlchemyError) as feil:  # the next one must not wait for this
        log.error("a referral without a basis could not be hidden: %s", type(feil).__name__)
        return False


def _skjul(henvisning: Henvisning) -> bool:
    laas_sak(henvisning.sak)
    laas(henvisning)
    mottaker_id = henvisning.mottaker_id
    if henvisning.sperret or not henvisning.synlig or mottaker_id is None:
        return False
    if har_grunnlag(henvisning.sak, mottaker_id, henvisning.barn_id):
        return False
    henvisning.synlig = False
    gjelder = Ting("sak", henvisning.sak_id, henvisning.avsender_id)
    audit.record(Hva.SAMTYKKE_TRUKKET, av=None, gjelder=gjelder, detalj="utloept")
    holder = queries.aapen_tildeling(henvisning) is not None
    if not holder and Handling.TREKK in tilbys(henvisning):
        slipp_tilbudet(henvisning, part=Part.SYSTEM, av=None)
        trekk_uten_grunnlag(henvisning)
    db.session.flush()
    return True
