"""Median and 90th percentile of waiting time, from the class counts that are shown and nothing else (rule 10)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from koordinering.statistikk.disclosure import TOTAL, Celle, SafeTable, Tegn
from koordinering.tekst import N_

TABELL = "ventetid"
_KLASSE = re.compile(r"[a-z]_(?:(\d+)_(\d+)|over)")
"""Codes of the classes of days: «d_8_14», and «d_over» for the open one, which comes last."""

MEDIAN, NI_AV_TI = 0.5, 0.9

Grense = tuple[int, int | None]
"""First and last day of a class; None where it is open."""


@dataclass(frozen=True)
class Anslag:
    """What the shown counts say of one share: about so many days, a span of days, or nothing."""

    dager: int | None = None
    fra: int | None = None
    til: int | None = None

    @property
    def msgid(self) -> str:
        """The text of the catalogue, with `verdier` in it."""
        if self.dager is not None:
            return N_("om lag %(dager)s dager")
        if self.fra is None:
            return N_("kan ikke vises")
        return N_("mer enn %(fra)s dager") if self.til is None else N_("mellom %(fra)s og %(til)s dager")

    @property
    def verdier(self) -> dict[str, int]:
        """The numbers in the text."""
        fra = self.fra - 1 if self.fra is not None and self.til is None else self.fra
        return {
            navn: verdi for navn, verdi in (("dager", self.dager), ("fra", fra), ("til", self.til)) if verdi is not None
        }


@dataclass(frozen=True)
class Ventetid:
    """One row: how long half of them waited at most, and nine of ten."""

    etikett: str
    median: Anslag
    ni_av_ti: Anslag


def ventetider(tabell: SafeTable) -> tuple[Ventetid, ...]:
    """One for each class of the other dimension, the total last; none for tables of anything else."""
    if tabell.kode != TABELL or len(tabell.dimensjoner) != 2:
        return ()
    andre, dager = tabell.dimensjoner
    klasser = [k for k in dager.kategorier if _KLASSE.fullmatch(k.kode)]
    if not klasser:
        return ()
    grenser, koder = _grenser([k.kode for k in klasser]), [*(k.kode for k in klasser), klasser[0].forelder or TOTAL]
    ut = []
    for rad in andre.koder:
        *celler, total = (tabell.celler[(rad, kode)][0] for kode in koder)
        if total is not Tegn.IKKE_AKTUELT:
            to = (anslag(celler, total, grenser, andel) for andel in (MEDIAN, NI_AV_TI))
            ut.append(Ventetid(andre.etikett_av(rad), *to))
    return tuple(ut)


def _grenser(koder: Sequence[str]) -> list[Grense]:
    """The days of each class, by its code; the open one begins where the one before it ends."""
    ut: list[Grense] = []
    for kode in koder:
        tall = [int(ett) for ett in re.findall(r"\d+", kode)]
        ut.append((tall[0], tall[1]) if tall else ((ut[-1][1] or 0) + 1 if ut else 0, None))
    return ut


def anslag(celler: Sequence[Celle], total: Celle, grenser: Sequence[Grense], andel: float) -> Anslag:
    """How long the given share waited at most, as far as the shown counts say it."""
    if isinstance(total, Tegn) or not total:
        return Anslag()
    til_og_med = _kjente_summer(celler, total)
    maal = andel * total
    fra = max(nr for nr, sum_ in til_og_med.items() if sum_ < maal)
    til = min(nr for nr, sum_ in til_og_med.items() if sum_ >= maal)
    foerste, siste = grenser[fra][0], grenser[til - 1][1]
    if til - fra > 1 or siste is None:
        # From the first class to the open one: nothing is known.
        return Anslag(fra=foerste, til=siste) if fra or siste is not None else Anslag()
    del_ = (maal - til_og_med[fra]) / (til_og_med[til] - til_og_med[fra])
    return Anslag(dager=min(siste, round(foerste + del_ * (siste - foerste + 1))))


def _kjente_summer(celler: Sequence[Celle], total: int) -> dict[int, int]:
    """How many stand in the first n classes, for every n that the shown counts tell: from below or from above."""
    tall = [0 if celle is Tegn.IKKE_AKTUELT else celle for celle in celler]
    kjent = {0: 0, len(tall): total}
    for nr, ett in enumerate(tall):
        if isinstance(ett, Tegn):
            break
        kjent[nr + 1] = kjent[nr] + ett
    for nr, ett in reversed(list(enumerate(tall))):
        if isinstance(ett, Tegn):
            break
        kjent[nr] = kjent[nr + 1] - ett
    return kjent
