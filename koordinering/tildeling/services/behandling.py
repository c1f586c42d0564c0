"""What a receiver does with a referral without giving or freeing anything."""

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import db, now, tilfeldig_id
from koordinering.errors import UgyldigFelt
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.behov import Spoersmaal
from koordinering.saker.rules.overganger import Avslagsgrunn, PaaVentGrunn, Part, Status
from koordinering.saker.services import flytt, kan_sendes, legg_til_hendelse
from koordinering.tekst import N_
from koordinering.tildeling.rules import Handling
from koordinering.tildeling.services.handlinger import krev
from koordinering.tildeling.services.tilby import slipp_tilbudet
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.queries import Henvisbart
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import User


def ta_imot(henvisning: Henvisning, *, av: User) -> None:
    """Receive and start on it: two steps in one click."""
    krev(henvisning, Handling.TA_IMOT, av=av)
    if henvisning.status is Status.SENDT:
        flytt(henvisning, Status.MOTTATT, part=Part.MOTTAKER, av=av)
    flytt(henvisning, Status.UNDER_BEHANDLING, part=Part.MOTTAKER, av=av)
    db.session.flush()


def sett_paa_venteliste(henvisning: Henvisning, *, av: User) -> None:
    """Keep the referral until something comes free."""
    krev(henvisning, Handling.VENTELISTE, av=av)
    flytt(henvisning, Status.VENTELISTE, part=Part.MOTTAKER, av=av)
    db.session.flush()


def sett_paa_vent(henvisning: Henvisning, grunn: str | None, *, av: User) -> None:
    """Wait for somebody, with a reason (PaaVentGrunn)."""
    krev(henvisning, Handling.SETT_PAA_VENT, av=av)
    flytt(henvisning, Status.PAA_VENT, part=Part.MOTTAKER, av=av, grunn=grunn)
    db.session.flush()


def spoer(henvisning: Henvisning, spoersmaal: Spoersmaal, *, av: User) -> None:
    """Ask the referrer; the referral waits until it is answered."""
    krev(henvisning, Handling.SPOER, av=av)
    flytt(henvisning, Status.PAA_VENT, part=Part.MOTTAKER, av=av, grunn=PaaVentGrunn.MANGLER_OPPLYSNINGER.value)
    henvisning.spoersmaal = spoersmaal
    legg_til_hendelse(henvisning, "spurt", av=av, part=Part.MOTTAKER, til=spoersmaal.value)
    audit.record(Hva.SPURT, av=av, gjelder=Ting("henvisning", henvisning.id, henvisning.mottaker_id))
    db.session.flush()


def fortsett(henvisning: Henvisning, *, av: User) -> None:
    """Take up again what waited, or what stood on the waiting list."""
    krev(henvisning, Handling.FORTSETT, av=av)
    slipp_tilbudet(henvisning, part=Part.MOTTAKER, av=av)
    flytt(henvisning, Status.UNDER_BEHANDLING, part=Part.MOTTAKER, av=av)
    db.session.flush()


def avslaa(henvisning: Henvisning, grunn: str | None, *, fritekst: str | None = None, av: User) -> None:
    """Refuse, with a reason (Avslagsgrunn). Text only with ANNET."""
    krev(henvisning, Handling.AVSLAA, av=av)
    slipp_tilbudet(henvisning, part=Part.MOTTAKER, av=av)
    flytt(henvisning, Status.AVSLAATT, part=Part.MOTTAKER, av=av, grunn=grunn, fritekst=fritekst)
    db.session.flush()


def gi_medhold(henvisning: Henvisning, *, av: User) -> None:
    """Treat a complaint: the referral is handled anew."""
    krev(henvisning, Handling.GI_MEDHOLD, av=av)
    flytt(henvisning, Status.UNDER_BEHANDLING, part=Part.MOTTAKER, av=av)
    db.session.flush()


def oppretthold(henvisning: Henvisning, *, av: User) -> None:
    """Treat a complaint: the refusal stands."""
    krev(henvisning, Handling.OPPRETTHOLD, av=av)
    grunn = Avslagsgrunn.KLAGE_IKKE_MEDHOLD.value
    flytt(henvisning, Status.AVSLAATT, part=Part.MOTTAKER, av=av, grunn=grunn)
    db.session.flush()


def gjenaapne(henvisning: Henvisning, grunn: str | None, *, av: User) -> None:
    """Take up a closed referral again, with a reason (Gjenaapningsgrunn). What it once held is not held again."""
    krev(henvisning, Handling.GJENAAPNE, av=av)
    flytt(henvisning, Status.UNDER_BEHANDLING, part=Part.MOTTAKER, av=av, grunn=grunn)
    henvisning.startet = False
    henvisning.deltar_ved_slutt = None
    henvisning.beskjed_siden = henvisning.beskjed_gitt = None
    db.session.flush()


def kan_videresendes_til(henvisning: Henvisning) -> list[Henvisbart]:
    """Measures of other receiving units, in the plan's order; a place is always for one child.

    Says nothing about what the family has agreed to.
    """
    andre = {henvisning.mottaker_id, None}
    til_familien = henvisning.barn_id is None
    return [
        t
        for t in tiltaket.henvisbare()
        if t.mottaker_id not in andre and not (til_familien and Mekanikk.FRIPLASS in t.slag)
    ]


def videresend(
    henvisning: Henvisning, tiltak_id: str, grunn: str | None, *, fritekst: str | None = None, av: User
) -> Henvisning:
    """Send on to another receiving unit: this referral ends and a linked one begins.

    With a consent or authority for that unit it is sent, and keeps its place in time. Without, it waits for the
    consent with the sender. Who sends on is not told which: that would tell whose case it is.
    Raises UgyldigFelt("tiltak_id", …) for what cannot be sent on to.
    """
    krev(henvisning, Handling.VIDERESEND, av=av)
    tiltak = next((t for t in kan_videresendes_til(henvisning) if t.id == tiltak_id), None)
    if tiltak is None or tiltak.mottaker_id is None:
        raise UgyldigFelt("tiltak_id", N_("Velg noe fra listen."))
    klar = kan_sendes(henvisning.sak, tiltak.mottaker_id, henvisning.barn_id)
    status = Status.SENDT if klar else Status.VENTER_SAMTYKKE
    flytt(henvisning, Status.VIDERESENDT, part=Part.MOTTAKER, av=av, grunn=grunn, fritekst=fritekst)
    ny = Henvisning(
        id=tilfeldig_id(),
        sak=henvisning.sak,
        barn=henvisning.barn,
        tiltak_id=tiltak.id,
        avsender_id=henvisning.avsender_id,
        mottaker_id=tiltak.mottaker_id,
        status=status,
        synlig=klar,
        sendt=henvisning.sendt if klar else None,
        lodd=henvisning.lodd if klar else None,
        endret=now(),
        videresendt_fra_id=henvisning.id,
    )
    db.session.add(ny)
    db.session.flush()
    legg_til_hendelse(ny, "status", av=av, part=Part.SYSTEM, fra=Status.UTKAST.value, til=status.value)
    audit.record(Hva.HENVISNING_LAGET, av=av, gjelder=Ting("henvisning", ny.id, ny.avsender_id), detalj="videresendt")
    db.session.flush()
    return ny
