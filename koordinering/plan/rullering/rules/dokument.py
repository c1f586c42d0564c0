"""A version of the plan as a document: to JSON and back, and its checksum."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from koordinering.plan.rules.planfil import (
    Delmaalslinje,
    Enhetslinje,
    Indikatorlinje,
    Indikatorslag,
    Planfil,
    Planhode,
    Strategilinje,
    Tiltakslinje,
)
from koordinering.tiltak.rules import Kadens, Mekanikk

Innhold = dict[str, Any]


def til_innhold(fil: Planfil) -> Innhold:
    """The whole plan as what JSON can hold."""
    innhold: Innhold = json.loads(json.dumps(asdict(fil), ensure_ascii=False))
    return innhold


def sjekksum(innhold: Mapping[str, Any]) -> str:
    """SHA-256 of the document in one fixed way of writing it, hexadecimal."""
    tekst = json.dumps(innhold, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(tekst.encode()).hexdigest()


def fra_innhold(innhold: Mapping[str, Any]) -> Planfil:
    """The plan that a stored document holds."""
    return Planfil(
        hode=Planhode(**innhold["hode"]),
        enheter=tuple(Enhetslinje(**en) for en in innhold["enheter"]),
        delmaal=tuple(Delmaalslinje(**en) for en in innhold["delmaal"]),
        strategier=tuple(_strategi(en) for en in innhold["strategier"]),
        indikatorer=tuple(_indikator(en) for en in innhold["indikatorer"]),
    )


def _strategi(en: Mapping[str, Any]) -> Strategilinje:
    return Strategilinje(**{**en, "tiltak": tuple(_tiltak(t) for t in en["tiltak"])})


def _tiltak(en: Mapping[str, Any]) -> Tiltakslinje:
    return Tiltakslinje(
        **{
            **en,
            "kadens": Kadens(en["kadens"]),
            "mekanikker": tuple(Mekanikk(m) for m in en["mekanikker"]),
            "ansvar": tuple((enhet, hoved) for enhet, hoved in en["ansvar"]),
        }
    )


def _indikator(en: Mapping[str, Any]) -> Indikatorlinje:
    return Indikatorlinje(**{**en, "slag": Indikatorslag(en["slag"]), "tiltak": tuple(en["tiltak"])})
