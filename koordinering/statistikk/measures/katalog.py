"""The catalogue: which tables there are, and how each is counted (data/telledefinisjoner.yaml)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from koordinering.statistikk.disclosure import Telledefinisjon

_FIL = Path(__file__).parents[2] / "data" / "telledefinisjoner.yaml"


class Definisjon(NamedTuple):
    """A table of the catalogue and how it is counted."""

    kode: str
    tittel: str
    hva: str
    dimensjon: str
    telledefinisjoner: tuple[Telledefinisjon, ...]
    gruppe: str = ""
    enveis: tuple[str, ...] = ()


@cache
def _fil() -> dict[str, Any]:
    innhold: dict[str, Any] = yaml.safe_load(_FIL.read_text(encoding="utf-8"))
    return innhold


def definisjonsversjon() -> int:
    """Version of the whole set of counting definitions."""
    return int(_fil()["versjon"])


@cache
def definisjoner() -> Mapping[str, Definisjon]:
    """The catalogue: every table that can be asked for, in order."""
    ord_ = {d["kode"]: Telledefinisjon(f"{d['tittel']}: {d['tekst']}", d["versjon"]) for d in _fil()["definisjoner"]}
    return {
        t["kode"]: Definisjon(
            t["kode"],
            t["tittel"],
            t["hva"],
            t["dimensjon"],
            (
                Telledefinisjon(t["tekst"], t["versjon"]),
                *(ord_[kode] for kode in t["definisjoner"]),
            ),
            t["gruppe"],
            tuple(t.get("enveis", ())),
        )
        for t in _fil()["tabeller"]
    }
