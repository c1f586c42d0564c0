"""The catalogue: which tables there are, and how each is counted (data/telledefinisjoner.yaml)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from koordinering.statistikk.disclosure import Kolonne, Slag, Telledefinisjon, Ulikhet
from koordinering.statistikk.measures.ulikheter import ulikhet

_FIL = Path(__file__).parents[2] / "data" / "telledefinisjoner.yaml"


class Definisjon(NamedTuple):
    """A table of the catalogue and how it is counted."""

    kode: str
    tittel: str
    hva: str
    dimensjoner: Mapping[str, str]
    """Label of each dimension, by its code."""
    kolonner: tuple[Kolonne, ...]
    telledefinisjoner: tuple[Telledefinisjon, ...]
    gruppe: str
    enveis: tuple[str, ...]
    """One-way tables to offer where most of this one is hidden."""

    @property
    def dimensjon(self) -> str:
        """What the table is divided by, in words."""
        return " × ".join(self.dimensjoner.values())


class Tabellsett(NamedTuple):
    """Tables that are often released together."""

    kode: str
    tittel: str
    hva: str
    tabeller: tuple[str, ...]


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
    return {t["kode"]: _definisjon(t) for t in _fil()["tabeller"]}


@cache
def tabellsett() -> Mapping[str, Tabellsett]:
    """The named sets of tables, in order."""
    return {s["kode"]: Tabellsett(**{**s, "tabeller": tuple(s["tabeller"])}) for s in _fil()["sett"]}


@cache
def ulikheter(versjon: int | None = None) -> tuple[Ulikhet, ...]:
    """What follows from what the words mean; `versjon`: as much of it as that version of the definitions had."""
    hoeyst = definisjonsversjon() if versjon is None else versjon
    return tuple(en for en in map(ulikhet, _fil()["ulikheter"]) if en.fra <= hoeyst)


def _definisjon(tabell: Mapping[str, Any]) -> Definisjon:
    ord_ = {d["kode"]: Telledefinisjon(f"{d['tittel']}: {d['tekst']}", d["versjon"]) for d in _fil()["definisjoner"]}
    etiketter, kolonner = _fil()["dimensjoner"], _fil()["kolonner"]
    return Definisjon(
        tabell["kode"],
        tabell["tittel"],
        tabell["hva"],
        {kode: etiketter[kode] for kode in tabell["dimensjoner"]},
        tuple(_kolonne(kolonner[kode]) for kode in tabell["kolonner"]),
        (Telledefinisjon(tabell["tekst"], tabell["versjon"]), *(ord_[kode] for kode in tabell["definisjoner"])),
        tabell["gruppe"],
        tuple(tabell.get("enveis", ())),
    )


def _kolonne(kolonne: Mapping[str, Any]) -> Kolonne:
    return Kolonne(**{**kolonne, "slag": Slag(kolonne.get("slag", Slag.ANTALL))})
