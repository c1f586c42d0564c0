"""The audit: what anybody could work out from published tables, without a line of the code that protected them.

It reads the published tables, builds the attacker's problem anew and asks how low and how high each hidden number
could be: by linear programmes, for whole numbers where the linear answer leaves a doubt, and for whoever knows all
that one family contributes. The raw counts say only which numbers must not be known.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import monotonic
from typing import TYPE_CHECKING

from koordinering.statistikk.disclosure.revisjon.granskning import Granskning
from koordinering.statistikk.disclosure.revisjon.kjent import TAK, Motstrid, Problem
from koordinering.statistikk.disclosure.revisjon.ordene import Ordene
from koordinering.statistikk.disclosure.revisjon.regning import Regnskap, del_opp
from koordinering.statistikk.disclosure.tabell import Noekkel, RawCounts, SafeTable, Tegn
from koordinering.statistikk.disclosure.ulikhet import Ulikhet

if TYPE_CHECKING:
    from koordinering.statistikk.disclosure import Regler, Tidligere

__all__ = ["TAK", "Revisjon", "Tabellrevisjon", "revider", "slutninger"]


@dataclass(frozen=True)
class Tabellrevisjon:
    """What was found in one table, in cells. Kept with the raw counts, never published."""

    kode: str
    celler: int
    skjult: int
    primaere: int
    sekundaere: int
    primaere_vist: int
    kjent_noeyaktig: int
    """Primary cells of which somebody outside knows a number exactly."""
    kjent_smaa: int
    """Small cells that somebody outside knows to be under the threshold."""
    for_smale: int
    """Primary cells whose interval breaks rule 4 in any way."""
    kjent_for_innsider: int
    usanne: int
    """Cells whose true number lies outside the interval: the model or the printed table is wrong."""
    smaleste: float | None
    """No interval of a primary cell is narrower: what tables found, or the extremes where they were needed, span."""


@dataclass(frozen=True)
class Revisjon:
    """The judgement of a set of tables, and how it was reached. Never published."""

    tabeller: tuple[Tabellrevisjon, ...]
    motstrid: bool
    """The published tables contradict each other or the counts."""
    for_smaa_endringer: int
    """Differences from earlier releases, from 1 to under the threshold, that are known too well (rule 8)."""
    uavklarte: int
    innsidere: int
    lineaere: int
    heltall: int
    sekunder: float

    @property
    def ok(self) -> bool:
        """Whether nobody learns what must not be learned. What could not be settled in time is not ok."""
        return not (self.motstrid or self.for_smaa_endringer or self.uavklarte) and not any(
            t.primaere_vist or t.kjent_noeyaktig or t.kjent_smaa or t.for_smale or t.kjent_for_innsider or t.usanne
            for t in self.tabeller
        )

    def til_json(self) -> str:
        """For whoever owns the raw counts: kept with a release."""
        return json.dumps({"ok": self.ok, **asdict(self)}, ensure_ascii=False, sort_keys=True)


def revider(
    vist: Sequence[SafeTable], raa: Sequence[RawCounts], regler: "Regler", tidligere: Sequence["Tidligere"] = (),
    ulikheter: Sequence[Ulikhet] = (),
) -> Revisjon:  # fmt: skip
    """Judge tables that are to be published together, beside what was published before of the same year. `ulikheter`
    are what follows from what the words mean."""
    start = monotonic()
    granskning = Granskning(vist, raa, regler, tidligere, ulikheter)
    try:
        granskning.kjoer()
    except Motstrid:
        granskning.motstrid = True
    regnskap = granskning.regnskap
    return Revisjon(
        tabeller=tuple(_tabell(granskning, nr) for nr in range(len(raa))),
        motstrid=granskning.motstrid,
        for_smaa_endringer=granskning.for_smaa_endringer,
        uavklarte=regnskap.uavklarte,
        innsidere=granskning.innsidere,
        lineaere=regnskap.linjer,
        heltall=regnskap.heltall,
        sekunder=round(monotonic() - start, 3),
    )


def _tabell(granskning: Granskning, nr: int) -> Tabellrevisjon:
    raw, vist, funn = granskning.raa[nr], granskning.vist[nr], granskning.funn[nr]
    skjult = {n for n, celler in vist.celler.items() if Tegn.SKJULT in celler}
    primaere = granskning.primaere[nr]
    return Tabellrevisjon(
        kode=raw.kode,
        celler=sum(1 for _ in raw.noekler) - len(raw.strukturelle),
        skjult=len(skjult),
        primaere=len(primaere),
        sekundaere=len(skjult - primaere),
        primaere_vist=len(funn.vist),
        kjent_noeyaktig=len(funn.noeyaktig),
        kjent_smaa=len(funn.smaa),
        for_smale=len(funn.smale),
        kjent_for_innsider=len(funn.innsider),
        usanne=len(funn.usanne),
        smaleste=min(funn.bredder, default=None),
    )


def slutninger(
    vist: Sequence[SafeTable], *, nuller_vises: bool = False, hele: bool = False, ulikheter: Sequence[Ulikhet] = ()
) -> dict[tuple[int, Noekkel, str], tuple[float, float]]:
    """The interval of every hidden number, by table, cell and column, from the published tables alone.

    `hele`: for an attacker who knows that every number of the table is whole, not only the one asked for.
    """
    problem = Problem()
    for tabell in vist:
        problem.legg_til(0, tabell, nuller_vises=nuller_vises)
    Ordene(0, vist, ulikheter).legg_til(problem)
    problem.stram()
    spenn = dict(enumerate(zip(problem.gulv, problem.tak, strict=True)))
    for gruppe in del_opp(problem, Regnskap()):
        for i, v in enumerate(gruppe.variabler):
            spenn[v] = gruppe.spenn_hele(i) if hele else gruppe.spenn(i)
    skjulte: dict[tuple[int, Noekkel, str], tuple[float, float]] = {}
    for nr, tabell in enumerate(vist):
        for noekkel, celler in tabell.celler.items():
            for kolonne, celle in zip(tabell.kolonner, celler, strict=True):
                if celle is Tegn.SKJULT:
                    skjulte[nr, noekkel, kolonne.kode] = spenn[problem.finn(0, tabell, kolonne, noekkel)]
    return skjulte
