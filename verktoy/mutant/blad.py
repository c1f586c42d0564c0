"""What came of it, as data and as a page: the survivors that are explained, and docs/mutanter.md."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from verktoy.mutant.tabell import MODULER

ROT = Path(__file__).parents[2]
FORKLART = Path(__file__).with_name("overlevende.yaml")
"""By hand: module → groups of survivors with the reason why no test can or need see them."""
TALL = Path(__file__).with_name("tall.json")
"""By the command: what the last run of each module gave."""
SIDE = ROT / "docs" / "mutanter.md"

Merke = tuple[str, str, str, str, int]
"""Module, function, what the lines were, what they became, and which of several alike (from 1)."""


@dataclass(frozen=True)
class Gruppe:
    """Survivors of one function with one reason."""

    modul: str
    funksjon: str
    hvorfor: str
    mutanter: tuple[tuple[int, str, str, int], ...]
    """The line when it was run, what it was, what it became, which of several alike."""

    def merker(self) -> Iterator[Merke]:
        """What each is known again by."""
        for _linje, fra, til, nr in self.mutanter:
            yield self.modul, self.funksjon, fra, til, nr


def forklarte() -> list[Gruppe]:
    """Everything that is explained, in the order of the file."""
    lest: Mapping[str, list[dict[str, Any]]] = yaml.safe_load(FORKLART.read_text(encoding="utf-8"))
    return [
        Gruppe(
            modul,
            en.get("funksjon", ""),
            " ".join(en["hvorfor"].split()),
            tuple((m["linje"], m["fra"], m["til"], m.get("nr", 1)) for m in en["mutanter"]),
        )
        for modul, grupper in lest.items()
        for en in grupper
    ]


def tall() -> dict[str, dict[str, Any]]:
    """The figures of each module that was run."""
    lest: dict[str, dict[str, Any]] = json.loads(TALL.read_text(encoding="utf-8"))
    return lest


MERKE = "<!-- written by: .venv/bin/python -m verktoy.mutant --blad -->\n"
"""What stands after it on the page is made from the data; what stands before is written by hand."""

_HODE = """
## Figures

| module | date | tried | mutants | killed | timed out | survived, explained | seconds |
| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |
"""


def lag() -> str:
    """What the data says: the figures, and each survivor with its reason."""
    alle = tall()
    rader = [_rad(modul, en) for modul, en in alle.items()]
    sum_ = {n: sum(en[n] for en in alle.values()) for n in ("mutanter", "drept", "tid", "overlevde", "sekunder")}
    ukjoert = "".join(f"- `{modul}`\n" for modul in MODULER if modul not in alle) or "None of the table.\n"
    hode = (
        _HODE,
        *rader,
        _rad("together", {"dato": "", "omfang": "", **sum_}),
        f"\n## In the table and not run\n\n{ukjoert}",
    )
    return "".join((*hode, "\n## Survivors\n", *_overlevende(alle)))


def _rad(modul: str, en: Mapping[str, Any]) -> str:
    celler = (
        modul,
        *(en[n] for n in ("dato", "omfang", "mutanter", "drept", "tid", "overlevde")),
        en["sekunder"] or "–",
    )
    return f"| {' | '.join(str(celle) for celle in celler)} |\n"


def _overlevende(moduler: Iterable[str]) -> Iterator[str]:
    grupper = forklarte()
    for modul in moduler:
        egne = [gruppe for gruppe in grupper if gruppe.modul == modul]
        yield f"\n### {modul}\n" + ("" if egne else "\nNone.\n")
        for gruppe in egne:
            yield f"\n{_navn(gruppe)}{gruppe.hvorfor}\n\n```diff\n"
            for linje, fra, til, nr in gruppe.mutanter:
                yield f"@@ line {linje}{f', number {nr} of this kind' if nr > 1 else ''} @@\n- {fra}\n+ {til}\n"
            yield "```\n"


def _navn(gruppe: Gruppe) -> str:
    return f"**{gruppe.funksjon}**: " if gruppe.funksjon else "**Module level**: "


def skriv() -> None:
    """Write the page anew after its mark."""
    hand = SIDE.read_text(encoding="utf-8").partition(MERKE)[0]
    SIDE.write_text(hand + MERKE + lag(), encoding="utf-8")
