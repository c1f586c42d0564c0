"""The year of those who neither hand out cards nor count money: each step tells what it adds to the year's figures."""

import re

from sqlalchemy import select

from koordinering.db import db
from koordinering.jobb.arbeider import arbeid
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling.models import Forslag
from koordinering.tiltak.models import Tilbud
from tests.aaret.huset import AAR, Aaret
from tests.tiltak.test_tilbud import SKJEMA as TILBUD


def vist_vei(aar: Aaret) -> None:
    """March: Nav shows eight families the way to Utstyrsbanken and Barnetreffen, the health station four.

    Were the year's referrals as many as its families, it would be known that no family has two services, and the sums
    would be hidden for that.
    """
    aar.dag(3, 8)
    for hvem, enhet, antall in (("nav1", "nav", 8), ("helse1", "to_helsestasjon", 4)):
        for _ in range(antall):
            vist = aar.henvist(hvem, enhet, tiltak=["4b-3", "4b-1"])
            assert [db.session.get_one(Henvisning, en).status for en in vist] == [Status.VIST_TIL] * 2


def los(aar: Aaret) -> None:
    """March to May: a youth has a los at Ungdomsbasen for two months, and reaches the goal."""
    aar.dag(3, 9)
    ungdom = aar.henvis_barn("nav1", "nav", "2a-2", barn_0_foedselsaar=str(AAR - 15))
    for steg in ("ta_imot", "gi", "bekreft_start"):
        aar.gjoer("ungdomsbasen1", f"/henvisninger/{ungdom}/{steg}")
    aar.dag(5, 10)
    slutt = {"grunn": "fullfoert", "deltar": "ja", "resultat": "naadd"}
    dager = {"deltatt_fra": f"09.03.{AAR}", "deltatt_til": f"10.05.{AAR}"}
    aar.gjoer("ungdomsbasen1", f"/henvisninger/{ungdom}/avslutt", slutt | dager)


def ferie(aar: Aaret) -> None:
    """Summer: three for two places on a trip, by a proposal; one gift undone and given anew; the third refused."""
    aar.dag(6, 1)
    tur = {"tiltak_id": "4b-9", "navn": "Sommerleir", "aktivitet": "speider", "antall": "2", "alder_til": "14"}
    aar.gjoer("inkludering1", "/tilbud/nytt", TILBUD | tur | _sesong("06-20", "06-27"))
    tilbud = _tilbudet("Sommerleir")
    barn = [aar.henvis_barn("nav1", "nav", "4b-9") for _ in range(3)]
    for henvisning in barn:
        aar.gjoer("inkludering1", f"/henvisninger/{henvisning}/ta_imot")
    runde = {"tilbud": [str(tilbud)], "maate": "gi", "frist_dager": "7"}
    side = aar.gjoer("inkludering1", "/forslag/nytt?tiltak=4b-9", runde)
    versjon = str(db.session.scalars(select(Forslag.versjon)).one())
    aar.gjoer("inkludering1", f"{side}/bekreft", {"versjon": versjon})
    fikk = [h for h in barn if db.session.get_one(Henvisning, h).status is Status.INNVILGET]
    (uten,) = set(barn) - set(fikk)
    assert len(fikk) == 2
    aar.gjoer("inkludering1", f"/henvisninger/{fikk[0]}/angre")
    aar.gjoer("inkludering1", "/fordel/gi", {"henvisning_id": str(fikk[0]), "tilbud_id": str(tilbud)})
    aar.gjoer("inkludering1", f"/henvisninger/{uten}/avslaa", {"grunn": "ingen_kapasitet"})
    aar.dag(6, 28)
    for henvisning in fikk:
        aar.gjoer("inkludering1", f"/henvisninger/{henvisning}/bekreft_start")
        aar.gjoer("inkludering1", f"/henvisninger/{henvisning}/avslutt", {"grunn": "fullfoert", "deltar": "nei"})


def kulturskole(aar: Aaret) -> None:
    """Autumn: Kulturskolen offers its one place to two in turn: the first says no, the second yes; one is refused."""
    aar.dag(8, 16)
    kurs = {"tiltak_id": "4b-11", "navn": "Piano", "aktivitet": "musikk", "antall": "1", "alder_til": "18"}
    aar.gjoer("kulturskole1", "/tilbud/nytt", TILBUD | kurs | _sesong("08-20", "12-10"))
    tilbud = _tilbudet("Piano")
    barn = [aar.henvis_barn(hvem, enhet, "4b-11") for hvem, enhet in (("nav1", "nav"), ("kultur1", "to_kultur_fritid"))]
    for henvisning in barn:
        aar.gjoer("kulturskole1", f"/henvisninger/{henvisning}/ta_imot")
        aar.gjoer("kulturskole1", f"/henvisninger/{henvisning}/venteliste")
    aar.gjoer("kulturskole1", "/fordel/gi", {"henvisning_id": str(barn[0]), "tilbud_id": str(tilbud), "tilby": "y"})
    aar.gjoer("nav1", f"/henvisninger/{barn[0]}/plasstilbud/svar", {"svar": "nei"})
    aar.gjoer("kultur1", f"/henvisninger/{barn[1]}/plasstilbud/svar", {"svar": "ja"})
    aar.gjoer("kulturskole1", f"/henvisninger/{barn[0]}/avslaa", {"grunn": "ingen_kapasitet"})
    aar.gjoer("kulturskole1", f"/henvisninger/{barn[1]}/bekreft_start")
    aar.dag(12, 11)
    aar.gjoer("kulturskole1", f"/henvisninger/{barn[1]}/avslutt", {"grunn": "fullfoert", "deltar": "ja"})


def _sesong(fra: str, til: str) -> dict[str, str]:
    return {"sesong_fra": f"{AAR}-{fra}", "sesong_til": f"{AAR}-{til}"}


def _tilbudet(navn: str) -> int:
    return db.session.scalars(select(Tilbud.id).where(Tilbud.navn == navn)).one()


def ledelsen(aar: Aaret) -> None:
    """A case is handed over, an account locked and opened, the log read, the plan looked at: nothing is counted."""
    aar.dag(12, 14)
    sak = db.session.scalars(select(Henvisning.sak_id).where(Henvisning.avsender_id == "nav").limit(1)).one()
    aar.gjoer("navleder1", f"/saker/{sak}/overlever", {"til": str(aar.folk.nav2.id)})
    for steg in ("laas", "laas-opp"):
        aar.gjoer("system1", f"/brukere/{aar.folk.ungdomsbasen1.id}/{steg}")
    assert "Låste opp bruker" in aar.se("ombud1", "/innsynslogg")
    assert "Opplevelseskortet" in aar.se("tiltak1", "/plan")


def tallene(aar: Aaret) -> None:
    """The coordinator counts the year, which agrees with the steps wherever a number is large enough to be shown."""
    aar.gjoer("koordinator1", "/tall/telling", {"aar": str(AAR)})
    arbeid(en_runde=True)
    db.session.rollback()
    # Nav: 4 cards, 1 place, 1 money, 8 shown the way, 1 los, 3 for the trip, 1 at Kulturskolen
    # the health station: 1 card, 1 place, 4 shown the way; Kultur og fritid: 1 place, 1 at Kulturskolen
    familier = _vist(aar, "tjeneste_familier")
    assert familier == {"Bare Nav Lillehammer": 19, "I alt": 27}, familier  # 6 and 2 hidden: 2 are few
    # each of them has one child; 12 were shown the way to two places, 2 refused, and 13 given something
    assert _vist(aar, "alder")["I alt"] == 27


def _vist(aar: Aaret, kode: str) -> dict[str, int]:
    """The numbers that a table shows in its first column."""
    html = aar.se("koordinator1", f"/tall/{kode}/{AAR}")
    rader = re.findall(r'<th scope="row"[^>]*>(?:<strong>)?([^<]+)(?:</strong>)?</th>(.*?)</tr>', html)
    celler = {navn: re.findall(r'<td class="tall">(\d+|<)', rad) for navn, rad in rader}
    return {navn: int(tall[0]) for navn, tall in celler.items() if tall and tall[0] != "<"}
