"""Giving money: a club is paid for one child's place. The family gets the place, never the money."""

from koordinering import audit
from koordinering.access import can, require
from koordinering.audit import Hva, Ting
from koordinering.db import db
from koordinering.errors import UgyldigFelt, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Part, Status
from koordinering.saker.services import flytt, legg_til_hendelse
from koordinering.tekst import N_
from koordinering.tildeling import queries
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import Handling, Hvorfor
from koordinering.tildeling.services.gi import gi_beskjed, stopp_for, tildel
from koordinering.tildeling.services.handlinger import handlinger, krev
from koordinering.tildeling.services.laas import laas, laas_familien
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler import services as midler
from koordinering.tiltak.midler.models import Budsjett
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import User

_OM_MER = frozenset(
    {
        Hvorfor.MANGLER_SAMTYKKE,
        Hvorfor.OVER_TAKET,
        Hvorfor.HAR_ALT,
        Hvorfor.KAN_IKKE_NAA,
        Hvorfor.BUDSJETT_BRUKT,
    }
)
"""What can stand in the way of more money for what is given already."""


def gi_midler(henvisning: Henvisning, budsjett: Budsjett, lag: Lag, beloep_oere: int, *, av: User) -> Tildeling:
    """Set money aside to pay the club for this child's place: the same steps, locks and reasons as for a place.

    Raises KanIkkeInnvilges with the reasons that the receiving unit may see, Oppbrukt when somebody else used the
    last of the budget, UgyldigFelt for a club, an amount or another measure's budget, UgyldigOvergang.
    """
    krev(henvisning, Handling.GI, av=av)
    laas_familien(henvisning)
    db.session.refresh(budsjett)
    if budsjett.formaal.tiltak_id != henvisning.tiltak_id:
        raise UgyldigFelt("budsjett_id", N_("Velg noe fra listen."))
    ting = queries.penger(henvisning.tiltak, budsjett, beloep_oere)
    stopp_for(queries.grunner(av, queries.kandidat(henvisning), ting, henvisning))
    tilsagn = midler.gi_tilsagn(budsjett, lag, beloep_oere, av=av)
    tildeling = tildel(henvisning, ting, None, av=av)
    tildeling.tilsagn_id = tilsagn.id
    flytt(henvisning, Status.INNVILGET, part=Part.MOTTAKER, av=av)
    gi_beskjed(henvisning)
    legg_til_hendelse(henvisning, "gitt", av=av, part=Part.MOTTAKER)
    audit.record(Hva.GITT, av=av, gjelder=Ting("henvisning", henvisning.id, henvisning.mottaker_id))
    db.session.flush()
    return tildeling


def oek_midler(henvisning: Henvisning, beloep_oere: int, *, vist_oere: int, av: User) -> None:
    """Set aside more for a place that is paid for: the ceiling of the child is asked again, for what is added.

    `vist_oere`: the amount that the user's page showed. Raises what gi_midler raises, and Endret.
    """
    require(av, Rettighet.TILDELING_GI, henvisning)
    laas(henvisning)
    laas_familien(henvisning)
    tildeling = queries.aapen_tildeling(henvisning)
    if tildeling is None or tildeling.tilsagn is None:
        raise UgyldigOvergang
    tilsagn = tildeling.tilsagn
    ting = queries.penger(henvisning.tiltak, tilsagn.budsjett, beloep_oere - tilsagn.beloep_oere)
    grunner = queries.grunner(av, queries.kandidat(henvisning), ting, henvisning)
    stopp_for(tuple(grunn for grunn in grunner if grunn in _OM_MER))
    midler.endre_beloep(tilsagn, beloep_oere, vist_oere=vist_oere, av=av)


def holder_midler(henvisning: Henvisning, user: User) -> Tildeling | None:
    """The money that the referral holds now, for whoever may change it."""
    tildeling = queries.aapen_tildeling(henvisning) if can(user, Rettighet.MIDLER_ENDRE) else None
    return tildeling if tildeling is not None and tildeling.tilsagn is not None else None


def kan_gi_midler(henvisning: Henvisning, user: User) -> bool:
    """Whether this user may pay for a place for this referral now, as far as the referral itself goes."""
    gis_saa = Mekanikk.MIDLER in henvisning.tiltak.slag and can(user, Rettighet.MIDLER_ENDRE)
    return gis_saa and Handling.GI in handlinger(henvisning, user)


def frigis_ved_slutt(henvisning: Henvisning) -> int:
    """How much money, in øre, would come free if the referral ended now: set aside for it and not invoiced."""
    tildeling = queries.aapen_tildeling(henvisning)
    if tildeling is None or tildeling.tilsagn is None:
        return 0
    return tildeling.tilsagn.beloep_oere - tildeling.tilsagn.fakturert_oere
