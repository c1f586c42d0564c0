"""The report as a document: nothing but texts, so that what is frozen reads the same whatever changes around it.

Figures are texts already, as a protected table or a series showed them on the day the report was made.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FORM = 1
"""Version of this form. A reader of a later form must still read this one."""


@dataclass(frozen=True)
class Avsnitt:
    """A piece of a cell: what it is, and the text."""

    navn: str
    tekst: str


@dataclass(frozen=True)
class Bildedel:
    """A picture of a series, in words too. The table beside it has the same figures."""

    svg: str
    tittel: str
    beskrivelse: str


@dataclass(frozen=True)
class Tallrad:
    """One series of a measure: this year's figure beside last year's."""

    tiltak: str
    """The measure's number in the plan; empty for the plan as a whole."""
    hva: str
    enhet: str
    naa: str
    fjor: str
    endring: str
    """In words; empty where the two may not be compared."""
    tidligere: str
    """Still earlier years, counted in the same way."""
    merknad: str


@dataclass(frozen=True)
class Tiltaksdel:
    """One row of the plan's matrix, with its last column filled in."""

    id: str
    navn: str
    ansvar: tuple[str, ...]
    evalueres: str
    """What the plan says of evaluation."""
    vurdert: bool
    """There is an approved assessment of the year."""
    konklusjon: str
    celle: tuple[Avsnitt, ...]
    """What stands in the cell: the assessment, or what is missing and whose turn it is."""


@dataclass(frozen=True)
class Strategidel:
    """One strategy: its measures, their figures and pictures."""

    id: str
    tekst: str
    tiltak: tuple[Tiltaksdel, ...]
    tall: tuple[Tallrad, ...]
    bilder: tuple[Bildedel, ...]


@dataclass(frozen=True)
class Kravrad:
    """What the plan asks of activities, and how many there were."""

    tiltak: str
    hva: str
    krav: str
    antall: str
    mangler: str


@dataclass(frozen=True)
class Kilde:
    """A release that figures were taken from."""

    nummer: int
    aar: int
    publisert: str
    sha256: str


@dataclass(frozen=True)
class Rapport:
    """All of it."""

    aar: int
    tittel: str
    kommune: str
    periode: str
    vedtak: str
    planversjon: str
    laget: str
    """The day, dd.mm.yyyy."""
    delmaal: tuple[Avsnitt, ...]
    hovedtall: tuple[Tallrad, ...]
    """Of the plan as a whole."""
    strategier: tuple[Strategidel, ...]
    krav: tuple[Kravrad, ...]
    definisjoner: tuple[Avsnitt, ...]
    skjult: tuple[str, ...]
    tegn: tuple[Avsnitt, ...]
    kilder: tuple[Kilde, ...]
    form: int = FORM

    @property
    def tiltak(self) -> tuple[Tiltaksdel, ...]:
        """Every measure, in the plan's order."""
        return tuple(tiltak for strategi in self.strategier for tiltak in strategi.tiltak)

    @property
    def mangler(self) -> tuple[Tiltaksdel, ...]:
        """The measures without an assessment of the year."""
        return tuple(tiltak for tiltak in self.tiltak if not tiltak.vurdert)


def til_json(rapport: Rapport) -> str:
    """One way of writing it: the same report gives the same bytes."""
    return json.dumps(asdict(rapport), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sjekksum(tekst: str) -> str:
    """SHA-256 of what til_json wrote, hexadecimal."""
    return hashlib.sha256(tekst.encode()).hexdigest()


def fra_json(tekst: str) -> Rapport:
    """Read a report back that til_json wrote."""
    data: dict[str, Any] = json.loads(tekst)
    return Rapport(
        **{
            **data,
            "delmaal": _alle(Avsnitt, data["delmaal"]),
            "hovedtall": _alle(Tallrad, data["hovedtall"]),
            "strategier": tuple(_strategi(en) for en in data["strategier"]),
            "krav": _alle(Kravrad, data["krav"]),
            "definisjoner": _alle(Avsnitt, data["definisjoner"]),
            "skjult": tuple(data["skjult"]),
            "tegn": _alle(Avsnitt, data["tegn"]),
            "kilder": _alle(Kilde, data["kilder"]),
        }
    )


def _alle(slag: Any, rader: list[Mapping[str, Any]]) -> Any:
    return tuple(slag(**rad) for rad in rader)


def _strategi(en: Mapping[str, Any]) -> Strategidel:
    return Strategidel(
        id=en["id"],
        tekst=en["tekst"],
        tiltak=tuple(_tiltak(rad) for rad in en["tiltak"]),
        tall=_alle(Tallrad, en["tall"]),
        bilder=_alle(Bildedel, en["bilder"]),
    )


def _tiltak(en: Mapping[str, Any]) -> Tiltaksdel:
    return Tiltaksdel(**{**en, "ansvar": tuple(en["ansvar"]), "celle": _alle(Avsnitt, en["celle"])})
