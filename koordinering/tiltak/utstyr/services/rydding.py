"""What has had its time: telephone numbers of returned loans, and holds that nobody came for."""

from sqlalchemy import select, update

from koordinering import audit, noekkellager
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now, transaction
from koordinering.tiltak.kapasitet.services import flytt
from koordinering.tiltak.utstyr.models import Reservasjon, Utlaan, Utstyrsenhet
from koordinering.tiltak.utstyr.queries.lager import med_status
from koordinering.tiltak.utstyr.rules.telefon import TELEFON_BLIR
from koordinering.tiltak.utstyr.rules.tilstander import Handling, Status
from koordinering.tiltak.utstyr.services.felles import noter, slipp

_OM_GANGEN = 500


def rydd_utstyr() -> int:
    """Remove numbers 30 days after the return and let go what was held to yesterday; how many rows.

    The installation does it itself, once an hour, some hundred at a time: the write lock is held briefly.
    """
    ryddet = 0
    for runde in (_slett_telefoner, _slipp_reserverte):
        while True:
            with transaction():
                antall = runde()
            ryddet += antall
            if antall < _OM_GANGEN:
                break
    return ryddet


def _slett_telefoner() -> int:
    query = select(Utlaan.id, Utlaan.enhet_id).where(Utlaan.inn < now() - TELEFON_BLIR, Utlaan.telefon.is_not(None))
    gamle = db.session.execute(query.order_by(Utlaan.inn, Utlaan.id).limit(_OM_GANGEN)).all()
    if gamle:
        endring = update(Utlaan).where(Utlaan.id.in_([rad.id for rad in gamle])).values(telefon=None)
        db.session.execute(endring.execution_options(synchronize_session=False))
        noekkellager.slett(Utlaan.__tablename__, [rad.id for rad in gamle])
    for id_, enhet_id in gamle:
        audit.record(Hva.UTSTYR_TELEFON_SLETTET, av=None, gjelder=Ting("utlaan", id_, enhet_id))
    return len(gamle)


def _slipp_reserverte() -> int:
    for_gamle = select(Reservasjon).where(Reservasjon.slutt.is_(None), Reservasjon.holdes_til < i_dag())
    valgte = select(Reservasjon.utstyrsenhet_id).where(Reservasjon.slutt.is_(None), Reservasjon.holdes_til < i_dag())
    ider = list(db.session.scalars(valgte.order_by(Reservasjon.holdes_til, Reservasjon.id).limit(_OM_GANGEN)))
    med_status(ider, {Status.RESERVERT})  # the items are locked first, as whoever fetches one locks them
    gamle = list(db.session.scalars(for_gamle.where(Reservasjon.utstyrsenhet_id.in_(ider))))
    slipp(gamle)
    for rad in gamle:
        ting = Ting("utstyrsenhet", rad.utstyrsenhet_id, rad.enhet_id)
        audit.record(Hva.UTSTYR_AVLYST, av=None, gjelder=ting, detalj="utloept")
    sluppet = [rad.utstyrsenhet_id for rad in gamle]
    flytt(Utstyrsenhet, sluppet, {Status.RESERVERT}, Status.LEDIG)
    noter(sluppet, Handling.UTLOEPT, ved=None, av=None)
    return len(gamle)
