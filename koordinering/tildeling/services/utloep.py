"""A consent or an authority that runs out has the same effect as one that is withdrawn, without anybody asking."""

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import db, transaction
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Part
from koordinering.saker.services import har_grunnlag, laas_sak
from koordinering.tildeling import queries
from koordinering.tildeling.rules import Handling
from koordinering.tildeling.services.handlinger import tilbys
from koordinering.tildeling.services.laas import laas
from koordinering.tildeling.services.tilby import slipp_tilbudet
from koordinering.tildeling.services.uten_innsyn import trekk_uten_grunnlag


def trekk_utloepte() -> int:
    """Hide from its receiver every referral whose consent or authority has run out; tell how many.

    Each is withdrawn as well, unless something is given. They are looked for among all that a receiver sees, before
    anything is locked, and each is a transaction that asks again: doing it twice changes nothing more. The consent
    itself is left as it is: it has run out, nobody has withdrawn it.
    """
    ider = queries.med_utloept_grunnlag()
    db.session.rollback()
    skjult = 0
    for id_ in ider:
        with transaction() as session:
            henvisning = session.get(Henvisning, id_)
            skjult += henvisning is not None and _skjul(henvisning)
    return skjult


def _skjul(henvisning: Henvisning) -> bool:
    laas_sak(henvisning.sak)
    laas(henvisning)
    mottaker_id = henvisning.mottaker_id
    if not henvisning.synlig or mottaker_id is None:
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
