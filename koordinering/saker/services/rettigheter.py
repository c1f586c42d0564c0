"""What a family's rights do to a case: locked, opened again, emptied where something has been given."""

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import selectinload

from koordinering import audit, noekkellager
from koordinering.access import enheter, require
from koordinering.audit import Hva, Ting
from koordinering.db import db, now
from koordinering.errors import IngenTilgang
from koordinering.roles import Rettighet
from koordinering.saker.models import Aapning, Hendelse, Henvisning, Sak, Sakshendelse
from koordinering.saker.rules.behov import JaNeiVetIkke, Spurt
from koordinering.saker.rules.overganger import Trekkgrunn
from koordinering.saker.services.laas import laas_sak
from koordinering.saker.services.sak import kan_slettes
from koordinering.saker.services.skjemaer import glem_skjemaer
from koordinering.users import User


def begrens(sak: Sak, *, av: User) -> None:
    """Lock the case (GDPR art. 18): nobody reaches it or its referrals, on either side, and nothing is given.

    The rows stay as they are and are counted. Locked already: nothing more.
    """
    if sak.begrenset is not None:
        return
    require(av, Rettighet.KRAV_BEHANDLE, sak)
    laas_sak(sak)
    sak.begrenset = now()
    _sperr(sak, sperret=True)
    _noter(sak, "begrenset", Hva.SAK_BEGRENSET, av)


def opphev(sak: Sak, *, av: User) -> None:
    """Open the case again: each side reaches what it reached before. Not locked: nothing."""
    if sak.enhet_id not in enheter(av, Rettighet.KRAV_BEHANDLE):  # the lock hides the case from require()
        raise IngenTilgang
    if sak.begrenset is None:
        return
    laas_sak(sak)
    sak.begrenset = None
    _sperr(sak, sperret=False)
    _noter(sak, "begrensning_opphevet", Hva.SAK_BEGRENSNING_OPPHEVET, av)


def _sperr(sak: Sak, *, sperret: bool) -> None:
    for henvisning in _laaste(sak):
        henvisning.sperret = sperret


def _laaste(sak: Sak) -> list[Henvisning]:
    """The case's referrals, read anew and kept from everybody else."""
    query = select(Henvisning).where(Henvisning.sak_id == sak.id).order_by(Henvisning.id)
    query = query.options(selectinload(Henvisning.hendelser)).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def toem(sak: Sak, *, av: User | None) -> None:
    """Erase what can be erased of a case where something has been given (GDPR art. 17(3)).

    What goes: referrals that came to nothing, needs, wishes, gender, whether the child took part and was asked,
    the index that says «same child», the linking code, the unit's own reference, notes, questions, answers,
    reasons, what was corrected from and to, why the case was opened and why it is held back. What stays until the
    case's time is out: that a child of that year was given that, when, and by whom, the statuses on the way, and
    the service's yes or no to whether the family is in the target group, a column that knows no third answer. The
    key of the case goes too: what it sealed does not open in a backup either.

    `av` None is the installation itself, which empties again what a restored backup has brought back.
    """
    if av is not None:
        require(av, Rettighet.KRAV_BEHANDLE, sak)
    laas_sak(sak)
    henvisninger = _laaste(sak)
    beholdes = [h.id for h in henvisninger if not kan_slettes([h])]
    for henvisning in henvisninger:
        if henvisning.id not in beholdes:
            gjelder = Ting("henvisning", henvisning.id, sak.enhet_id)
            audit.record(Hva.HENVISNING_SLETTET, av=av, gjelder=gjelder)
            db.session.delete(henvisning)
    sak.egen_referanse = sak.innsending = sak.koblingskode = sak.kodeindeks = sak.holdetekst = None
    sak.behov.clear()
    for barn in sak.barn:
        barn.blindindeks = barn.kjoenn = None
        barn.deltar, barn.spurt = JaNeiVetIkke.VET_IKKE, Spurt.IKKE_AKTUELT
        barn.oensker.clear()
    for henvisning in henvisninger:
        if henvisning.id in beholdes:
            henvisning.deltar_ved_slutt = henvisning.spoersmaal = None
            henvisning.grunn = henvisning.grunn if henvisning.grunn == _BLIR else None
    db.session.flush()
    _toem_historien(sak, beholdes)
    db.session.execute(delete(Aapning).where(Aapning.sak_id == sak.id))
    glem_skjemaer([sak.id])
    noekkellager.slett(noekkellager.TOEMT, [sak.id])
    _noter(sak, "toemt", Hva.SAK_TOEMT, av)
    db.session.expire(sak)


def _toem_historien(sak: Sak, henvisninger: list[int]) -> None:
    """Take out of the history what tells of the family: notes, answers, and the values before and after."""
    hendelser = Hendelse.henvisning_id.in_(henvisninger)
    grunn = case((Hendelse.grunn == _BLIR, _BLIR), else_=None)
    db.session.execute(update(Hendelse).where(hendelser).values(fritekst=None, svar=None, grunn=grunn))
    # the statuses tell that something was given and how the referral stood when a year was counted
    annet = Hendelse.slag != "status"
    db.session.execute(update(Hendelse).where(hendelser, annet).values(fra=None, til=None))
    db.session.execute(update(Hendelse).where(hendelser, Hendelse.felt == "forbi").values(felt=None))
    saken = Sakshendelse.sak_id == sak.id
    db.session.execute(update(Sakshendelse).where(saken).values(fra=None, til=None, grunn=None))


_BLIR = Trekkgrunn.FEILREGISTRERT.value
"""The one reason that stays: it tells of whoever registered, and without it what was no referral would be counted."""


def _noter(sak: Sak, slag: str, hva: Hva, av: User | None) -> None:
    db.session.add(Sakshendelse(sak_id=sak.id, user_id=av.id if av else None, slag=slag))
    audit.record(hva, av=av, gjelder=Ting("sak", sak.id, sak.enhet_id))
    db.session.flush()
