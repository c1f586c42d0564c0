"""The document that answers a request for access: parts, sections, rows of text. What page, PDF and JSON show."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Avsnitt:
    """One table of what is stored, and what it means in plain words."""

    tittel: str
    forklaring: str
    kolonner: tuple[str, ...]
    rader: tuple[tuple[str, ...], ...]
    tomt: str
    """What stands there when there are no rows."""


@dataclass(frozen=True)
class Del:
    """What one unit has stored in one case."""

    tittel: str
    avsnitt: tuple[Avsnitt, ...]


@dataclass(frozen=True)
class Dokument:
    """The whole answer."""

    tittel: str
    innledning: tuple[str, ...]
    deler: tuple[Del, ...] = field(default=())


def til_json(dokument: Dokument) -> str:
    """The document for a machine: each row as an object of its columns."""
    return json.dumps(_uten_kolonner(dokument), ensure_ascii=False, indent=2)


def _uten_kolonner(dokument: Dokument) -> dict[str, Any]:
    return {
        "tittel": dokument.tittel,
        "innledning": list(dokument.innledning),
        "deler": [
            {
                "tittel": del_.tittel,
                "avsnitt": [
                    {
                        "tittel": a.tittel,
                        "forklaring": a.forklaring,
                        "rader": [dict(zip(a.kolonner, rad, strict=True)) for rad in a.rader],
                    }
                    for a in del_.avsnitt
                ],
            }
            for del_ in dokument.deler
        ],
    }


def pakk(dokument: Dokument) -> str:
    """The document as text that pakk_ut reads back."""
    return json.dumps(asdict(dokument), ensure_ascii=False)


def pakk_ut(tekst: str) -> Dokument:
    """What pakk wrote."""
    data = json.loads(tekst)
    deler = tuple(Del(d["tittel"], tuple(_avsnitt(a) for a in d["avsnitt"])) for d in data["deler"])
    return Dokument(data["tittel"], tuple(data["innledning"]), deler)


def _avsnitt(data: dict[str, Any]) -> Avsnitt:
    rader: Sequence[Sequence[str]] = data["rader"]
    return Avsnitt(
        data["tittel"], data["forklaring"], tuple(data["kolonner"]), tuple(tuple(r) for r in rader), data["tomt"]
    )
