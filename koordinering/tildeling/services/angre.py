"""Undoing what was given a moment ago, and moving somebody in the waiting order."""

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, now
from koordinering.errors import UgyldigFelt, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Part, Status
from koordinering.saker.services import flytt, legg_til_hendelse
from koordinering.tekst import N_
from koordinering.tildeling import queries
from koordinering.tildeling.queries import I_KOE
from koordinering.tildeling.queries.gitt import innvilget_fra
from koordinering.tildeling.rules import Handling, Tildelingstilstand
from koordinering.tildeling.rules.runde import KOEVERDI, Flyttegrunn, Koe
from koordinering.tildeling.services.handlinger import krev
from koordinering.tildeling.services.laas import laas
from koordinering.tiltak import services as beholdning
from koordinering.tiltak.midler import services as midler
from koordinering.users import User


def angre(henvisning: Henvisning, *, av: User) -> None:
    """Undo what this person gave within the last ten minutes: unit or money is free, the referral is where it was.

    What was written stays: the tildeling ends as ANGRET and counts for nothing, and an event says so.
    """
    krev(henvisning, Handling.ANGRE, av=av)
    tildeling = queries.aapen_tildeling(henvisning)
    if tildeling is None:
        raise UgyldigOvergang
    tildeling.tilstand, tildeling.slutt = Tildelingstilstand.ANGRET, now()
    henvisning.beskjed_siden = henvisning.beskjed_gitt = None
    henvisning.startet = False
    db.session.flush()
    if tildeling.plass is not None:
        beholdning.gi_tilbake(tildeling.plass)
    if tildeling.tilsagn is not None:
        midler.frigi_tilsagn(tildeling.tilsagn, av=av)
    til = str(tildeling.plass.nummer) if tildeling.plass else None
    legg_til_hendelse(henvisning, "angret", av=av, part=Part.MOTTAKER, til=til)
    flytt(henvisning, innvilget_fra(henvisning), part=Part.MOTTAKER, av=av)
    audit.record(Hva.ANGRET, av=av, gjelder=Ting("henvisning", henvisning.id, henvisning.mottaker_id))
    db.session.flush()


def flytt_i_koeen(henvisning: Henvisning, til: Koe, grunn: str | None, *, av: User) -> None:
    """Move a referral before or behind the others in the waiting order, or back among them; with a reason.

    Raises UgyldigFelt("grunn", …) without one, UgyldigOvergang when the referral does not wait any more.
    """
    require(av, Rettighet.TILDELING_GI, henvisning)
    laas(henvisning)
    if henvisning.status not in I_KOE:
        raise UgyldigOvergang
    if grunn not in set(Flyttegrunn):
        raise UgyldigFelt("grunn", N_("Velg en grunn."))
    fra = next(sted for sted, verdi in KOEVERDI.items() if verdi == henvisning.koe)
    if fra is til:
        return
    henvisning.koe = KOEVERDI[til]
    legg_til_hendelse(henvisning, "flyttet", av=av, part=Part.MOTTAKER, fra=fra.value, til=til.value, grunn=grunn)
    gjelder = Ting("henvisning", henvisning.id, henvisning.mottaker_id)
    audit.record(Hva.KOE_FLYTTET, av=av, gjelder=gjelder, detalj=f"{til.value}:{grunn}")
    db.session.flush()


def la_soesken_vaere_sammen(henvisning: Henvisning, *, sammen: bool, av: User) -> None:
    """The sender asks that the siblings get places in the same offer, or asks no more."""
    require(av, Rettighet.HENVISNING_REGISTRER, henvisning)
    laas(henvisning)
    if henvisning.status not in {*I_KOE, Status.SENDT, Status.MOTTATT, Status.PAA_VENT, Status.VENTER_SAMTYKKE}:
        raise UgyldigOvergang
    if henvisning.barn_id is None or henvisning.sammen == sammen:
        return
    henvisning.sammen = sammen
    legg_til_hendelse(henvisning, "soesken", av=av, part=Part.HENVISER, til="ja" if sammen else "nei")
    gjelder = Ting("henvisning", henvisning.id, henvisning.avsender_id)
    audit.record(Hva.HENVISNING_RETTET, av=av, gjelder=gjelder, detalj="soesken")
    db.session.flush()
