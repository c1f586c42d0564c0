"""Checks of the settings and of the files: nothing here opens the database."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from koordinering import signatur
from koordinering.config import Config, Faktorkrav
from koordinering.db import now
from koordinering.drift.rules import Kontroller, Svar, advarsel, feil, ok
from koordinering.sikkerhetskopi import RAPPORT, sist_oevd
from koordinering.tekst import telt

_FEILSOEKING = ("FLASK_DEBUG", "FLASK_ENV", "PYTHONDEVMODE", "PYTHONASYNCIODEBUG", "WERKZEUG_DEBUG_PIN")
"""Variables that make a Python server talk more than it should."""
_LOKALE = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
_KOPI_ER_NY = timedelta(hours=26)
"""A backup each night, and two hours for it to finish."""
_KOPI_ER_BORTE = timedelta(days=7)
_OEVELSE = timedelta(days=35)
"""A drill each month, and some days for it to be mended."""


@dataclass(frozen=True)
class Oppsett:
    """The settings, and the environment that they were read from."""

    config: Config
    miljo: Mapping[str, str]


def miljoe(paa: Oppsett) -> Svar:
    """Real families belong in production only."""
    if paa.config.demo:
        return advarsel("Dette er en demo.", "Registrer bare oppdiktede familier her.")
    return ok("Produksjon.")


def feilsoeking(paa: Oppsett) -> Svar:
    """Nothing that shows the inside of the program."""
    paa_ = [navn for navn in _FEILSOEKING if paa.miljo.get(navn, "").strip().lower() not in {"", "0", "false"}]
    if paa_:
        return feil(f"Feilsøking er slått på ({', '.join(paa_)}).", f"Fjern fra miljøet: {' '.join(paa_)}")
    return ok("Feilsøking er av.")


def verter(paa: Oppsett) -> Svar:
    """The names that are answered are those of this installation."""
    navn = ", ".join(paa.config.verter)
    aapne = [vert for vert in paa.config.verter if vert.startswith(".")]
    if aapne:
        return feil(f"Alle navn under {', '.join(aapne)} besvares.", "Skriv hele vertsnavnet i KOORDINERING_VERTER.")
    if not paa.config.demo and set(paa.config.verter) <= _LOKALE:
        return feil(f"Bare {navn} besvares.", "Sett KOORDINERING_VERTER til navnet brukerne skriver i nettleseren.")
    return ok(f"Besvarer {navn}.")


def tls(paa: Oppsett) -> Svar:
    """Secure cookies and HSTS."""
    if paa.config.https:
        return ok("Informasjonskapsler og HSTS er satt for https.")
    if paa.config.demo:
        return ok("Uten https, og bare på denne maskinen.")
    return feil("Innlogging virker uten https.", "Fjern KOORDINERING_HTTPS=0, og sett en proxy med TLS foran.")


def proxy(paa: Oppsett) -> Svar:
    """Who signs in from where is known behind a proxy."""
    if paa.config.https and not paa.config.proxyer:
        return advarsel(
            "Alle ser ut til å komme fra samme nett, for ingen proxy er oppgitt.",
            "Sett KOORDINERING_PROXYER til antallet proxyer foran tjenesten.",
        )
    return ok(f"{telt(paa.config.proxyer, 'proxy', 'proxyer')} foran.")


def faktor(paa: Oppsett) -> Svar:
    """A password alone opens no case in production."""
    if paa.config.faktor is Faktorkrav.AV:
        return ok("Demoen krever bare passord.")  # production does not start with this
    return ok(f"En faktor til kreves av {paa.config.faktor.tekst}.")


def mappen(paa: Oppsett) -> Svar:
    """The folder of the data is its owner's alone."""
    mappe = paa.config.data
    if not mappe.is_dir():
        return feil(f"Mappen {mappe} finnes ikke.", "Sett KOORDINERING_DATA, og kjør: koordinering init")
    return _bare_eieren(mappe, "700")


def noekler(paa: Oppsett) -> Svar:
    """The keys can be read, by their owner alone."""
    paa.config.kilde.les()
    if paa.config.noekler is not None:
        return ok("Nøklene står i miljøet og kan leses.")
    return _bare_eieren(paa.config.noekkelfil, "600")


def loggnoekkel(paa: Oppsett) -> Svar:
    """The key that signs the log; on the one machine that seals."""
    fil = paa.config.loggnoekkel
    if not fil.exists():
        return advarsel(
            f"{fil.name} finnes ikke: loggen forsegles ikke her.",
            "Greit hvis en annen maskin forsegler. Ellers: koordinering init",
        )
    signatur.les_noekkel(fil)
    return _bare_eieren(fil, "600")


def hoder(paa: Oppsett) -> Svar:
    """What proves the log lies where he who keeps the database does not write."""
    mappe = paa.config.hodemappe
    if mappe.is_relative_to(paa.config.data):
        return advarsel(
            "Hodene til innsynsloggen ligger i datamappen, ved siden av databasen.",
            "Sett KOORDINERING_LOGGHODER til et annet sted, og kopier mappen hver natt.",
        )
    return ok(f"Hodene til innsynsloggen ligger i {mappe}.")


def kopier(paa: Oppsett) -> Svar:
    """The newest file of each place where backups are put."""
    steder = paa.config.kopier
    if not steder:
        return advarsel(
            "Ukjent: ingen vet hvor sikkerhetskopiene ligger.",
            "Sett KOORDINERING_KOPIER til mappene eller filene, med komma mellom.",
        )
    aldre = {sted: kopialder(sted) for sted in steder}
    mangler = [str(sted) for sted, alder in aldre.items() if alder is None]
    if mangler:
        return feil(f"Ingen kopi i {', '.join(mangler)}.", "Ta en sikkerhetskopi nå, og se hvorfor den mangler.")
    eldst, alder = max(((sted, alder) for sted, alder in aldre.items() if alder is not None), key=lambda en: en[1])
    timer = int(alder.total_seconds() // 3600)
    if alder > _KOPI_ER_NY:
        dom = feil if alder > _KOPI_ER_BORTE else advarsel
        return dom(f"Den nyeste kopien i {eldst} er {timer} timer gammel.", "Se hvorfor nattens kopi ikke ble tatt.")
    return ok(f"Den eldste av de nyeste kopiene er {telt(timer, 'time', 'timer')} gammel.")


def kopialder(sted: Path) -> timedelta | None:
    """The age of the newest backup in a place: of the newest file that is not empty; None where there is none."""
    filer = [sted] if sted.is_file() else sted.rglob("*")
    kopiene = (fil for fil in filer if fil.is_file() and fil.name != RAPPORT)
    tider = [om.st_mtime for fil in kopiene if (om := fil.stat()).st_size]
    return now() - datetime.fromtimestamp(max(tider), now().tzinfo) if tider else None


def gjenoppretting(paa: Oppsett) -> Svar:
    """Somebody has fetched a backup lately, and worked in it."""
    steder = {mappe for sted in paa.config.kopier for mappe in (sted, sted.parent)}
    oevd = [svar for mappe in steder if (svar := sist_oevd(mappe)) is not None]
    gjoer = "Kjør: koordinering backup oevelse MAPPE --noekkel FIL --noekkelfil FIL"
    if not oevd:
        return advarsel("Ingen har øvd på å hente en kopi tilbake.", gjoer)
    naar, gikk = max(oevd)
    dager = (now() - naar).days
    if not gikk:
        return feil(f"Siste øvelse i å hente en kopi tilbake ({naar:%d.%m.%Y}) gikk ikke.", f"Se i {RAPPORT}. {gjoer}")
    if now() - naar > _OEVELSE:
        return advarsel(f"Det er {dager} dager siden noen øvde på å hente en kopi tilbake.", gjoer)
    return ok(f"En kopi er hentet tilbake og brukt for {telt(dager, 'dag', 'dager')} siden.")


def _bare_eieren(sti: Path, rettigheter: str) -> Svar:
    om = sti.stat()
    if stat.S_IMODE(om.st_mode) & 0o077:
        return feil(f"Andre på maskinen kommer til {sti}.", f"Kjør: chmod {rettigheter} {sti}")
    if om.st_uid != os.geteuid():
        return feil(f"{sti} eies av en annen bruker enn den som kjører dette.", f"Kjør: chown $(id -un) {sti}")
    return ok(f"Bare eieren kommer til {sti}.")


KONTROLLER: Kontroller[Oppsett] = (
    ("miljø", miljoe),
    ("feilsøking", feilsoeking),
    ("vertsnavn", verter),
    ("https", tls),
    ("proxy", proxy),
    ("innlogging", faktor),
    ("datamappe", mappen),
    ("nøkler", noekler),
    ("loggnøkkel", loggnoekkel),
    ("loggens hoder", hoder),
    ("sikkerhetskopi", kopier),
    ("gjenoppretting", gjenoppretting),
)
