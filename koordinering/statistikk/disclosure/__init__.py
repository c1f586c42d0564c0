"""The only way from raw counts to tables that may be shown: `beskytt` (docs/prikking.md, DISCLOSURE.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from koordinering.statistikk.disclosure.kontroll import kontroller
from koordinering.statistikk.disclosure.krav import er_primaer
from koordinering.statistikk.disclosure.modell import Bygger
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
from koordinering.statistikk.disclosure.tid import foey_til, utgivelser
from koordinering.statistikk.disclosure.ulikhet import Ledd, Trinn, Ulikhet, Utvalg
from koordinering.tekst import N_

__all__ = [
    "BARN", "FAMILIER", "HOEYESTE_TERSKEL", "LAVESTE_TERSKEL", "SUM_TEKST", "TOTAL",
    "Beskyttelse", "Celle", "Dimensjon", "IkkeTrygt", "Kategori", "Kolonne", "Ledd", "Melding", "Noekkel", "Raatall",
    "Rapport", "RawCounts", "Regler", "SafeTable", "Slag", "Tegn", "Telledefinisjon", "Tidligere", "Trinn",
    "UgyldigTabell", "Ulikhet", "Utvalg",
    "beskytt", "faa", "fra_json",
]  # fmt: skip


class IkkeTrygt(Exception):
    """Nothing of these tables can be shown: coarser groups are needed."""


@dataclass(frozen=True)
class Regler:
    """The choices a municipality has (DISCLOSURE.md section 2)."""

    terskel: int = 5
    """Counts of 1 to terskel - 1 children or families are hidden; 3 to 10."""
    nuller_vises: bool = False
    """Zeros are printed; the attacker then knows that hidden means at least 1."""
    sekunder: float = 300.0
    """Outer stop for the optimiser; the best safe pattern found by then is used. The search is ended by the work
    done, long before: see `optimering`."""


@dataclass(frozen=True)
class Tidligere:
    """A table that was released before, with the counts behind it (rule 8)."""

    raa: RawCounts
    vist: SafeTable
    ulikheter: Sequence[Ulikhet] = ()
    """Those that it was protected by. What it gives away by others is out, and cannot be taken back."""


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
    tiden_ute: bool = False
    """The outer stop ended the search: what was found is safe, but another run may find something else."""

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
    regler: Regler = Regler(),
    *,
    tidligere: Sequence[Tidligere] = (),
    fjor: Sequence[SafeTable] = (),
    ulikheter: Sequence[Ulikhet] = (),
) -> Beskyttelse:
    """Protect tables together: what they share is hidden in all of them or in none.

    `tidligere` are releases of the same year, which anybody may subtract. `fjor` are last year's tables: what
    they showed is dearer to hide, so that series stay readable. `ulikheter` are what follows from what the words
    mean. Raises UgyldigTabell where counts contradict themselves or each other, IkkeTrygt where no pattern is safe
    (printed zeros).
    """
    if not LAVESTE_TERSKEL <= regler.terskel <= HOEYESTE_TERSKEL:
        raise ValueError(f"terskel must be from {LAVESTE_TERSKEL} to {HOEYESTE_TERSKEL}")
    # Here and not at the top: they bring numpy and HiGHS, which a process that only shows tables never needs.
    from koordinering.statistikk.disclosure.gransking import kjenner_uansett
    from koordinering.statistikk.disclosure.oppdeling import loes

    start = monotonic()
    kontroller(raa)
    bygger = Bygger(raa, regler.terskel, nuller_vises=regler.nuller_vises, ulikheter=ulikheter)
    for nr, raw in enumerate(raa):
        if faa(raw, regler.terskel):
            bygger.laas(nr)
    alene = len(raa) == 1 and not bygger.av_ord
    bygger.modell.innsidere = kjenner_uansett(bygger.modell, bygger.over() if alene else None)
    for utgivelse in utgivelser(tidligere):
        foey_til(bygger, utgivelse)
    bygger.vei(fjor)
    svar = loes(bygger.modell, start + regler.sekunder, bygger.totaler())
    if svar is None:
        raise IkkeTrygt
    skjult = {sted for sted, gruppe in bygger.gruppe_av.items() if svar.skjult[gruppe]}
    primaere = sum(
        er_primaer(raw, noekkel, regler.terskel, nuller_vises=regler.nuller_vises)
        for raw in raa
        for noekkel in raw.noekler
    )
    rapport = Rapport(
        celler=len(bygger.gruppe_av),
        primaere=primaere,
        sekundaere=len(skjult) - primaere,
        vekt=svar.vekt,
        skranke=svar.skranke,
        sekunder=monotonic() - start,
        tiden_ute=svar.tiden_ute,
    )
    return Beskyttelse(tuple(_trygg(nr, raw, skjult, regler) for nr, raw in enumerate(raa)), rapport)


def faa(raw: RawCounts, terskel: int) -> bool:
    """Whether so few stand behind the whole table that none of it is shown (rule 9)."""
    total = raw.celler[tuple(TOTAL for _ in raw.dimensjoner)]
    barn = [total.tall[i] for i, k in enumerate(raw.kolonner) if k.kode == BARN]
    if raw.kolonner[0].slag is Slag.ANTALL:
        barn.append(total.tall[0])
    familier = [total.tall[i] for i, k in enumerate(raw.kolonner) if k.kode == FAMILIER]
    if total.bak is not None:
        familier.append(total.bak)
    return min(barn, default=2 * terskel) < 2 * terskel or min(familier, default=terskel) < terskel


def _trygg(nr: int, raw: RawCounts, skjult: set[tuple[int, Noekkel]], regler: Regler) -> SafeTable:
    def vis(noekkel: Noekkel) -> tuple[Celle, ...]:
        if noekkel in raw.strukturelle:
            return (Tegn.IKKE_AKTUELT,) * len(raw.kolonner)
        return (Tegn.SKJULT,) * len(raw.kolonner) if (nr, noekkel) in skjult else raw.celler[noekkel].tall

    return lag(
        kode=raw.kode,
        tittel=raw.tittel,
        aar=raw.aar,
        dimensjoner=raw.dimensjoner,
        kolonner=raw.kolonner,
        celler={noekkel: vis(noekkel) for noekkel in raw.noekler},
        forklaring=_forklaring(
            raw, noe=any(tabell == nr for tabell, _ in skjult), regler=regler, faa_i_alt=faa(raw, regler.terskel)
        ),
        terskel=regler.terskel,
        telledefinisjoner=raw.telledefinisjoner,
        oeyeblikksbilde=raw.oeyeblikksbilde,
    )


def _forklaring(raw: RawCounts, *, noe: bool, regler: Regler, faa_i_alt: bool) -> tuple[Melding, ...]:
    """The same words for every pattern: what is said must not tell which cells are small."""
    if faa_i_alt:
        return (
            Melding(
                N_("Færre enn %(antall)d i alt, eller færre enn %(familier)d familier: tallene vises ikke."),
                {"antall": 2 * regler.terskel, "familier": regler.terskel},
            ),
        )
    if not noe:
        return (Melding(N_("Ingen tall er skjult i denne tabellen.")),)
    nuller = (
        N_("«:» betyr at tallet er skjult. Null vises.")
        if regler.nuller_vises
        else N_("«:» betyr at tallet er skjult. Null skjules på samme måte som små tall.")
    )
    return (
        Melding(nuller),
        Melding(_naar(raw), {"terskel": regler.terskel}),
        Melding(N_("Noen andre tall kan også være skjult, slik at de små ikke kan regnes ut fra resten.")),
    )


def _naar(raw: RawCounts) -> str:
    """When a number is small, by what the table counts and never by what it holds."""
    if raw.kolonner[0].slag is Slag.BELOEP:
        return N_("Beløp skjules når færre enn %(terskel)d barn eller familier står bak, eller én har det aller meste.")
    if raw.eiere is None and not {BARN, FAMILIER} & {k.kode for k in raw.kolonner}:
        return N_("Tall under %(terskel)d skjules. Det er ikke kjent hvor mange barn eller familier som står bak.")
    return N_("Tall skjules når de gjelder færre enn %(terskel)d barn eller færre enn %(terskel)d familier.")
