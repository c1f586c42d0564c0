"""Errands of people who are signed in, each with a browser of their own, and what each must be answered."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.fabrikk import ALLE_ROLLER
from tests.statistikk.utgivelse import AAR
from tests.utholdenhet.nettleser import Nettleser

_SAK = re.compile(r'href="(/saker/\d+)"')
_NESTE = re.compile(r'href="(/saker\?[^"]*side=[^"]+)"')
_HENVISNING = re.compile(r'href="/henvisninger/(\d+)"')
_REFERANSE = re.compile(r"F-[0-9A-Z]{4}-[0-9A-Z]{2}")
_TALL = re.compile(r'href="(/tall/[^"/]+/\d+)"')
_PASSER = re.compile(r'name="henvisning_id" value="\d+".{0,60}?name="tilbud_id" value="(\d+)"', re.DOTALL)
_TILBUD = re.compile(r'name="tilbud"[^>]*value="(\d+)"')

FOR_SENT = 409
"""Somebody was before."""
FOR_MANGE = 429
"""Whoever takes out too many files waits."""


@dataclass
class By:
    """Who is there, and what they have seen: cases and references to come back to."""

    adresse: str
    rng: random.Random
    metrikk_token: str
    aar: int
    folk: dict[str, Nettleser] = field(default_factory=dict)
    saker: list[tuple[str, str]] = field(default_factory=list)
    referanser: list[str] = field(default_factory=list)
    gjort: Counter[str] = field(default_factory=Counter)
    """Errands, by name, and what came of them."""

    def som(self, *brukernavn: str) -> Nettleser:
        """One of these people."""
        navn = self.rng.choice(brukernavn)
        if navn not in self.folk:
            self.folk[navn] = Nettleser(self.adresse, navn)
        return self.folk[navn]


def inn_og_ut(by: By) -> None:
    """Sign in, see what waits, and leave."""
    hvem = by.som(*ALLE_ROLLER, "nav2")
    hvem.se("/", (200, 303))  # some begin on a page of their own
    hvem.logg_ut()


def liste(by: By) -> None:
    """Look through the list, and one page further."""
    hvem = by.som("nav1", "nav2")
    side = hvem.se(f"/saker?filter={by.rng.choice(('enheten', 'aapne', 'avsluttede', 'mine'))}")
    by.saker = (by.saker + [(hvem.brukernavn, sti) for sti in _SAK.findall(side)])[-500:]
    neste = _NESTE.findall(side)
    if neste:
        hvem.se(by.rng.choice(neste).replace("&amp;", "&"))


def sak(by: By) -> None:
    """Open a case; a colleague's with a reason."""
    if not by.saker:
        return
    navn, sti = by.rng.choice(by.saker)
    hvem = by.som(navn)
    if not hvem.se(sti, (200, 303)):
        hvem.send(f"{sti}/hvorfor", {"grunn": "kollega_borte"})
        hvem.se(sti)


def registrer(by: By) -> None:
    """Register a family and see the receipt."""
    svar = by.som("nav1", "nav2")
    skjema = {
        "enhet": "nav",
        "i_maalgruppe": "ja",
        "behov": ["fritid", "opplevelse"],
        "barn-0-foedselsaar": str(by.aar - by.rng.randrange(7, 12)),
        "barn-0-deltar": "nei",
        "barn-0-spurt": "ja",
        "barn-0-oenske1": "fotball",
        "barn-0-tiltak": "4a-3",
        "grunnlag": "samtykke",
        "maate": "skriftlig",
        "fra": "foresatt",
        "opplysninger": ["behov", "oenske", "aldersgruppe", "referanse"],
        "kodevalg": "uten",
    }
    kvittering = svar.se(urlsplit(svar.send("/saker/ny", skjema).headers["Location"]).path)
    by.referanser = (by.referanser + _REFERANSE.findall(kvittering))[-200:]


def finn(by: By) -> None:
    """Look a case up by its reference."""
    if by.referanser:
        by.som("nav1", "nav2").send("/saker/finn", {"referanse": by.rng.choice(by.referanser)})


def innboks(by: By) -> None:
    """See what has come to the unit."""
    by.som("inkludering1").se("/innboks")


def gi(by: By) -> None:
    """Receive the oldest of those that wait for the unit, and give it a place that fits."""
    hvem = by.som("inkludering1")
    funnet = _HENVISNING.findall(hvem.se("/innboks"))
    if not funnet:
        return
    id_ = by.rng.choice(funnet[:5])
    if f"/henvisninger/{id_}/ta_imot" in hvem.se(f"/henvisninger/{id_}", (200, 404)):
        hvem.send(f"/henvisninger/{id_}/ta_imot", {}, (303, FOR_SENT))
    passer = _PASSER.findall(hvem.se(f"/fordel?henvisning={id_}"))
    if passer:
        felt = {"henvisning_id": id_, "tilbud_id": by.rng.choice(passer)}
        gitt = hvem.send("/fordel/gi", felt, (303, 404, FOR_SENT))
        by.gjort["places given"] += gitt.status_code == 303


def foreslaa(by: By) -> None:
    """Have a proposal made for whoever waits (the solver)."""
    hvem = by.som("inkludering1")
    tilbud = _TILBUD.findall(hvem.se("/forslag/nytt?tiltak=4a-3"))
    hvem.send("/forslag/nytt?tiltak=4a-3", {"tilbud": tilbud, "maate": "gi", "frist_dager": "7"}, (303, 422))


def tall(by: By) -> None:
    """Read a table."""
    hvem = by.som("koordinator1", "koordinator2")
    hvem.se(by.rng.choice(_TALL.findall(hvem.se("/tall"))), (200, 404))  # a year that has not been counted


def eksport(by: By) -> None:
    """Take a table out as a file."""
    hvem = by.som("koordinator1", "koordinator2")
    tabeller = [sti for sti in _TALL.findall(hvem.se("/tall")) if sti.endswith(f"/{AAR}")]
    felt = {"format": by.rng.choice(("csv", "xlsx", "jsonstat"))}
    svar = hvem.send(f"{by.rng.choice(tabeller)}/eksport", felt, (200, FOR_MANGE))
    by.gjort["files"] += svar.status_code == 200


def telling(by: By) -> None:
    """Order a new count of the year; it is done once a day."""
    by.som("koordinator1").send("/tall/telling", {"aar": str(by.aar)}, (302,))


def rapport(by: By) -> None:
    """Have the year's report made, for the council or to write in."""
    felt = {"format": by.rng.choice(("pdf", "docx"))}
    svar = by.som("koordinator1").send(f"/plan/rapporter/utkast/{AAR}/fil", felt, (200, FOR_MANGE))
    by.gjort["reports"] += svar.status_code == 200


def plan(by: By) -> None:
    """Read the plan; the coordinator, what is to be done about it."""
    by.som(*ALLE_ROLLER).se(by.rng.choice(("/plan", "/plan/indikatorer", "/plan/versjoner")))
    by.som("koordinator1").se(by.rng.choice(("/plan/evaluering", "/plan/aktiviteter", "/plan/oversikt")))


def logg(by: By) -> None:
    """See who has opened what."""
    by.som("ombud1").se(by.rng.choice(("/innsynslogg", "/innsynslogg/moenstre", "/innsynslogg/aapninger")))


def loggfil(by: By) -> None:
    """Take the log of one person out."""
    felt = {"brukernavn": "nav1", "fil": by.rng.choice(("csv", "xlsx"))}
    by.som("ombud1").send("/innsynslogg/eksport", felt, (200, FOR_MANGE))


def drift(by: By) -> None:
    """See to the service and its users."""
    by.som("system1").se(by.rng.choice(("/drift", "/jobber", "/brukere", "/kommune", "/rettigheter")))


def bank(by: By) -> None:
    """See what Utstyrsbanken has out."""
    by.som("fretex1").se(by.rng.choice(("/utstyr", "/utstyr/enheter", "/utstyr/utlaan")))
