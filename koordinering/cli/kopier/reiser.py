"""The three journeys of DESIGN.md over HTTP, without a browser: a family is registered, given a place, and counted."""

import re
import time
from collections.abc import Mapping
from typing import Any

import requests

from koordinering.cli.kopier.innhold import Folk, Person
from koordinering.crypto import totp_kode
from koordinering.db import i_dag, now
from koordinering.errors import KoordineringError
from koordinering.jobb.rules import Jobbstatus

_FRIST_S = 60
_TELLING_S = 900
"""Hiding numbers may be given minutes (`koordinering kommune sett --tid`)."""
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_REFERANSE = re.compile(r"F-[0-9A-Z]{4}-[0-9A-Z]{2}")
_EGEN = "Øvelse 1"


class _Leser:
    """Somebody with cookies who follows links and sends forms."""

    def __init__(self, adresse: str) -> None:
        self._adresse = adresse
        self._okt = requests.Session()
        self._okt.trust_env = False  # to this machine itself, past any proxy
        self._side = ""

    def se(self, sti: str) -> str:
        """Open a page; its text."""
        return self._les("GET", sti)

    def send(self, sti: str, felt: Mapping[str, Any]) -> str:
        """Send a form with the token of the page that was opened last, and go where it leads."""
        token = _TOKEN.search(self._side)
        if token is None:
            raise KoordineringError(f"Siden før {sti} har ikke noe skjema.")
        return self._les("POST", sti, data={"csrf_token": token[1], **felt})

    def hent(self, sti: str, felt: Mapping[str, Any]) -> str:
        """Send a form that answers with a file; its text. The page that was opened last stays."""
        side = self._side
        innhold = self.send(sti, felt)
        self._side = side
        return innhold

    @property
    def sted(self) -> str:
        """The address of the page that was opened last."""
        return self._sted

    def _les(self, metode: str, sti: str, **kw: Any) -> str:
        try:
            svar = self._okt.request(metode, self._adresse + sti, timeout=_FRIST_S, **kw)
        except requests.RequestException as feil:
            raise KoordineringError(f"{metode} {_uten_nummer(sti)}: {type(feil).__name__}") from None
        if svar.status_code != 200:
            raise KoordineringError(f"{metode} {_uten_nummer(sti)} svarte {svar.status_code}.")
        self._sted = svar.url.removeprefix(self._adresse)
        self._side = svar.content.decode("utf-8", "replace")
        return self._side


def _uten_nummer(sti: str) -> str:
    """The report names no case."""
    return re.sub(r"\d{5,}", "…", sti.split("?")[0])


def _krev(sant: object, hva: str) -> None:
    if not sant:
        raise KoordineringError(hva)


def reis(adresse: str, folk: Folk) -> dict[str, float]:
    """Take the three; how many seconds each took. Raises KoordineringError where one does not arrive."""
    tider: dict[str, float] = {}
    begynt = time.monotonic()
    henvisning_id = _registrer(_inne(adresse, folk.henviser), folk)
    tider["registrere"] = round(time.monotonic() - begynt, 1)
    begynt = time.monotonic()
    _fordel(_inne(adresse, folk.mottaker), folk, henvisning_id)
    tider["fordele"] = round(time.monotonic() - begynt, 1)
    begynt = time.monotonic()
    _tell(_inne(adresse, folk.koordinator))
    tider["telle"] = round(time.monotonic() - begynt, 1)
    return tider


def _inne(adresse: str, hvem: Person) -> _Leser:
    """Signed in with password and code."""
    leser = _Leser(adresse)
    leser.se("/logg-inn")
    side = leser.send("/logg-inn", {"brukernavn": hvem.brukernavn, "passord": hvem.passord})
    if leser.sted.startswith("/logg-inn/faktor"):
        side = leser.send("/logg-inn/faktor", {"engangskode": totp_kode(hvem.hemmelighet, now())})
    _krev("Logg ut" in side, "Innloggingen virket ikke i kopien.")
    return leser


def _registrer(leser: _Leser, folk: Folk) -> int:
    """Journey 1: a family with a child of ten; the number of its referral."""
    leser.se("/saker/ny")
    skjema = {
        "enhet": folk.henviser.enhet,
        "i_maalgruppe": "ja",
        "behov": ["fritid"],
        "barn-0-foedselsaar": str(i_dag().year - 10),
        "barn-0-deltar": "nei",
        "barn-0-spurt": "ja",
        "barn-0-tiltak": [folk.tiltak_id],
        "grunnlag": "samtykke",
        "maate": "skriftlig",
        "fra": "foresatt",
        "egen_referanse": _EGEN,
        "kodevalg": "uten",
    }
    kvittering = leser.send("/saker/ny", skjema)
    _krev("/kvittering" in leser.sted and _REFERANSE.search(kvittering), "Registreringen ga ingen kvittering.")
    sak = leser.se(leser.sted.split("/kvittering")[0])
    _krev(_EGEN in sak, "Den egne referansen kom ikke igjen på saken.")
    henvisning = re.search(r"/henvisninger/(\d+)", sak)
    if henvisning is None:
        raise KoordineringError("Saken viser ikke henvisningen.")
    return int(henvisning[1])


def _fordel(leser: _Leser, folk: Folk, henvisning_id: int) -> None:
    """Journey 2: the referral is received and given a place."""
    sti = f"/henvisninger/{henvisning_id}"
    leser.se(sti)
    leser.send(f"{sti}/ta_imot", {})
    fordel = leser.se(f"/fordel?tilbud={folk.tilbud_id}")
    _krev(str(henvisning_id) in fordel, "Henvisningen står ikke i køen.")
    leser.send("/fordel/gi", {"henvisning_id": str(henvisning_id), "tilbud_id": str(folk.tilbud_id)})
    _krev("Innvilget" in leser.se(sti), "Plassen ble ikke gitt.")


def _tell(leser: _Leser) -> None:
    """Journey 3: the year is counted, a table read and taken out."""
    aar = i_dag().year
    leser.se("/tall")
    if "allerede telt i dag" not in leser.send("/tall/telling", {"aar": str(aar)}):
        _vent_paa_jobben(leser)
    katalog = leser.se("/tall")
    funnet = re.search(rf'href="/tall/(\w+)/{aar}"', katalog)
    if funnet is None or f"{i_dag():%d.%m.%Y}" not in katalog:
        raise KoordineringError("Tellingen ble ikke ferdig.")
    sti = f"/tall/{funnet[1]}/{aar}"
    _krev("<table" in leser.se(sti), "Tabellen er tom.")
    fil = leser.hent(f"{sti}/eksport", {"format": "csv"})
    _krev(len(fil.splitlines()) > 1 and "<html" not in fil, "Tabellen kom ikke som fil.")


def _vent_paa_jobben(leser: _Leser) -> None:
    """Until no job waits or is being done."""
    frist = time.monotonic() + _TELLING_S
    under_veis = [str(en.tekst) for en in (Jobbstatus.VENTER, Jobbstatus.I_ARBEID)]
    while any(en in leser.se("/jobber") for en in under_veis):
        _krev(time.monotonic() < frist, "Tellingen ble ikke ferdig i tide.")
        time.sleep(0.5)
