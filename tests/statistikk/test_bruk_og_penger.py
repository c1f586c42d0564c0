"""Visits, loans and kroner: figures worked out by hand, and what protects them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import delete

from koordinering.db import db, transaction
from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import RawCounts, Regler, Slag, Tegn, beskytt
from koordinering.statistikk.disclosure.revisjon import revider
from koordinering.tiltak.kort.models import Kortbesoek, Samarbeidssted
from koordinering.tiltak.kort.rules import Stedslag
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.models import Budsjett, Midleraar, Postering, Tilsagn
from koordinering.tiltak.midler.queries import midlertall
from koordinering.tiltak.midler.rules import Postslag
from koordinering.tiltak.models import Beholdning, Plass, Tilbud
from koordinering.tiltak.moeteplass.models import Moeteplass, Moeteplassgruppe, Moeteplasstall
from koordinering.tiltak.rules import Aktivitet, Beholdningsslag, Plasstilstand
from koordinering.tiltak.utstyr.models import Maanedsutlaan
from koordinering.tiltak.utstyr.rules.tilstander import Kategori
from tests.statistikk.byen import AAR, DAG, FRIPLASS, HELSE, KORT, KULTUR, NAV, By

BRUK = ("besoek", "besoek_kvartal", "kortbesoek", "kortbesoek_kvartal", "utlaan", "utlaan_kvartal")
PENGER = ("kroner", "kroner_tiltak", "kroner_kvartal")


@pytest.fixture
def by(folk: Any) -> By:
    return By(folk.nav1.id)


def tabeller(dato: date = DAG) -> dict[str, RawCounts]:
    return {t.kode: t for t in measures.tell(AAR, dato).tabeller}


def tall(raw: RawCounts) -> dict[str, tuple[int, ...]]:
    """Cell → its numbers; empty cells left out."""
    return {"/".join(n): c.tall for n, c in raw.celler.items() if any(c.tall)}


def _moeteplass(by: By, fra: date, *dager: tuple[date, int]) -> None:
    plass = Moeteplass(tiltak_id="4b-1", enhet_id=HELSE, navn=f"Treff {fra}", fra=fra, ukedager=[])
    plass.grupper = [Moeteplassgruppe(navn=navn, orden=nr) for nr, navn in enumerate(("små", "store"))]
    db.session.add(plass)
    db.session.flush()
    for dag, antall in dager:
        for gruppe, andel in zip(plass.grupper, (antall, 1), strict=True):
            db.session.add(Moeteplasstall(gruppe_id=gruppe.id, dag=dag, antall=andel, foert_av=by.user_id))


def _sted(by: By, navn: str, slag: Stedslag, fra: date, til: date | None, *maaneder: tuple[int, int | None]) -> None:
    sted = Samarbeidssted(tiltak_id=KORT, navn=navn, slag=slag, fra=fra, til=til)
    db.session.add(sted)
    db.session.flush()
    for maaned, antall in maaneder:
        db.session.add(Kortbesoek(sted_id=sted.id, aar=AAR, maaned=maaned, antall=antall, foert_av=by.user_id))


def test_visits_at_open_offers_are_added_up_by_measure_and_quarter(by: By) -> None:
    with transaction():
        db.session.execute(delete(Moeteplass))
        _moeteplass(by, date(AAR, 4, 1), (date(AAR, 4, 8), 11), (date(AAR, 6, 30), 7), (date(AAR, 12, 1), 20))
        _moeteplass(by, date(AAR, 10, 1), (date(AAR, 10, 2), 3), (date(AAR + 1, 1, 2), 99))
    t = tabeller()
    assert tall(t["besoek"]) == {"4b-1": (45,), "Total": (45,)}
    kvartal = tall(t["besoek_kvartal"])
    assert {n: v for n, v in kvartal.items() if n.startswith("4b-1")} == {
        "4b-1/k2": (20,), "4b-1/k4": (25,), "4b-1/Total": (45,)
    }  # fmt: skip
    # The first quarter was before any of them was open; the third was open and nobody is written in.
    assert ("4b-1", "k1") in t["besoek_kvartal"].strukturelle
    assert ("4b-1", "k3") not in t["besoek_kvartal"].strukturelle
    assert tall(tabeller(date(AAR, 9, 15))["besoek"])["Total"] == (20,)


def test_card_visits_by_type_of_venue_with_the_venues_that_had_any(by: By) -> None:
    start = date(AAR - 1, 1, 1)
    with transaction():
        _sted(by, "Badet", Stedslag.BAD, start, None, (1, 4), (2, 6), (11, 5))
        _sted(by, "Det andre badet", Stedslag.BAD, start, date(AAR, 3, 31), (2, 1), (3, None))
        _sted(by, "Kinoen", Stedslag.KINO, start, None, (5, 12), (6, 0))
        _sted(by, "Museet", Stedslag.MUSEUM, date(AAR, 7, 1), None)
    t = tabeller()
    assert tall(t["kortbesoek"]) == {"bad": (16, 2), "kino": (12, 1), "Total": (28, 3)}
    assert tall(t["kortbesoek_kvartal"])["bad/k1"] == (11,)
    assert {("alpin",), ("scene",)} < t["kortbesoek"].strukturelle
    assert ("museum",) not in t["kortbesoek"].strukturelle
    assert ("museum", "k2") in t["kortbesoek_kvartal"].strukturelle


def test_loans_by_category_and_quarter(by: By) -> None:
    with transaction():
        for maaned, kategori, antall in ((1, Kategori.SKOEYTER, 30), (2, Kategori.SKOEYTER, 4), (7, Kategori.VANN, 9)):
            db.session.add(Maanedsutlaan(enhet_id=KULTUR, aar=AAR, maaned=maaned, kategori=kategori, antall=antall))
    t = tabeller()
    assert tall(t["utlaan"]) == {"skoeyter": (34,), "vann": (9,), "Total": (43,)}
    assert tall(t["utlaan_kvartal"])["skoeyter/k1"] == (34,)
    halvt = tabeller(date(AAR, 1, 31))
    assert tall(halvt["utlaan"])["Total"] == (30,)
    assert ("skoeyter", "k2") in halvt["utlaan_kvartal"].strukturelle


# --- Kroner ----------------------------------------------------------------------------------------------


class Kasse:
    """A budget of the year, straight into the tables."""

    def __init__(self, by: By, egenandel: int = 0) -> None:
        self.by = by
        db.session.add(Midleraar(aar=AAR, beloepsgrense_oere=500_000))
        db.session.flush()
        self.lag = Lag(navn="Turngruppa", orgnr="999999999")
        self.budsjett, self.planb = (
            Budsjett(aar=AAR, formaal_id=formaal, ramme_oere=ramme)
            for formaal, ramme in (("enkeltplass", 100_000_000), ("egenandel", egenandel))
        )
        db.session.add_all([self.lag, self.budsjett, self.planb])
        db.session.flush()

    def tilsagn(self, oere: int, betalt: int, naar: datetime, sak: Any = None, fra: Budsjett | None = None) -> None:
        """Money for a child's place, in a case where there is one."""
        budsjett = fra or self.budsjett
        tilsagn = Tilsagn(budsjett_id=budsjett.id, lag_id=self.lag.id, beloep_oere=oere, gitt=naar)
        tilsagn.gitt_av = self.by.user_id
        db.session.add(tilsagn)
        db.session.flush()
        self._foer(tilsagn, Postslag.BUNDET, naar, bundet_oere=oere)
        if betalt:
            self._foer(tilsagn, Postslag.BETALT, naar.replace(day=28), bundet_oere=-betalt, betalt_oere=betalt)
        budsjett.bundet_oere += oere - betalt
        budsjett.betalt_oere += betalt
        if sak is not None:
            henvist = naar.replace(year=AAR - 1) if naar.month == 1 else naar
            henvisning = self.by.henvis(sak, "4b-5" if fra is self.planb else FRIPLASS, barn=0, naar=henvist)
            self.by.gi(henvisning, naar, tilsagn_id=tilsagn.id)

    def _foer(self, tilsagn: Tilsagn, slag: Postslag, tid: datetime, **felt: int) -> None:
        db.session.add(Postering(budsjett_id=tilsagn.budsjett_id, tilsagn_id=tilsagn.id, slag=slag, tid=tid, **felt))


def _dag(maaned: int, dag: int = 10) -> datetime:
    return datetime(AAR, maaned, dag, 10, tzinfo=UTC)


def test_kroner_granted_and_paid_with_who_stands_behind(by: By) -> None:
    with transaction():
        kasse = Kasse(by)
        to_tjenester = by.sak(NAV, ("a", 2015)), by.sak(HELSE, ("a", 2015))
        kasse.tilsagn(100_000, 100_000, _dag(1), to_tjenester[0])  # referred last year, paid for in this one
        kasse.tilsagn(300_050, 150_000, _dag(5), to_tjenester[1])
        kasse.tilsagn(200_000, 0, _dag(5), by.sak(NAV, ("b", 2012)))
        kasse.tilsagn(50_000, 0, _dag(11))  # the case is erased
    t = tabeller()
    assert tall(t["kroner"]) == {"betalt": (2500,), "ikke_betalt": (4001,), "Total": (6501,)}
    celler = {"/".join(n): (c.tall[0], c.bak, c.stoerste) for n, c in t["kroner_kvartal"].celler.items()}
    assert celler["k1/Total"] == celler["k1/betalt"] == (1000, 1, 1000)
    assert celler["k2/Total"] == (5001, 2, 3001)
    assert celler["Total/Total"] == (6501, 3, 4001)  # one child at two services is one
    assert sum(m.innvilget_oere for m in midlertall(AAR)) == 650_050
    assert tall(tabeller(date(AAR, 5, 20))["kroner"]) == {"betalt": (1000,), "ikke_betalt": (5001,), "Total": (6001,)}
    # A place that is paid for is given, in a row of its own: its club has no activity.
    assert tall(t["aktivitet"])["FRIPLASS/akt_betalt"] == (2, 2, 2, 1)


def test_kroner_by_the_measure_that_the_budget_is_for(by: By) -> None:
    with transaction():
        kasse = Kasse(by, egenandel=2_500_000)
        en = by.sak(NAV, ("a", 2012))
        kasse.tilsagn(100_000, 60_000, _dag(3), en)
        kasse.tilsagn(30_000, 30_000, _dag(4), by.sak(HELSE, ("b", 2010)), fra=kasse.planb)
        kasse.tilsagn(20_049, 0, _dag(8), en, fra=kasse.planb)  # the first child again, at Plan B
        kasse.tilsagn(50_000, 0, _dag(11))  # the case is erased
    t = tabeller()
    assert tall(t["kroner_tiltak"]) == {
        "4a-3/betalt": (600,), "4a-3/ikke_betalt": (900,), "4a-3/Total": (1500,),
        "4b-5/betalt": (300,), "4b-5/ikke_betalt": (200,), "4b-5/Total": (500,),
        "Total/betalt": (900,), "Total/ikke_betalt": (1100,), "Total/Total": (2000,),
    }  # fmt: skip
    bak = {"/".join(n): (c.bak, c.stoerste) for n, c in t["kroner_tiltak"].celler.items()}
    assert (bak["4a-3/Total"], bak["4b-5/Total"], bak["Total/Total"]) == ((2, 1000), (2, 300), (3, 1200))
    # The same numbers have the same names as in the other two tables.
    assert {n.removeprefix("Total/"): v for n, v in tall(t["kroner_tiltak"]).items() if n.startswith("Total/")} == tall(
        t["kroner"]
    )
    assert tall(t["kroner_kvartal"])["Total/betalt"] == (900,)
    assert not t["kroner_tiltak"].strukturelle
    raa = [t[kode] for kode in PENGER]
    assert revider(beskytt(raa, Regler()).tabeller, raa, Regler()).ok


def test_a_measure_without_money_in_the_year_cannot_have_kroner(by: By) -> None:
    assert not tabeller()["kroner_tiltak"].strukturelle  # no budget at all: hidden like the whole in the other tables
    with transaction():
        Kasse(by).tilsagn(100_000, 0, _dag(3), by.sak(NAV, ("a", 2012)))
    raw = tabeller()["kroner_tiltak"]
    assert raw.strukturelle == {("4b-5", klasse) for klasse in ("betalt", "ikke_betalt", "Total")}
    assert [k.kode for k in raw.dimensjoner[0].kategorier] == ["4a-3", "4b-5"]


def _tilbud(aktivitet: Aktivitet, **hvem: Any) -> int:
    """The key of one place in an offer of the activity."""
    beholdning = Beholdning(slag=Beholdningsslag.PLASS, tiltak_id=FRIPLASS, antall=1)
    db.session.add(beholdning)
    db.session.flush()
    plass = Plass(beholdning_id=beholdning.id, nummer=1, tilstand=Plasstilstand.OPPTATT)
    sesong = {"sesong_fra": date(AAR, 1, 1), "sesong_til": date(AAR, 12, 1), "alder_fra": 6, "alder_til": 12}
    felt = {"tiltak_id": FRIPLASS, "enhet_id": KULTUR, "beholdning_id": beholdning.id, "navn": "Trening"}
    db.session.add_all([plass, Tilbud(aktivitet=aktivitet, **felt, **sesong, **hvem)])
    db.session.flush()
    return plass.id


def test_a_club_is_one_organiser_whatever_it_is_called_and_however_the_place_is_paid(by: By) -> None:
    with transaction():
        kasse = Kasse(by)
        annen = Lag(navn=kasse.lag.navn, orgnr="999999998")  # another club with the same name
        db.session.add(annen)
        db.session.flush()
        plassene = [
            _tilbud(Aktivitet.TURN, lag_id=kasse.lag.id),
            _tilbud(Aktivitet.TURN, lag_id=kasse.lag.id),
            _tilbud(Aktivitet.TURN, lag_id=annen.id),
            _tilbud(Aktivitet.MUSIKK, arrangoertekst="Kulturskolen"),
            _tilbud(Aktivitet.MUSIKK, arrangoertekst="Kulturskolen"),
        ]
        for nr, plass_id in enumerate(plassene):
            henvisning = by.henvis(by.sak(NAV, (f"barn {nr}", 2015)), FRIPLASS, barn=0, naar=_dag(3))
            by.gi(henvisning, _dag(4), plass_id=plass_id)
        kasse.tilsagn(100_000, 0, _dag(5), by.sak(NAV, ("barn", 2012)))
    arrangoerer = {hva: tallene[-1] for hva, tallene in tall(tabeller()["aktivitet"]).items()}
    rader = {navn: arrangoerer[f"FRIPLASS/akt_{navn}"] for navn in ("turn", "musikk", "betalt")}
    assert rader == {"turn": 2, "musikk": 1, "betalt": 1}
    assert arrangoerer["Total/Total"] == 3


def test_sums_that_one_family_nearly_fills_are_hidden_and_the_audit_agrees(by: By) -> None:
    with transaction():
        kasse = Kasse(by)
        for nr in range(7):
            sak = by.sak(NAV, (f"barn {nr}", 2015))
            kasse.tilsagn(5_000_000 if nr == 0 else 100_000, 100_000 if nr < 6 else 0, _dag(4 if nr < 6 else 8), sak)
        _sted(by, "Badet", Stedslag.BAD, date(AAR, 1, 1), None, *((m, 20 + m) for m in range(1, 13)))
        _sted(by, "Kinoen", Stedslag.KINO, date(AAR, 1, 1), None, (1, 2), (5, 40))
        db.session.execute(delete(Moeteplass))
        _moeteplass(by, date(AAR, 1, 1), *((date(AAR, m, 3), 30) for m in range(1, 13)))
    raa = [t for kode, t in tabeller().items() if kode in (*BRUK, *PENGER)]
    vist = beskytt(raa, Regler())
    tabell = {t.kode: t for t in vist.tabeller}
    assert revider(vist.tabeller, raa, Regler()).ok
    assert tabell["kroner"].celler["Total",] == (Tegn.SKJULT,)  # 50 000 of 56 000
    assert tabell["kroner"].kolonner[0].slag is Slag.BELOEP
    assert tabell["besoek"].celler["4b-1",] == (12 * 31,)
    assert tabell["kortbesoek_kvartal"].celler["kino", "k1"] == (Tegn.SKJULT,)
    assert tabell["kortbesoek_kvartal"].celler["kino", "k3"] == (Tegn.SKJULT,)  # nobody came: hidden alike
    ord_ = [" ".join(map(str, tabell[kode].forklaring)) for kode in ("kroner", "kortbesoek_kvartal")]
    assert "Beløp skjules når færre enn 5" in ord_[0]
    assert "ikke kjent hvor mange" in ord_[1]
