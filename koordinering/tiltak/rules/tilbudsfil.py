"""A list of offers in a file, csv or xlsx, read with every fault told by row and column.

Plain data in and out. regneark.py reads the cells.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from koordinering.dager import les_dag
from koordinering.errors import UgyldigFelt
from koordinering.tallskrift import les_heltall, les_kroner
from koordinering.tekst import N_
from koordinering.tiltak.lag.rules import Kjentlag, sjekk_orgnr
from koordinering.tiltak.rules import Aktivitet, Tilbudsopplysninger, feil_i_tilbud, regneark
from koordinering.tiltak.rules.regneark import Lesefeil, Uleselig

MAKS_RADER = 500
MAKS_TEGN = 200

_FEIL_SLAG = N_("Filen er ikke en xlsx- eller csv-fil som kan leses. Lagre listen på nytt og prøv igjen.")
_FOR_STOR = N_("Filen er for stor. En liste kan ha høyst 500 tilbud.")
_IKKE_MITT = N_("Enheten din har ikke dette tiltaket. Skriv nummeret, for eksempel 4a-3.")
_UKJENT_LAG = N_("Ingen lag i listen over lag har dette organisasjonsnummeret. Laget må legges inn der først.")
_IKKE_AKTIVT = N_("Laget er ikke aktivt, og får ikke nye tilbud.")
_INGEN_ARRANGOER = N_("Skriv arrangøren, eller organisasjonsnummeret til laget.")
_STAAR_I_LISTEN = N_("Dette laget står i listen over lag. Skriv organisasjonsnummeret i stedet for navnet.")
_FORMEL = N_("Cellen inneholder en formel. Lim inn verdien i stedet.")

_TELEFON = re.compile(r"\+[ \d]")
"""«+47 …» is how a telephone number begins. What is written for others gets an apostrophe (som_csv)."""

Rad = Sequence[str]


@dataclass(frozen=True)
class Radfeil:
    """One thing that is wrong, and where it stands."""

    linje: int
    kolonne: str
    melding: str


@dataclass(frozen=True)
class Importrad:
    """One offer that is ready to be made."""

    linje: int
    tiltak_id: str
    opplysninger: Tilbudsopplysninger
    arrangoer: str
    """Who has it: the club's name in the list, or what the file says."""
    orgnr: str | None


@dataclass(frozen=True)
class Tilbudsfil:
    """What a file comes to."""

    rader: tuple[Importrad, ...]
    feil: tuple[Radfeil, ...]
    tabell: tuple[Rad, ...]
    """The cells as text, the headings first: what is sent back to be confirmed."""


def radfeil(rad: Importrad, feil: UgyldigFelt) -> Radfeil:
    """What a service refused of a row that was ready, as it is told on the page."""
    return Radfeil(rad.linje, _ETTER_FELT.get(feil.felt, feil.felt), str(feil))


def alt_lagt_inn(lest: Tilbudsfil) -> bool:
    """Whether every row is there from before and nothing else is wrong: the list has been confirmed already."""
    linjer = {rad.linje for rad in lest.rader}
    return bool(linjer) and all(f.melding == FINNES for f in lest.feil) and {f.linje for f in lest.feil} == linjer


# --- From bytes to cells -----------------------------------------------------------------------------------


def les_celler(innhold: bytes) -> list[list[str]]:
    """The cells of a file as text. Raises UgyldigFelt("fil", …) for what cannot be a list of offers."""
    try:
        rader = regneark.les_celler(innhold, maks_rader=MAKS_RADER)
    except Uleselig as feil:
        raise UgyldigFelt("fil", _FEIL_SLAG if feil.grunn is Lesefeil.SLAG else _FOR_STOR) from None
    if len(rader) < 2:
        raise UgyldigFelt("fil", N_("Filen har ingen tilbud. Første linje er overskrifter, så ett på hver linje."))
    return rader


# --- From cells to offers ----------------------------------------------------------------------------------


def _tekst(tekst: str) -> str:
    if len(tekst) > MAKS_TEGN:
        raise ValueError(N_("Teksten er for lang."))
    return tekst


def _orgnr(tekst: str) -> str:
    return sjekk_orgnr("orgnr", tekst)


def _aktivitet(tekst: str) -> Aktivitet:
    for aktivitet in Aktivitet:
        if tekst.lower() in {aktivitet.value, aktivitet.tekst.lower()}:
            return aktivitet
    raise ValueError(N_("Aktiviteten finnes ikke i listen."))


@dataclass(frozen=True)
class Kolonne:
    """One heading: the field it fills, how it is read, and whether it must be there."""

    navn: str
    felt: str
    les: Callable[[str], Any]
    paakrevd: bool = True
    tom: Any = None


KOLONNER = (
    Kolonne("Tiltak", "tiltak_id", _tekst),
    Kolonne("Arrangør", "arrangoer", _tekst, paakrevd=False),
    Kolonne("Navn", "navn", _tekst),
    Kolonne("Aktivitet", "aktivitet", _aktivitet),
    Kolonne("Første dag", "sesong_fra", les_dag),
    Kolonne("Siste dag", "sesong_til", les_dag),
    Kolonne("Fra alder", "alder_fra", les_heltall),
    Kolonne("Til alder", "alder_til", les_heltall),
    Kolonne("Antall plasser", "antall", les_heltall),
    Kolonne("Organisasjonsnummer", "orgnr", _orgnr, paakrevd=False),
    Kolonne("Sted", "sted", _tekst, paakrevd=False),
    Kolonne("Dager og tid", "ukedager", _tekst, paakrevd=False),
    Kolonne("Kontakt hos arrangøren", "oppmoete", _tekst, paakrevd=False),
    Kolonne("Familien betaler", "egenandel_oere", les_kroner, paakrevd=False, tom=0),
    Kolonne("Ordinær pris", "ordinaer_pris_oere", les_kroner, paakrevd=False),
    Kolonne("Bekreftet av arrangøren", "bekreftet", les_dag, paakrevd=False),
)
_ETTER_NAVN: Mapping[str, Kolonne] = MappingProxyType({k.navn.lower(): k for k in KOLONNER})
_ETTER_FELT: Mapping[str, str] = MappingProxyType(
    {k.felt: k.navn for k in KOLONNER}
    | {"egenandel": "Familien betaler", "ordinaer_pris": "Ordinær pris", "lag_id": "Organisasjonsnummer"}
)

FINNES = N_("Tilbudet finnes fra før, med samme arrangør, navn og første dag.")


def les_tilbud(
    celler: Sequence[Rad], *, tiltak: Iterable[str], finnes: Iterable[tuple[str, str, date]], lagene: Iterable[Kjentlag]
) -> Tilbudsfil:
    """Read every row and tell all that is wrong with each.

    `tiltak`: the measures whose offers the user's unit keeps. `finnes`: offers that are there (who, name, first day).
    `lagene`: the list of clubs, which an organisation number is looked up in.
    """
    overskrifter = [navn.lower() for navn in celler[0]]
    feil = list(_om_overskriftene(celler[0]))
    rader: list[Importrad] = []
    sett, kjent = set(finnes), _kjent(tiltak, list(lagene))
    for linje, rad in enumerate(celler[1:], start=2):
        if feil and feil[0].linje == 1:
            break
        if not any(rad):
            continue
        lest = _les_rad(linje, dict(zip(overskrifter, rad, strict=False)), kjent)
        if isinstance(lest, Importrad):
            o = lest.opplysninger
            noekkel = (lest.arrangoer, o.navn, o.sesong_fra)
            if noekkel in sett:
                feil.append(Radfeil(linje, "Navn", FINNES))
            sett.add(noekkel)
            rader.append(lest)
        else:
            feil += lest
    return Tilbudsfil(tuple(rader), tuple(feil), tuple(tuple(rad) for rad in celler))


def _om_overskriftene(overskrifter: Rad) -> Iterable[Radfeil]:
    navn = [o.lower() for o in overskrifter if o]
    for kolonne in KOLONNER:
        if kolonne.paakrevd and kolonne.navn.lower() not in navn:
            yield Radfeil(1, kolonne.navn, N_("Kolonnen mangler."))
    if not {"arrangør", "organisasjonsnummer"} & {*navn}:
        yield Radfeil(1, "Arrangør", N_("Kolonnen mangler."))
    for overskrift in overskrifter:
        if overskrift and overskrift.lower() not in _ETTER_NAVN:
            yield Radfeil(1, overskrift[:60], N_("Kolonnen er ukjent. Fjern den. Listen skal ikke si noe om personer."))
        elif overskrift and navn.count(overskrift.lower()) > 1:
            yield Radfeil(1, overskrift[:60], N_("Kolonnen står mer enn én gang."))


@dataclass(frozen=True)
class _Kjent:
    """What a row is held against."""

    tiltak: frozenset[str]
    lag: Mapping[str, Kjentlag]
    """By organisation number."""
    navn: frozenset[str]
    """The clubs' names, in small letters."""


def _kjent(tiltak: Iterable[str], lagene: Sequence[Kjentlag]) -> _Kjent:
    etter_orgnr = {lag.orgnr: lag for lag in lagene}
    return _Kjent(frozenset(tiltak), etter_orgnr, frozenset(lag.navn.lower() for lag in lagene))


def _les_rad(linje: int, celler: Mapping[str, str], kjent: _Kjent) -> Importrad | list[Radfeil]:
    feil: list[Radfeil] = []
    verdier: dict[str, Any] = {}
    for kolonne in KOLONNER:
        try:
            verdier[kolonne.felt] = _les_celle(kolonne, celler.get(kolonne.navn.lower(), ""))
        except (ValueError, UgyldigFelt) as galt:
            feil.append(Radfeil(linje, kolonne.navn, str(galt)))
    feil += [Radfeil(linje, kolonne, melding) for kolonne, melding in _om_det_kjente(verdier, kjent)]
    laget = kjent.lag.get(verdier.get("orgnr") or "")
    opplysninger = _opplysninger(verdier, laget)
    funnet = ((_ETTER_FELT[galt.felt], galt) for galt in feil_i_tilbud(opplysninger))
    lest = {_ETTER_FELT[felt] for felt in verdier}
    feil += [Radfeil(linje, kolonne, str(galt)) for kolonne, galt in funnet if kolonne in lest]
    if feil:
        return feil
    arrangoer = laget.navn if laget else verdier["arrangoer"]
    return Importrad(linje, verdier["tiltak_id"], opplysninger, arrangoer, verdier["orgnr"])


def _opplysninger(verdier: Mapping[str, Any], laget: Kjentlag | None) -> Tilbudsopplysninger:
    """The offer of a row; what could not be read is something that the rest of the row is not wrong against."""
    fra = verdier.get("sesong_fra") or verdier.get("sesong_til") or date(2000, 1, 1)
    felter: dict[str, Any] = dict.fromkeys(("sted", "ukedager", "oppmoete"))
    felter |= dict.fromkeys(("alder_fra", "alder_til", "antall", "egenandel_oere"), 0)
    felter |= {"navn": "", "aktivitet": Aktivitet.ANNET, "sesong_fra": fra, "sesong_til": fra}
    felter |= {felt: verdi for felt, verdi in verdier.items() if felt not in {"tiltak_id", "arrangoer", "orgnr"}}
    felter["lag_id"] = laget.id if laget else None
    felter["arrangoertekst"] = None if laget else verdier.get("arrangoer")
    return Tilbudsopplysninger(**felter)


def _om_det_kjente(verdier: Mapping[str, Any], kjent: _Kjent) -> Iterable[tuple[str, str]]:
    """What is wrong with the measure and the organiser, by column; a cell that could not be read is told already."""
    if "tiltak_id" in verdier and verdier["tiltak_id"] not in kjent.tiltak:
        yield "Tiltak", _IKKE_MITT
    if not {"arrangoer", "orgnr"} <= verdier.keys():
        return
    orgnr, arrangoer = verdier["orgnr"], verdier["arrangoer"]
    if orgnr is None and not arrangoer:
        yield "Arrangør", _INGEN_ARRANGOER
    elif orgnr is None:
        if arrangoer.lower() in kjent.navn:
            yield "Arrangør", _STAAR_I_LISTEN
    elif orgnr not in kjent.lag:
        yield "Organisasjonsnummer", _UKJENT_LAG
    elif not kjent.lag[orgnr].aktiv:
        yield "Organisasjonsnummer", _IKKE_AKTIVT


def _les_celle(kolonne: Kolonne, tekst: str) -> Any:
    if tekst.startswith(("=", "+", "@")) and not (kolonne.les is _tekst and _TELEFON.match(tekst)):
        raise ValueError(_FORMEL)
    if not tekst:
        if kolonne.paakrevd:
            raise ValueError(N_("Cellen er tom."))
        return kolonne.tom
    return kolonne.les(tekst)
