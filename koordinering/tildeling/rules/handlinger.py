"""The actions on a referral: who takes them, from which statuses, and where they lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from koordinering.roles import Rettighet
from koordinering.saker.rules.overganger import LUKKEDE, Part, Status, lovlige
from koordinering.tekst import N_, Kode
from koordinering.tiltak.rules import Mekanikk


class Handling(Kode):
    """What a user may do with a referral here; in the order in which the page shows them."""

    TA_IMOT = "ta_imot", N_("Ta imot")
    GI = "gi", N_("Innvilg")
    VENTELISTE = "venteliste", N_("Sett på venteliste")
    SPOER = "spoer", N_("Spør henviser")
    SETT_PAA_VENT = "sett_paa_vent", N_("Sett på vent")
    FORTSETT = "fortsett", N_("Ta opp til behandling")
    GI_MEDHOLD = "gi_medhold", N_("Behandle klagen på nytt")
    OPPRETTHOLD = "oppretthold", N_("Oppretthold avslaget")
    BEKREFT_START = "bekreft_start", N_("Bekreft at det er tatt i bruk")
    IKKE_MOETT = "ikke_moett", N_("Meld ikke møtt")
    AVSLUTT = "avslutt", N_("Avslutt")
    LEVER_TILBAKE = "lever_tilbake", N_("Registrer levert tilbake")
    MELD_TAPT = "meld_tapt", N_("Meld tapt")
    VIDERESEND = "videresend", N_("Send videre")
    AVSLAA = "avslaa", N_("Avslå")
    GJENAAPNE = "gjenaapne", N_("Gjenåpne")
    TREKK = "trekk", N_("Trekk henvisningen")
    ANGRE = "angre", N_("Angre tildelingen")


@dataclass(frozen=True)
class Handlingsregel:
    """Who takes an action, from which statuses, and where it leads."""

    part: Part
    rett: Rettighet
    fra: frozenset[Status]
    til: Status
    gitt: frozenset[Mekanikk] | None = None
    """Only when something of these kinds is held; None: whether or not anything is."""


def _regel(
    rett: Rettighet, fra: set[Status] | frozenset[Status], til: Status, gitt: frozenset[Mekanikk] | None = None
) -> Handlingsregel:
    part = Part.HENVISER if rett is Rettighet.HENVISNING_REGISTRER else Part.MOTTAKER
    return Handlingsregel(part, rett, frozenset(fra), til, gitt)


_MOTTA, _GI, _SEND = Rettighet.HENVISNING_MOTTA, Rettighet.TILDELING_GI, Rettighet.HENVISNING_REGISTRER
_ALT = frozenset({Mekanikk.KORT, Mekanikk.FRIPLASS, Mekanikk.OPPFOELGING})
_HOLDT = {Status.INNVILGET, Status.I_GANG}

HANDLINGER: Mapping[Handling, Handlingsregel] = MappingProxyType(
    {
        Handling.TA_IMOT: _regel(_MOTTA, {Status.SENDT, Status.MOTTATT}, Status.UNDER_BEHANDLING),
        Handling.GI: _regel(_GI, {Status.UNDER_BEHANDLING, Status.VENTELISTE}, Status.INNVILGET),
        Handling.VENTELISTE: _regel(_GI, {Status.UNDER_BEHANDLING}, Status.VENTELISTE),
        Handling.SPOER: _regel(_MOTTA, {Status.UNDER_BEHANDLING}, Status.PAA_VENT),
        Handling.SETT_PAA_VENT: _regel(_MOTTA, {Status.UNDER_BEHANDLING}, Status.PAA_VENT),
        Handling.FORTSETT: _regel(_MOTTA, {Status.PAA_VENT, Status.VENTELISTE}, Status.UNDER_BEHANDLING),
        Handling.GI_MEDHOLD: _regel(_MOTTA, {Status.PAAKLAGET}, Status.UNDER_BEHANDLING),
        Handling.OPPRETTHOLD: _regel(_MOTTA, {Status.PAAKLAGET}, Status.AVSLAATT),
        Handling.BEKREFT_START: _regel(_GI, {Status.INNVILGET}, Status.I_GANG, _ALT | {Mekanikk.MIDLER}),
        Handling.IKKE_MOETT: _regel(_GI, {Status.INNVILGET}, Status.AVSLUTTET, _ALT - {Mekanikk.KORT}),
        Handling.AVSLUTT: _regel(_GI, _HOLDT, Status.AVSLUTTET, (_ALT | {Mekanikk.MIDLER}) - {Mekanikk.KORT}),
        Handling.LEVER_TILBAKE: _regel(_GI, _HOLDT, Status.AVSLUTTET, _ALT - {Mekanikk.OPPFOELGING}),
        Handling.MELD_TAPT: _regel(_GI, _HOLDT, Status.AVSLUTTET, frozenset({Mekanikk.KORT})),
        Handling.VIDERESEND: _regel(_MOTTA, {Status.MOTTATT, Status.UNDER_BEHANDLING}, Status.VIDERESENDT),
        Handling.AVSLAA: _regel(_MOTTA, {Status.UNDER_BEHANDLING, Status.PAA_VENT, Status.VENTELISTE}, Status.AVSLAATT),
        Handling.GJENAAPNE: _regel(_MOTTA, LUKKEDE - {Status.VIDERESENDT, Status.VIST_TIL}, Status.UNDER_BEHANDLING),
        Handling.ANGRE: _regel(_GI, _HOLDT, Status.VENTELISTE, _ALT | {Mekanikk.MIDLER}),
        Handling.TREKK: _regel(
            _SEND,
            {
                Status.VENTER_SAMTYKKE,
                Status.SENDT,
                Status.MOTTATT,
                Status.UNDER_BEHANDLING,
                Status.PAA_VENT,
                Status.VENTELISTE,
                Status.PAAKLAGET,
                Status.INNVILGET,
            },
            Status.TRUKKET,
        ),
    }
)
"""Every action; the transition table must allow it too (a test holds the two together)."""


@dataclass(frozen=True)
class Stilling:
    """Where a referral stands, as far as actions depend on it."""

    status: Status
    enkeltvedtak: bool
    startet: bool
    gitt: Mekanikk | None
    """The kind of what it holds now, None when it holds nothing."""
    kan_angres: bool = False
    """What it holds was given by the one who asks, a moment ago, and nothing rests on it yet."""
    venter_svar: bool = False
    """A place is offered to it, and the answer is awaited: one thing at a time."""


def lovlige_handlinger(stilling: Stilling) -> tuple[Handling, ...]:
    """The actions that the referral's own state allows, whoever asks."""
    return tuple(handling for handling, regel in HANDLINGER.items() if _lovlig(stilling, regel))


def _lovlig(stilling: Stilling, regel: Handlingsregel) -> bool:
    if stilling.status not in regel.fra or (regel.gitt is not None and stilling.gitt not in regel.gitt):
        return False
    if regel is HANDLINGER[Handling.ANGRE] and not stilling.kan_angres:
        return False
    if regel is HANDLINGER[Handling.GI] and stilling.venter_svar:
        return False
    # Taking in is two steps in one click, of which the table knows each.
    fra = Status.MOTTATT if stilling.status is Status.SENDT and regel.part is Part.MOTTAKER else stilling.status
    return regel.til in lovlige(fra, regel.part, enkeltvedtak=stilling.enkeltvedtak, startet=stilling.startet)
