"""Giving: the one way a referral gets a card, a place or follow-up."""

from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import can, require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now
from koordinering.errors import KanIkkeInnvilges, Oppbrukt
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Part, Status
from koordinering.saker.services import flytt, legg_til_hendelse
from koordinering.tildeling import queries
from koordinering.tildeling.models import Oppfoelgingsperiode, Tildeling
from koordinering.tildeling.rules import Gjenstand, Handling, Hvorfor, Tildelingstilstand
from koordinering.tildeling.services.handlinger import krev
from koordinering.tildeling.services.laas import laas_familien
from koordinering.tildeling.services.tur import andre_foerst, foran, gaar_forbi
from koordinering.tiltak import services as beholdning
from koordinering.tiltak.models import Plass, Tilbud
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import User


def gi(henvisning: Henvisning, tilbud: Tilbud | None = None, *, av: User) -> Tildeling:
    """Give the referral what its measure gives: this year's next card, a place in `tilbud`, or follow-up.

    Who is given something is the user's choice; the event tells how many stood in front on the waiting list.
    Raises KanIkkeInnvilges with the reasons that the receiving unit may see, Oppbrukt when none is left,
    UgyldigOvergang when the referral is not where it can be given anything.
    """
    return _gi(henvisning, tilbud, i_tur=False, av=av)


def gi_i_tur(henvisning: Henvisning, *, av: User) -> Tildeling:
    """Give to whoever is next; those in front have been tried. Raises what gi raises."""
    return _gi(henvisning, None, i_tur=True, av=av)


def _gi(henvisning: Henvisning, tilbud: Tilbud | None, *, i_tur: bool, av: User) -> Tildeling:
    krev(henvisning, Handling.GI, av=av)
    laas_familien(henvisning)
    if tilbud is not None:
        db.session.refresh(tilbud)
    ting = queries.gjenstand(henvisning.tiltak, tilbud)
    _proev(henvisning, ting, av)
    forbi = 0 if i_tur else len(foran(henvisning, av, tilbud))
    plass = beholdning.ta(ting.beholdning_id) if ting.beholdning_id is not None else None
    tildeling = tildel(henvisning, ting, plass, av=av)
    flytt(henvisning, Status.INNVILGET, part=Part.MOTTAKER, av=av)
    gi_beskjed(henvisning)
    legg_til_hendelse(
        henvisning,
        "gitt",
        av=av,
        part=Part.MOTTAKER,
        til=str(plass.nummer) if plass else None,
        **gaar_forbi(forbi),
    )
    audit.record(Hva.GITT, av=av, gjelder=Ting("henvisning", henvisning.id, henvisning.mottaker_id))
    db.session.flush()
    return tildeling


def _proev(henvisning: Henvisning, ting: Gjenstand, av: User) -> None:
    stopp_for(queries.grunner(av, queries.kandidat(henvisning), ting, henvisning))


def stopp_for(grunner: tuple[Hvorfor, ...]) -> None:
    """Raise what the reasons come to: Oppbrukt when nothing is left and that is all, else KanIkkeInnvilges."""
    if grunner == (Hvorfor.FULLT,):
        raise Oppbrukt
    if grunner:
        raise KanIkkeInnvilges(tuple(grunn.tekst for grunn in grunner))


def gi_beskjed(henvisning: Henvisning) -> None:
    """The sender gets the task «Gi beskjed til familien»."""
    henvisning.beskjed_siden = now()
    henvisning.beskjed_gitt = None


def tildel(henvisning: Henvisning, ting: Gjenstand, plass: Plass | None, *, av: User) -> Tildeling:
    """Write that the referral has the unit. Raises Oppbrukt when somebody was before."""
    tildeling = Tildeling(
        henvisning_id=henvisning.id,
        plass_id=plass.id if plass else None,
        tiltak_id=henvisning.tiltak_id,
        aar=ting.aar,
        enhet_id=henvisning.mottaker_id,
        gitt_av=av.id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(tildeling)
    except IntegrityError:
        raise Oppbrukt from None  # the index on open tildelinger: the unit or the referral was taken meanwhile
    return tildeling


def kan_gi_straks(henvisning: Henvisning, av: User) -> bool:
    """Whether registering and giving are this user's in one step: own unit hands it out, and no offer is chosen."""
    gis_uten_valg = bool({Mekanikk.KORT, Mekanikk.OPPFOELGING} & henvisning.tiltak.slag)
    samme = henvisning.avsender_id == henvisning.mottaker_id
    return samme and gis_uten_valg and can(av, Rettighet.TILDELING_GI, henvisning)


def gi_straks(henvisning: Henvisning, *, av: User) -> Tildeling | None:
    """Take every step from sent to given at once, where registering and giving are the same person's.

    A card is then in the family's hands: in use, and told. None: it could not be given now, whatever the
    reason, or those who wait already are to have the cards that are free; the referral is on the waiting list.
    Raises IngenTilgang when the two are not the same person's; ask kan_gi_straks first.
    """
    require(av, Rettighet.TILDELING_GI, henvisning)
    require(av, Rettighet.HENVISNING_REGISTRER, henvisning)
    flytt(henvisning, Status.MOTTATT, part=Part.MOTTAKER, av=av)
    flytt(henvisning, Status.UNDER_BEHANDLING, part=Part.MOTTAKER, av=av)
    db.session.flush()
    tildeling = None if andre_foerst(henvisning, av) else _gi_om_mulig(henvisning, av)
    if tildeling is None:
        flytt(henvisning, Status.VENTELISTE, part=Part.MOTTAKER, av=av)
        db.session.flush()
        return None
    if Mekanikk.KORT in henvisning.tiltak.slag:
        start(henvisning, tildeling, av=av)
        henvisning.beskjed_siden, henvisning.beskjed_gitt = None, now()
        db.session.flush()
    return tildeling


def _gi_om_mulig(henvisning: Henvisning, av: User) -> Tildeling | None:
    try:
        return gi_i_tur(henvisning, av=av)
    except (KanIkkeInnvilges, Oppbrukt):
        return None


def start(henvisning: Henvisning, tildeling: Tildeling, *, av: User) -> None:
    """What was given is in use: the card is handed out, the child has come."""
    tildeling.tilstand = Tildelingstilstand.STARTET
    if tildeling.er_oppfoelging:
        tildeling.periode = Oppfoelgingsperiode(fra=i_dag())
    flytt(henvisning, Status.I_GANG, part=Part.MOTTAKER, av=av)
    henvisning.startet = True
    db.session.flush()
