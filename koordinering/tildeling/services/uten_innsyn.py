"""Steps of a referral's life taken by somebody who need not be able to open it; the rule stays the side's own."""

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import db, now
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Avslutningsgrunn, Part, Status, Trekkgrunn, sjekk
from koordinering.saker.services import legg_til_hendelse
from koordinering.users import User


def avslutt_uten_innsyn(henvisning: Henvisning, grunn: Avslutningsgrunn, *, part: Part, av: User | None) -> None:
    """Take the receiver's step to AVSLUTTET for somebody who need not be able to open the referral.

    Used where the stock decides: a unit that comes back, a year that ends (`part` is then SYSTEM). The rule is
    the receiver's.
    """
    _uten_innsyn(henvisning, Status.AVSLUTTET, grunn.value, som=Part.MOTTAKER, part=part, av=av)


def innvilg_uten_innsyn(henvisning: Henvisning, *, part: Part, av: User) -> None:
    """Take the receiver's step to INNVILGET when the sender says yes to what the receiver has offered."""
    _uten_innsyn(henvisning, Status.INNVILGET, None, som=Part.MOTTAKER, part=part, av=av)


def trekk_uten_grunnlag(henvisning: Henvisning) -> None:
    """Withdraw what the consent no longer covers, without anybody having asked. The rule is the sender's."""
    grunn = Trekkgrunn.SAMTYKKE_TRUKKET.value
    _uten_innsyn(henvisning, Status.TRUKKET, grunn, som=Part.HENVISER, part=Part.SYSTEM, av=None)
    henvisning.spoersmaal = henvisning.beskjed_siden = None
    db.session.flush()


def _uten_innsyn(
    henvisning: Henvisning, til: Status, grunn: str | None, *, som: Part, part: Part, av: User | None
) -> None:
    fra = henvisning.status
    sjekk(fra, til, som, enkeltvedtak=henvisning.tiltak.enkeltvedtak, startet=henvisning.startet, grunn=grunn)
    henvisning.status, henvisning.endret, henvisning.grunn = til, now(), grunn
    legg_til_hendelse(henvisning, "status", av=av, part=part, fra=fra.value, til=til.value, grunn=grunn)
    enhet = henvisning.mottaker_id if som is Part.MOTTAKER else henvisning.avsender_id
    audit.record(Hva.HENVISNING_STATUS, av=av, gjelder=Ting("henvisning", henvisning.id, enhet), detalj=til.value)
    db.session.flush()
