"""Freeing: every way in which something that was given comes back, is lost or ends."""

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import OSLO, db, i_dag, now
from koordinering.errors import UgyldigFelt, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker import services as saker
from koordinering.saker.models import Henvisning, Samtykke
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.saker.rules.overganger import Avslutningsgrunn, Part, Status, Trekkgrunn
from koordinering.saker.services import flytt
from koordinering.tekst import N_
from koordinering.tildeling import queries
from koordinering.tildeling.models import Oppfoelgingsperiode, Tildeling
from koordinering.tildeling.rules import Handling, Tildelingstilstand
from koordinering.tildeling.services.gi import start
from koordinering.tildeling.services.handlinger import handlinger, krev, tilbys
from koordinering.tildeling.services.laas import laas
from koordinering.tildeling.services.tilby import slipp_tilbudet
from koordinering.tildeling.services.uten_innsyn import avslutt_uten_innsyn
from koordinering.tiltak import services as beholdning
from koordinering.tiltak.midler import services as midler
from koordinering.tiltak.oppfoelging.rules import Deltakelse, Oppfoelgingsresultat, sjekk_deltakelse
from koordinering.tiltak.rules import Plasstilstand
from koordinering.users import User

_TILSTAND = {
    Handling.IKKE_MOETT: Tildelingstilstand.IKKE_MOETT,
    Handling.AVSLUTT: Tildelingstilstand.AVSLUTTET,
    Handling.LEVER_TILBAKE: Tildelingstilstand.TILBAKELEVERT,
    Handling.MELD_TAPT: Tildelingstilstand.TAPT,
}
_FRA_BEHOLDNINGEN = frozenset({Handling.LEVER_TILBAKE, Handling.MELD_TAPT})


def frigi(
    henvisning: Henvisning, tilstand: Tildelingstilstand, *, til: Plasstilstand = Plasstilstand.LEDIG, av: User | None
) -> Tildeling | None:
    """End what the referral holds and let its unit or its money go; None when it holds nothing.

    What has been in use has been had: it ends as AVSLUTTET and counts, though its unit comes back.
    """
    tildeling = queries.aapen_tildeling(henvisning)
    if tildeling is None:
        return None
    if tilstand is Tildelingstilstand.TILBAKELEVERT and tildeling.tilstand is Tildelingstilstand.STARTET:
        tilstand = Tildelingstilstand.AVSLUTTET
    tildeling.tilstand = tilstand
    tildeling.slutt = now()
    henvisning.beskjed_siden = None
    db.session.flush()
    if tildeling.plass is not None:
        beholdning.gi_tilbake(tildeling.plass, til=til)
    if tildeling.tilsagn is not None:
        midler.frigi_tilsagn(tildeling.tilsagn, av=av)
    hva = Hva.MELDT_TAPT if tilstand is Tildelingstilstand.TAPT else Hva.TATT_TILBAKE
    audit.record(hva, av=av, gjelder=Ting("henvisning", henvisning.id, tildeling.enhet_id), detalj=tilstand.value)
    return tildeling


def bekreft_start(henvisning: Henvisning, *, av: User) -> None:
    """The card is fetched, the child has come: what was given is in use and can no longer be withdrawn."""
    krev(henvisning, Handling.BEKREFT_START, av=av)
    tildeling = queries.aapen_tildeling(henvisning)
    if tildeling is None:
        raise UgyldigOvergang
    start(henvisning, tildeling, av=av)


def ikke_moett(henvisning: Henvisning, *, av: User) -> None:
    """The child never came: the place is free again, and nobody has taken part in a follow-up."""
    tildeling = queries.aapen_tildeling(henvisning)
    _avslutt(henvisning, Handling.IKKE_MOETT, Avslutningsgrunn.AVBRUTT.value, av=av)
    if tildeling is not None and tildeling.er_oppfoelging:
        _skriv_deltakelse(tildeling, Deltakelse(Oppfoelgingsresultat.IKKE_DELTATT))


def lever_tilbake(henvisning: Henvisning, *, av: User) -> None:
    """The card or place comes back and is free for the next; it counts as had when it has been in use."""
    _avslutt(henvisning, Handling.LEVER_TILBAKE, Avslutningsgrunn.AVBRUTT.value, av=av)


def meld_tapt(henvisning: Henvisning, *, av: User) -> None:
    """The card is lost: it stays in the stock as lost and counts as had."""
    _avslutt(henvisning, Handling.MELD_TAPT, Avslutningsgrunn.AVBRUTT.value, til=Plasstilstand.TAPT, av=av)


def avslutt(
    henvisning: Henvisning,
    grunn: str | None,
    deltar: JaNeiVetIkke | None = None,
    *,
    deltakelse: Deltakelse | None = None,
    fritekst: str | None = None,
    av: User,
) -> None:
    """End a place or a follow-up, with a reason (Avslutningsgrunn).

    `deltar`: whether the child takes part regularly now; demanded when the referral is for a child.
    `deltakelse`: from when to when, and with which result; demanded of a follow-up, and of nothing else.
    """
    if henvisning.barn_id is not None and deltar is None:
        raise UgyldigFelt("deltar", N_("Velg et svar."))
    tildeling = queries.aapen_tildeling(henvisning)
    if tildeling is not None and tildeling.er_oppfoelging:
        _krev_deltakelse(tildeling, deltakelse)
    _avslutt(henvisning, Handling.AVSLUTT, grunn, fritekst=fritekst, av=av)
    if tildeling is not None and deltakelse is not None:
        _skriv_deltakelse(tildeling, deltakelse)
    henvisning.deltar_ved_slutt = deltar if henvisning.barn_id is not None else None
    db.session.flush()


def _krev_deltakelse(tildeling: Tildeling, deltakelse: Deltakelse | None) -> None:
    if deltakelse is None:
        raise UgyldigFelt("resultat", N_("Velg et resultat."))
    sjekk_deltakelse(deltakelse, gitt=tildeling.gitt.astimezone(OSLO).date(), dag=i_dag())


def _skriv_deltakelse(tildeling: Tildeling, deltakelse: Deltakelse) -> None:
    if tildeling.periode is None:
        tildeling.periode = Oppfoelgingsperiode()
    tildeling.periode.fra, tildeling.periode.til = deltakelse.fra, deltakelse.til
    tildeling.periode.resultat = deltakelse.resultat
    db.session.flush()


def _avslutt(
    henvisning: Henvisning,
    handling: Handling,
    grunn: str | None,
    *,
    til: Plasstilstand = Plasstilstand.LEDIG,
    fritekst: str | None = None,
    av: User,
) -> None:
    krev(henvisning, handling, av=av)
    frigi(henvisning, _TILSTAND[handling], til=til, av=av)
    flytt(henvisning, Status.AVSLUTTET, part=Part.MOTTAKER, av=av, grunn=grunn, fritekst=fritekst)
    db.session.flush()


def trekk(henvisning: Henvisning, grunn: str | None, *, fritekst: str | None = None, av: User) -> None:
    """The sender withdraws (Trekkgrunn); what the referral holds by itself comes free."""
    krev(henvisning, Handling.TREKK, av=av)
    frigi(henvisning, Tildelingstilstand.TILBAKELEVERT, av=av)
    slipp_tilbudet(henvisning, part=Part.HENVISER, av=av)
    flytt(henvisning, Status.TRUKKET, part=Part.HENVISER, av=av, grunn=grunn, fritekst=fritekst)
    db.session.flush()


def trekk_samtykke(samtykke: Samtykke, *, av: User) -> None:
    """End a consent: what rested on it is hidden from its receiver, and withdrawn unless something is given."""
    for henvisning in saker.trekk_samtykke(samtykke, av=av):
        laas(henvisning)
        holder = queries.aapen_tildeling(henvisning) is not None
        if not holder and Handling.TREKK in handlinger(henvisning, av):
            trekk(henvisning, Trekkgrunn.SAMTYKKE_TRUKKET.value, av=av)


def lever_tilbake_enhet(tildeling: Tildeling, handling: Handling, *, av: User) -> None:
    """Register from the stock's own page that a card or place came back or was lost.

    For the unit that gave it, also when the consent to read the referral has ended since; nothing of the
    referral is read. `handling`: LEVER_TILBAKE or MELD_TAPT. Raises UgyldigOvergang for any other, and when the
    referral's own state does not offer it.
    """
    require(av, Rettighet.TILDELING_GI, tildeling)
    henvisning = tildeling.henvisning
    laas(henvisning)
    db.session.refresh(tildeling)
    if handling not in _FRA_BEHOLDNINGEN or tildeling.slutt is not None or handling not in tilbys(henvisning):
        raise UgyldigOvergang
    til = Plasstilstand.TAPT if handling is Handling.MELD_TAPT else Plasstilstand.LEDIG
    frigi(henvisning, _TILSTAND[handling], til=til, av=av)
    avslutt_uten_innsyn(henvisning, Avslutningsgrunn.AVBRUTT, part=Part.MOTTAKER, av=av)
