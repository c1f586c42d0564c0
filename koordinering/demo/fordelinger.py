"""The distributions that the demo's town is drawn from: read from a data file and refused when something is off."""

import random
from bisect import bisect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml

from koordinering.demo.utstyrsbank import Utstyrsby, les_utstyrsby
from koordinering.errors import KoordineringError
from koordinering.saker.rules.behov import Behov, JaNeiVetIkke, Spurt, Svar
from koordinering.saker.rules.overganger import (
    Avslagsgrunn,
    Avslutningsgrunn,
    Gjenaapningsgrunn,
    PaaVentGrunn,
    Status,
    Trekkgrunn,
    Videresendingsgrunn,
)
from koordinering.tekst import N_, Kode
from koordinering.tiltak.oppfoelging.rules import Oppfoelgingsresultat
from koordinering.tiltak.rules import Aktivitet

FIL = Path(__file__).parent.parent / "data" / "demoby.yaml"

T = TypeVar("T")


class FordelingFeil(KoordineringError):
    """The data file says something that cannot be; the message tells where."""


class Loep(Kode):
    """How a referral goes."""

    VANLIG = "vanlig", N_("Vanlig")
    AVSLAATT = "avslaatt", N_("Avslått")
    TRUKKET = "trukket", N_("Trukket")
    SPURT = "spurt", N_("Spurt")
    PAA_VENT = "paa_vent", N_("På vent")
    VIDERESENDT = "videresendt", N_("Videresendt")
    KLAGE = "klage", N_("Klage")
    GJENAAPNET = "gjenaapnet", N_("Gjenåpnet")


@dataclass(frozen=True)
class Vekter(Generic[T]):
    """Things and how often each is drawn."""

    ting: tuple[T, ...]
    summer: tuple[float, ...]

    def trekk(self, rng: random.Random) -> T:
        """Draw one."""
        return self.ting[bisect(self.summer, rng.random() * self.summer[-1], 0, len(self.ting) - 1)]


@dataclass(frozen=True)
class Rekke:
    """An offer that comes again every season."""

    tiltak: str
    aktivitet: Aktivitet
    arrangoer: str
    navn: str
    sted: str
    ukedager: str
    alder: tuple[int, int]
    plasser: int
    sesong: tuple[str, str]
    kommunal: bool = False
    """The municipality's own; others are clubs."""
    egenandel: int = 0
    """Kroner that the family pays itself."""
    ordinaer_pris: int = 1_800
    """Kroner that others pay."""

    def periode(self, aar: int) -> tuple[date, date]:
        """First and last day of the season that starts in the year."""
        fra, til = (date.fromisoformat(f"{aar}-{dag}") for dag in self.sesong)
        return fra, til if til >= fra else til.replace(year=aar + 1)


@dataclass(frozen=True)
class Fordelinger:
    """Everything the file says, sorted by what it is."""

    andel: Mapping[str, float]
    """Shares from 0 to 1, by «part.name»."""
    vekter: Mapping[str, Vekter[Any]]
    """Weights, by «part.name»."""
    dager: Mapping[str, tuple[int, int]]
    """Working days from one step to the next, least and most."""
    tall: Mapping[str, int]
    alder: Mapping[str, tuple[int, int]]
    """Ages that a measure is for, where it is not for all."""
    behov: Mapping[Behov, float]
    egen_referanse: Mapping[str, float]
    paagaar: Mapping[Status, int]
    korttiltak: str
    enkeltvedtak: tuple[str, ...]
    rekker: tuple[Rekke, ...]
    utstyr: Utstyrsby


_ANDELER = {
    "familie": ("barn_uten_nummer", "sak_uten_nummer", "d_nummer", "to_hjem", "gjengangere", "i_maalgruppe"),
    "tjenester": ("mangler_et_barn",),
    "tiltak": ("familie_andel", "barn_andel"),
    "samtykke": ("hjemmel", "skriftlig", "ungdom", "med_avsender", "utloeper", "trukket"),
    "loep": ("utkast", "venter_samtykke", "venter_uten_svar", "beskjed_gitt", "medhold"),
    "kort": ("tilbakelevert", "tapt"),
    "friplass": ("ikke_moett", "avbrutt", "annen_aktivitet"),
}
_VEKTER: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "familie": {"antall_barn": int, "alder": str},
    "tjenester": {"foerste": str, "antall": int},
    "barnet": {"deltar": JaNeiVetIkke, "spurt": Spurt, "antall_oensker": int, "oensker": Aktivitet},
    "tiltak": {"familie": str, "barn": str},
    "loep": {"vekter": Loep},
    "grunner": {
        "avslag": Avslagsgrunn,
        "trekk": Trekkgrunn,
        "avslutning": Avslutningsgrunn,
        "paa_vent": PaaVentGrunn,
        "videresending": Videresendingsgrunn,
        "gjenaapning": Gjenaapningsgrunn,
        "svar": Svar,
        "deltar_ved_slutt": JaNeiVetIkke,
        "resultat": Oppfoelgingsresultat,
    },
}
_DAGER = (
    "neste_tjeneste",
    "utkast",
    "samtykke",
    "mottatt",
    "behandling",
    "svar",
    "avgjort",
    "beskjed",
    "start",
    "venter_hoeyst",
    "klage",
    "oppfoelging",
)
_TALL = {"kort": ("antall", "ugitt_i_aar"), "paagaar": ("virkedager",)}


def les(tekst: str | None = None) -> Fordelinger:
    """Read the distributions, from the file that comes with the product unless another text is given.

    Raises FordelingFeil: a missing part or sentence, an unknown code, a share outside 0–1, a weight below 0.
    """
    rot = yaml.safe_load(FIL.read_text(encoding="utf-8") if tekst is None else tekst)
    if not isinstance(rot, dict):
        raise FordelingFeil("Filen med fordelinger er tom eller ikke en liste over deler.")
    for del_, innhold in rot.items():
        if not isinstance(innhold, dict) or not str(innhold.get("beskrivelse", "")).strip().endswith("."):
            raise FordelingFeil(f"{del_}: mangler en setning i «beskrivelse».")
    try:
        return _bygg(rot)
    except KeyError as feil:
        raise FordelingFeil(f"Fordelingene mangler «{feil.args[0]}».") from None
    except (TypeError, ValueError) as feil:
        raise FordelingFeil(f"Fordelingene har en feil: {feil}") from None


def _bygg(rot: dict[str, Any]) -> Fordelinger:
    maaneder = rot["maaneder"]["vekter"]
    if len(maaneder) != 12:
        raise ValueError("maaneder.vekter skal ha tolv tall")
    vekter = {
        f"{del_}.{navn}": _vekter(f"{del_}.{navn}", rot[del_][navn], lag)
        for del_, navnene in _VEKTER.items()
        for navn, lag in navnene.items()
    }
    return Fordelinger(
        andel={f"{d}.{n}": _andel(f"{d}.{n}", rot[d][n]) for d, navn in _ANDELER.items() for n in navn},
        vekter={**vekter, "maaneder": _vekter("maaneder", dict(enumerate(maaneder, 1)), int)},
        dager={navn: _spenn(f"tider.{navn}", rot["tider"][navn]) for navn in _DAGER},
        tall={f"{d}.{n}": _helt(f"{d}.{n}", rot[d][n]) for d, navn in _TALL.items() for n in navn},
        alder={tiltak: _spenn(f"tiltak.alder {tiltak}", spenn) for tiltak, spenn in rot["tiltak"]["alder"].items()},
        behov={Behov(kode): _andel(f"behov.{kode}", v) for kode, v in rot["behov"]["andeler"].items()},
        egen_referanse={e: _andel(f"egen_referanse.{e}", v) for e, v in rot["tjenester"]["egen_referanse"].items()},
        paagaar={Status(s): _helt(f"paagaar.{s}", v) for s, v in rot["paagaar"]["antall"].items()},
        korttiltak=str(rot["kort"]["tiltak"]),
        enkeltvedtak=tuple(rot["enkeltvedtak"]["tiltak"]),
        rekker=tuple(_rekke(r) for r in rot["tilbud"]["rekker"]),
        utstyr=les_utstyrsby(rot["utstyrsbank"]),
    )


def _andel(sted: str, verdi: Any) -> float:
    if not isinstance(verdi, int | float) or not 0 <= verdi <= 1:
        raise ValueError(f"{sted} skal være fra 0 til 1")
    return float(verdi)


def _helt(sted: str, verdi: Any) -> int:
    if not isinstance(verdi, int) or verdi < 0:
        raise ValueError(f"{sted} skal være et helt tall")
    return verdi


def _spenn(sted: str, verdi: Any) -> tuple[int, int]:
    if not isinstance(verdi, list) or len(verdi) != 2 or not 0 <= verdi[0] <= verdi[1]:
        raise ValueError(f"{sted} skal være to tall, minst og mest")
    return int(verdi[0]), int(verdi[1])


def _vekter(sted: str, verdi: dict[Any, Any], lag: Callable[[Any], T]) -> Vekter[T]:
    tall = list(verdi.values())
    if any(not isinstance(v, int | float) or v < 0 for v in tall) or not sum(tall):
        raise ValueError(f"{sted} skal ha vekter som ikke er under 0")
    return Vekter(tuple(lag(ting) for ting in verdi), tuple(accumulate(float(v) for v in tall)))


def _rekke(verdi: dict[str, Any]) -> Rekke:
    rekke = Rekke(
        **{
            **verdi,
            "aktivitet": Aktivitet(verdi["aktivitet"]),
            "alder": _spenn(f"alder i {verdi['navn']}", verdi["alder"]),
            "sesong": tuple(verdi["sesong"]),
        }
    )
    if rekke.plasser < 1:
        raise ValueError(f"plasser i {rekke.navn} skal være minst 1")
    rekke.periode(2026)
    return rekke


def kjente_tiltak(fordelinger: Fordelinger) -> Collection[str]:
    """Every measure the file names: the plan must have them."""
    navn: set[str] = {fordelinger.korttiltak, *fordelinger.enkeltvedtak, *(r.tiltak for r in fordelinger.rekker)}
    return navn | set(fordelinger.vekter["tiltak.familie"].ting) | set(fordelinger.vekter["tiltak.barn"].ting)
