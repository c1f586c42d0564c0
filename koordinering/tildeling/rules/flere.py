"""Several at once: which action each way is, what it needs, and what it asks for once for all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.tildeling.rules.handlinger import Handling
from koordinering.tildeling.rules.runde import Maate

MAKS_SAMTIDIG = 100
"""Rows chosen by hand at a time."""

HANDLING: Mapping[Maate, Handling] = MappingProxyType(
    {
        Maate.GI: Handling.GI,
        Maate.TILBY: Handling.GI,
        Maate.VENTELISTE: Handling.VENTELISTE,
        Maate.AVSLAA: Handling.AVSLAA,
        Maate.TILBAKE: Handling.LEVER_TILBAKE,
        Maate.AVSLUTT: Handling.AVSLUTT,
    }
)
"""The action on one referral that is taken on each row."""

I_KOEEN = (Maate.GI, Maate.TILBY, Maate.VENTELISTE, Maate.AVSLAA)
"""What can be done with those who stand in the queue."""

HOLDT = (Maate.TILBAKE, Maate.AVSLUTT)
"""What can be done with places that are held."""

MED_TILBUD = frozenset({Maate.GI, Maate.TILBY, *HOLDT})
"""What concerns places in one chosen offer."""

SPOER_OM: Mapping[Maate, tuple[str, ...]] = MappingProxyType(
    {
        Maate.TILBY: ("frist_dager",),
        Maate.AVSLAA: ("grunn", "fritekst"),
        Maate.AVSLUTT: ("grunn", "fritekst", "deltar"),
    }
)
"""The fields that an action asks for, one answer for all the rows."""


@dataclass(frozen=True)
class Tillegg:
    """What was answered. It is never stored with the decision: the text belongs in the case of each child, sealed."""

    grunn: str | None = None
    fritekst: str | None = field(default=None, repr=False)
    deltar: JaNeiVetIkke | None = None


def kan_fortsette(maate: Maate, tillegg: Tillegg) -> bool:
    """Whether a line can be carried out with these answers: one with a reason only in the click that gave it."""
    return "grunn" not in SPOER_OM.get(maate, ()) or tillegg.grunn is not None
