"""What each action of the demo does to a referral's status: the same steps as the services take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from koordinering.demo.beskrivelse import Handling, Henvisning, Steg
from koordinering.saker.rules.overganger import Avslagsgrunn, Avslutningsgrunn, PaaVentGrunn, Part, Status, Trekkgrunn
from koordinering.tildeling.rules import Tildelingstilstand


@dataclass(frozen=True, slots=True)
class Flytt:
    """One transition, taken by one side."""

    til: Status
    part: Part
    grunn: str | None = None
    """The reason where it follows from the action."""


_M, _H = Part.MOTTAKER, Part.HENVISER
_TA_IMOT = (Flytt(Status.MOTTATT, _M), Flytt(Status.UNDER_BEHANDLING, _M))
_AVBRUTT = (Flytt(Status.AVSLUTTET, _M, Avslutningsgrunn.AVBRUTT.value),)

FLYTT: Mapping[Handling, tuple[Flytt, ...]] = {
    Handling.REGISTRER_UTKAST: (),
    Handling.SEND: (Flytt(Status.SENDT, _H),),
    Handling.SAMTYKKE_GITT: (Flytt(Status.SENDT, _H),),
    Handling.MOTTA: (Flytt(Status.MOTTATT, _M),),
    Handling.TA_IMOT: _TA_IMOT,
    Handling.SPOER: (Flytt(Status.PAA_VENT, _M, PaaVentGrunn.MANGLER_OPPLYSNINGER.value),),
    Handling.SVAR: (Flytt(Status.UNDER_BEHANDLING, Part.SYSTEM),),
    Handling.VENT: (Flytt(Status.PAA_VENT, _M),),
    Handling.FORTSETT: (Flytt(Status.UNDER_BEHANDLING, _M),),
    Handling.VENTELISTE: (Flytt(Status.VENTELISTE, _M),),
    Handling.GI: (Flytt(Status.INNVILGET, _M),),
    Handling.BESKJED: (),
    Handling.START: (Flytt(Status.I_GANG, _M),),
    Handling.AVSLUTT: (Flytt(Status.AVSLUTTET, _M),),
    Handling.LEVER_TILBAKE: _AVBRUTT,
    Handling.MELD_TAPT: _AVBRUTT,
    Handling.IKKE_MOETT: _AVBRUTT,
    Handling.UTLOEP: (Flytt(Status.AVSLUTTET, Part.SYSTEM, Avslutningsgrunn.UTLOEPT.value),),
    Handling.AVSLAA: (Flytt(Status.AVSLAATT, _M),),
    Handling.KLAG: (Flytt(Status.PAAKLAGET, _H),),
    Handling.MEDHOLD: (Flytt(Status.UNDER_BEHANDLING, _M),),
    Handling.OPPRETTHOLD: (Flytt(Status.AVSLAATT, _M, Avslagsgrunn.KLAGE_IKKE_MEDHOLD.value),),
    Handling.GJENAAPNE: (Flytt(Status.UNDER_BEHANDLING, _M),),
    Handling.TREKK: (Flytt(Status.TRUKKET, _H),),
    Handling.SAMTYKKE_TRUKKET: (Flytt(Status.TRUKKET, _H, Trekkgrunn.SAMTYKKE_TRUKKET.value),),
    Handling.VIDERESEND: (Flytt(Status.VIDERESENDT, _M),),
    Handling.VIDERESENDT_HIT: (Flytt(Status.SENDT, Part.SYSTEM),),
}
"""Actions that always take the same transitions; registering and giving at once depend on more."""

MED_GRUNN = frozenset(
    {
        Handling.VENT,
        Handling.AVSLUTT,
        Handling.AVSLAA,
        Handling.GJENAAPNE,
        Handling.TREKK,
        Handling.VIDERESEND,
    }
)
"""Actions whose code is the reason of their transition."""

SLUTT: Mapping[Handling, Tildelingstilstand] = {
    Handling.AVSLUTT: Tildelingstilstand.AVSLUTTET,
    Handling.LEVER_TILBAKE: Tildelingstilstand.AVSLUTTET,
    Handling.MELD_TAPT: Tildelingstilstand.TAPT,
    Handling.IKKE_MOETT: Tildelingstilstand.IKKE_MOETT,
    Handling.UTLOEP: Tildelingstilstand.AVSLUTTET,
}
"""Actions that end what was given, and what it then is."""


def flytt(henvisning: Henvisning, steg: Steg, venter: bool) -> tuple[Flytt, ...]:
    """The transitions of one step. `venter`: consent was missing when the referral was registered."""
    if steg.handling is Handling.REGISTRER:
        if henvisning.mottaker is None:
            return (Flytt(Status.VIST_TIL, _H),)
        return (Flytt(Status.VENTER_SAMTYKKE, Part.SYSTEM) if venter else Flytt(Status.SENDT, _H),)
    if steg.handling is Handling.SEND and henvisning.mottaker is None:
        return (Flytt(Status.VIST_TIL, _H),)
    if steg.handling is Handling.GI_STRAKS:
        gitt = (Flytt(Status.INNVILGET, _M), Flytt(Status.I_GANG, _M))
        return (*_TA_IMOT, *(gitt if steg.beholdning is not None else (Flytt(Status.VENTELISTE, _M),)))
    return FLYTT[steg.handling]


def overganger(henvisning: Henvisning) -> Iterator[tuple[Steg, Flytt]]:
    """Every transition of the referral, in order, with the step that it belongs to."""
    venter = henvisning.venter
    for steg in henvisning.steg:
        for overgang in flytt(henvisning, steg, venter):
            yield steg, overgang


def status(henvisning: Henvisning) -> Status:
    """Where the referral stands after its steps."""
    siste = Status.UTKAST
    for _, overgang in overganger(henvisning):
        siste = overgang.til
    return siste
