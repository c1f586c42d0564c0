"""When the next assessment of a measure is due, by a stated rule for each cadence."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from koordinering.tekst import N_
from koordinering.tiltak.rules import Kadens

_AARENE_MELLOM: Mapping[Kadens, int] = MappingProxyType(
    {
        Kadens.AARLIG: 1,
        Kadens.FORTLOEPENDE: 1,
        Kadens.KONTINUERLIG: 1,
        Kadens.JEVNLIG: 1,
        Kadens.IKKE_OPPGITT: 1,
        Kadens.HVERT_TREDJE_AAR: 3,
    }
)
"""Cadences that come again, and after how many years."""

REGLER_I_ORD: Mapping[Kadens, str] = MappingProxyType(
    {
        Kadens.AARLIG: N_("Hvert år, på kommunens evalueringsdato året etter."),
        Kadens.FORTLOEPENDE: N_("Minst én gang i året, på kommunens evalueringsdato året etter."),
        Kadens.KONTINUERLIG: N_("Minst én gang i året, på kommunens evalueringsdato året etter."),
        Kadens.JEVNLIG: N_("Minst én gang i året, på kommunens evalueringsdato året etter."),
        Kadens.HVERT_TREDJE_AAR: N_("Hvert tredje år, på kommunens evalueringsdato året etter."),
        Kadens.VED_RULLERING: N_(
            "Den dagen koordinatoren har satt for rullering av planen, ellers dagen et utkast til neste versjon ble "
            "begynt. Ingen dato før det."
        ),
        Kadens.VED_GJENNOMFOERING: N_(
            "Når en aktivitet er ført for tiltaket: evalueringsdatoen året etter. Har planen en frist: den, om den "
            "kommer først. Ingen dato før det."
        ),
        Kadens.ENGANG: N_(
            "Én gang, på fristen i planen. Er fristen ikke oppgitt: den første evalueringsdatoen. Deretter ikke mer."
        ),
        Kadens.IKKE_OPPGITT: N_("Hvert år til noen bestemmer noe annet, på kommunens evalueringsdato året etter."),
    }
)
"""The rule of each cadence as the pages state it. One floor holds for all: nothing is due before the evaluation date
of the first year that is assessed here."""


@dataclass(frozen=True)
class Evalueringsregler:
    """The municipality's own choices that the rules rest on."""

    maaned: int = 3
    dag: int = 1
    """Day of the month, 1 to 28, so that every year has it."""
    foerste_aar: int | None = None
    """The first year that is assessed here; None: last year."""
    rulleres: date | None = None
    """When the work on the next version of the plan begins, or the plan's period ends."""

    def dato(self, aar: int) -> date:
        """The evaluation date of a year: it lies in the year after."""
        return date(aar + 1, self.maaned, self.dag)


STANDARD = Evalueringsregler()


@dataclass(frozen=True)
class Forfall:
    """When an assessment is due, and the year that it is about."""

    dato: date
    aar: int


def neste_vurdering(
    kadens: Kadens,
    sist: date | None,
    frist: date | None,
    i_dag: date,
    *,
    regler: Evalueringsregler = STANDARD,
    aktivitetsaar: Collection[int] = (),
) -> Forfall | None:
    """The next assessment of a measure; None when none is to come.

    `sist`: the last day that an approved assessment covers, 31 December of its year; None where there is none.
    `frist`: the plan's own deadline (see fristdato). `aktivitetsaar`: the years that have a registered activity.
    """
    foerste = regler.foerste_aar if regler.foerste_aar is not None else i_dag.year - 1
    gulv = Forfall(regler.dato(foerste), foerste)
    if kadens in _AARENE_MELLOM:
        aar = foerste if sist is None else max(sist.year + _AARENE_MELLOM[kadens], foerste)
        return Forfall(regler.dato(aar), aar)
    if kadens is Kadens.VED_RULLERING:
        return _paa_dagen(regler.rulleres, sist, gulv)
    if kadens is Kadens.ENGANG:
        return _paa_dagen(frist, sist, gulv) if frist is not None else (gulv if sist is None else None)
    return _ved_gjennomfoering(frist, sist, gulv, regler, aktivitetsaar)


def _paa_dagen(dag: date | None, sist: date | None, gulv: Forfall) -> Forfall | None:
    """On the one day, until an assessment covers it."""
    if dag is None or (sist is not None and sist >= dag):
        return None
    return gulv if dag < gulv.dato else Forfall(dag, dag.year)


def _ved_gjennomfoering(
    frist: date | None, sist: date | None, gulv: Forfall, regler: Evalueringsregler, aktivitetsaar: Collection[int]
) -> Forfall | None:
    nye = [aar for aar in aktivitetsaar if sist is None or aar > sist.year]
    etter = [max(regler_forfall, gulv, key=lambda f: f.dato) for regler_forfall in _forfall(regler, nye)]
    paa_frist = _paa_dagen(frist, sist, gulv)
    return min([*etter, *([paa_frist] if paa_frist else [])], key=lambda f: f.dato, default=None)


def _forfall(regler: Evalueringsregler, aarene: Collection[int]) -> list[Forfall]:
    return [Forfall(regler.dato(aar), aar) for aar in aarene]


_DATO = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_AARSTALL = re.compile(r"\b(20\d\d)\b")


def fristdato(tekst: str | None) -> date | None:
    """The day that the plan's words mean: a date as it stands, «sommer» as 30 June, else the end of the last year.

    None where no year is named. «før sommeren 2016» is 30.06.2016 and «i løpet av 2018» is 31.12.2018.
    """
    if not tekst:
        return None
    if skrevet := _DATO.search(tekst):
        dag, maaned, aar = map(int, skrevet.groups())
        try:
            return date(aar, maaned, dag)
        except ValueError:
            return None
    aarene = _AARSTALL.findall(tekst)
    if not aarene:
        return None
    return date(int(aarene[-1]), 6, 30) if "sommer" in tekst.lower() else date(int(aarene[-1]), 12, 31)
