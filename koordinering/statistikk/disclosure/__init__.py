"""The only way from raw counts to a table that may be shown: `protect`.

An insider is one family. In the table by measure it is protected against as far as its referrals are to one
measure: what a family with referrals to several measures can take away is not in the counts.
"""

from collections.abc import Sequence
from dataclasses import replace

from koordinering.statistikk.disclosure import enveis, soek
from koordinering.statistikk.disclosure.deling import PERSONER
from koordinering.statistikk.disclosure.tabell import (
    BARN,
    DELING,
    FAMILIER,
    GITT,
    HENVIST,
    HOEYESTE_TERSKEL,
    KOLONNETEKST,
    LAVESTE_TERSKEL,
    REST,
    SUM_TEKST,
    VENTELISTE,
    Celle,
    Melding,
    Rad,
    RawCounts,
    SafeTable,
    Tegn,
    Telledefinisjon,
    TryggRad,
    UgyldigTabell,
    fra_json,
    lag,
)
from koordinering.tekst import N_

__all__ = [
    "BARN", "DELING", "FAMILIER", "GITT", "HENVIST", "KOLONNETEKST", "REST", "SUM_TEKST", "VENTELISTE",
    "Celle", "Melding", "Rad", "RawCounts", "SafeTable", "Tegn", "Telledefinisjon", "TryggRad", "UgyldigTabell",
    "fra_json", "protect",
]  # fmt: skip

Skjult = frozenset[tuple[int, str]]


def protect(raw: Sequence[RawCounts], terskel: int = 5) -> list[SafeTable]:
    """Protect a year's one-way tables together; counts under `terskel` children or families are hidden.

    The tables count the same children and families: their grand totals are the same and are shown in all of
    them or in none. Raises UgyldigTabell where they are not, or where a table contradicts itself.
    """
    if not LAVESTE_TERSKEL <= terskel <= HOEYESTE_TERSKEL:
        raise ValueError(f"terskel must be from {LAVESTE_TERSKEL} to {HOEYESTE_TERSKEL}")
    for tabell in raw:
        _kontroller(tabell)
    if len({(t.aar, t.oeyeblikksbilde, t.total.barn, t.total.familier) for t in raw}) > 1:
        raise UgyldigTabell("The tables must share year, snapshot and unique totals")
    return [_beskytt(_med_ikke_aktuell_sum(tabell), terskel) for tabell in raw]


def _med_ikke_aktuell_sum(raw: RawCounts) -> RawCounts:
    """A column that applies to no row does not apply to the total either."""
    overalt = frozenset.intersection(*(rad.ikke_aktuelt for rad in raw.rader))
    return replace(raw, total=replace(raw.total, ikke_aktuelt=overalt))


def _kontroller(raw: RawCounts) -> None:
    if not raw.rader:
        raise UgyldigTabell(f"{raw.kode}: no rows")
    if len({rad.kode for rad in raw.rader}) < len(raw.rader):
        raise UgyldigTabell(f"{raw.kode}: two rows with the same code")
    if len(raw.kolonner) not in (2, 2 + len(DELING)):
        raise UgyldigTabell(f"{raw.kode}: either all of the referral columns or none")
    for rad in (*raw.rader, raw.total):
        _kontroller_rad(raw, rad)
    for kolonne in raw.kolonner:
        deler, helt = [_tall(rad, kolonne) for rad in raw.rader], _tall(raw.total, kolonne)
        if not (sum(deler) == helt if kolonne in raw.additive else max(deler) <= helt <= sum(deler)):
            raise UgyldigTabell(f"{raw.kode}: {kolonne} does not agree with its total")
    if not set(DELING if HENVIST in raw.kolonner else (BARN,)) <= raw.additive:
        raise UgyldigTabell(f"{raw.kode}: children or referrals must sum to the total")


def _kontroller_rad(raw: RawCounts, rad: Rad) -> None:
    feil = set(rad.tillegg) != set(raw.kolonner) - {BARN, FAMILIER}
    feil |= any(_tall(rad, kolonne) < 0 for kolonne in raw.kolonner if not feil)
    if not feil and rad.tillegg:
        feil = sum(rad.tillegg[k] for k in (GITT, VENTELISTE)) > rad.tillegg[HENVIST]
        feil |= not {GITT, VENTELISTE, REST} <= set(rad.familier_bak)
        feil |= not rad.ikke_aktuelt <= {GITT, VENTELISTE}
        feil |= any(rad.tillegg[k] != 0 for k in rad.ikke_aktuelt)
    if feil:
        raise UgyldigTabell(f"{raw.kode}: row {rad.kode} contradicts itself or lacks a count")


def _tall(rad: Rad, kolonne: str) -> int:
    if kolonne == BARN:
        return rad.barn
    return rad.familier if kolonne == FAMILIER else rad.tillegg[kolonne]


def _beskytt(raw: RawCounts, terskel: int) -> SafeTable:
    faa = raw.total.barn < 2 * terskel or raw.total.familier < terskel
    skjult = None if faa else _moenster(raw, terskel)
    alt: Skjult = frozenset((nr, kolonne) for nr in range(len(raw.rader) + 1) for kolonne in raw.kolonner)
    if not faa:  # The unique totals stand in the year's other tables too: what is known there is not hidden here.
        alt -= {(len(raw.rader), BARN), (len(raw.rader), FAMILIER)}
    rader = [
        _trygg_rad(raw, nummer, rad, alt if skjult is None else skjult)
        for nummer, rad in enumerate((*raw.rader, raw.total))
    ]
    return lag(
        kode=raw.kode,
        tittel=raw.tittel,
        aar=raw.aar,
        dimensjon=raw.dimensjon,
        kolonner=raw.kolonner,
        rader=tuple(rader[:-1]),
        total=rader[-1],
        additive=raw.additive,
        forklaring=_forklaring(skjult, terskel, faa=faa),
        terskel=terskel,
        telledefinisjoner=raw.telledefinisjoner,
        oeyeblikksbilde=raw.oeyeblikksbilde,
    )


def _moenster(raw: RawCounts, terskel: int) -> Skjult | None:
    if HENVIST not in raw.kolonner:
        rader = enveis.skjul(raw, terskel)
        return None if rader is None else frozenset((r, k) for r in rader for k in (BARN, FAMILIER))
    valg = soek.skjul(raw, terskel)
    if valg is None:
        return None
    enkle = {(r, k) for r, k in valg if k != PERSONER}
    return frozenset(enkle | {(r, k) for r, navn in valg if navn == PERSONER for k in (BARN, FAMILIER)})


def _trygg_rad(raw: RawCounts, nummer: int, rad: Rad, skjult: Skjult) -> TryggRad:
    def celle(kolonne: str) -> Celle:
        if kolonne in rad.ikke_aktuelt:
            return Tegn.IKKE_AKTUELT
        return Tegn.SKJULT if (nummer, kolonne) in skjult else _tall(rad, kolonne)

    return TryggRad(rad.kode, rad.etikett, tuple(celle(kolonne) for kolonne in raw.kolonner))


def _forklaring(skjult: Skjult | None, terskel: int, *, faa: bool) -> tuple[Melding, ...]:
    """The same words for every pattern: what is said must not tell which cells are small."""
    grenser = {"barn": 2 * terskel, "familier": terskel}
    if faa:
        return (
            Melding(
                N_("Færre enn %(barn)d barn eller færre enn %(familier)d familier i alt: tallene vises ikke."),
                grenser,
            ),
        )
    if skjult is None:
        return (Melding(N_("Tallene kan ikke vises uten at noen kan kjennes igjen. Velg en grovere inndeling.")),)
    if not skjult:
        return (Melding(N_("Ingen tall er skjult i denne tabellen.")),)
    return (
        Melding(N_("«:» betyr at tallet er skjult. Null skjules på samme måte som små tall.")),
        Melding(
            N_("Tall skjules når de gjelder færre enn %(familier)d barn eller familier, eller nesten alle i gruppen."),
            {"familier": terskel},
        ),
        Melding(N_("Noen andre tall kan også være skjult, slik at de små ikke kan regnes ut fra resten.")),
    )
