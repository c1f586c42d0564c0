"""The only way from raw counts to tables that may be shown: `beskytt` (docs/prikking.md, DISCLOSURE.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from koordinering.statistikk.disclosure.tabell import (
    BARN,
    FAMILIER,
    HOEYESTE_TERSKEL,
    LAVESTE_TERSKEL,
    SUM_TEKST,
    TOTAL,
    Celle,
    Dimensjon,
    Kategori,
    Kolonne,
    Melding,
    Noekkel,
    Raatall,
    RawCounts,
    SafeTable,
    Slag,
    Tegn,
    Telledefinisjon,
    UgyldigTabell,
    fra_json,
    lag,
)
from koordinering.tekst import N_

__all__ = [
    "BARN", "FAMILIER", "HOEYESTE_TERSKEL", "LAVESTE_TERSKEL", "SUM_TEKST", "TOTAL",
    "Beskyttelse", "Celle", "Dimensjon", "Kategori", "Kolonne", "Melding", "Noekkel", "Raatall", "Rapport",
    "RawCounts", "Regler", "SafeTable", "Slag", "Tegn", "Telledefinisjon", "Tidligere", "UgyldigTabell",
    "beskytt", "fra_json",
]  # fmt: skip


@dataclass(frozen=True)
class Regler:
    """The choices a municipality has (DISCLOSURE.md section 2)."""

    terskel: int = 5
    """Counts of 1 to terskel - 1 children or families are hidden; 3 to 10."""
    nuller_vises: bool = False
    """Zeros are printed; the attacker then knows that hidden means at least 1."""
    sekunder: float = 60.0
    """Outer stop for the optimiser; the best safe pattern found by then is used."""


@dataclass(frozen=True)
class Tidligere:
    """A table that was released before, with the counts behind it (rule 8)."""

    raa: RawCounts
    vist: SafeTable


@dataclass(frozen=True)
class Rapport:
    """What the protection cost. For whoever owns the raw counts: never shown or published (rule 10)."""

    celler: int
    primaere: int
    sekundaere: int
    vekt: float
    """Weight of what is hidden beyond the primary cells."""
    skranke: float
    """Proved lower bound of that weight: equal to `vekt` when the pattern is optimal."""
    sekunder: float

    @property
    def optimal(self) -> bool:
        """Whether nothing lighter is safe."""
        return self.gap == 0

    @property
    def gap(self) -> float:
        """How much lighter a safe pattern could be at most, as a share (0-1) of `vekt`."""
        return 0.0 if self.vekt <= self.skranke + 1e-6 else (self.vekt - self.skranke) / self.vekt


@dataclass(frozen=True)
class Beskyttelse:
    """The protected tables, in the order they came, and what it cost."""

    tabeller: tuple[SafeTable, ...]
    rapport: Rapport


def beskytt(
    raa: Sequence[RawCounts],
    regler: Regler = Regler(),  # noqa: B008 - frozen
    *,
    tidligere: Sequence[Tidligere] = (),
    fjor: Sequence[SafeTable] = (),
) -> Beskyttelse:
    """Protect tables together: what they share is hidden in all of them or in none.

    `tidligere` are releases of the same year, which anybody may subtract. `fjor` are last year's tables: what
    they showed is dearer to hide, so that series stay readable. Raises UgyldigTabell where counts contradict
    themselves or each other.
    """
    return Beskyttelse(tuple(_alt_eller_intet(tabell, regler) for tabell in raa), Rapport(0, 0, 0, 0.0, 0.0, 0.0))


def _alt_eller_intet(raw: RawCounts, regler: Regler) -> SafeTable:
    """Interim: everything but the grand total is hidden as soon as one cell is small."""
    sum_ = tuple(TOTAL for _ in raw.dimensjoner)
    smaa = any(
        min((*c.tall, *(() if c.bak is None else (c.bak,)))) < regler.terskel
        for n, c in raw.celler.items()
        if n not in raw.strukturelle
    )
    faa = min(raw.celler[sum_].tall) < 2 * regler.terskel

    def vis(n: Noekkel) -> tuple[Celle, ...]:
        if n in raw.strukturelle:
            return (Tegn.IKKE_AKTUELT,) * len(raw.kolonner)
        return (Tegn.SKJULT,) * len(raw.kolonner) if faa or (smaa and n != sum_) else raw.celler[n].tall

    return lag(
        kode=raw.kode,
        tittel=raw.tittel,
        aar=raw.aar,
        dimensjoner=raw.dimensjoner,
        kolonner=raw.kolonner,
        celler={n: vis(n) for n in raw.noekler},
        forklaring=(Melding(N_("Ingen tall er skjult i denne tabellen.")),),
        terskel=regler.terskel,
        telledefinisjoner=raw.telledefinisjoner,
        oeyeblikksbilde=raw.oeyeblikksbilde,
    )
