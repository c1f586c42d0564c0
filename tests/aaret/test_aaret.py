"""A year lived through the front door by every role, from January's cards to December's closing.

Every figure at the end is counted by hand from the steps, and stands beside the step that made it.
"""

import re
from collections import Counter
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from koordinering.db import db
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import Tildelingstilstand
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.kort.models import Kortbesoek
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler import queries as midler
from koordinering.tiltak.midler.models import Faktura, Tilsagn, Tilskudd
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.tiltak.moeteplass.models import Moeteplass
from koordinering.tiltak.moeteplass.queries import besoek_i_aaret
from koordinering.tiltak.rules import Plasstilstand
from koordinering.tiltak.utstyr.models import Utlaan, Utstyrsenhet
from koordinering.tiltak.utstyr.queries.tall import utlaan_per_maaned
from koordinering.tiltak.utstyr.rules.tilstander import Kategori
from tests import penger
from tests.aaret import andre
from tests.aaret.huset import AAR, Aaret, Klokke, tall
from tests.tiltak.test_tilbud import SKJEMA as TILBUD


def _kort(aar: Aaret) -> None:
    """January: 4 cards and 5 families. Given 4; one is lost, one is given back and given to the fifth: 5 given."""
    aar.dag(1, 4)
    aar.gjoer("inkludering1", f"/kort/endre?tiltak=4b-2&aar={AAR}", {"antall": "4", "per": "familie", "tak": "1"})
    familier = [aar.henvis("nav1", "nav", del_ut="y") for _ in range(3)]
    valg = {"grunnlag": "samtykke", "maate": "muntlig", "fra": "foresatt", "tiltak": ["4b-2"]}
    fra_helse = aar.henvis("helse1", "to_helsestasjon", **valg)
    for steg in ("ta_imot", "gi", "bekreft_start"):
        aar.gjoer("nav1", f"/henvisninger/{fra_helse}/{steg}")
    femte = aar.henvis("nav1", "nav", del_ut="y")
    assert db.session.get_one(Henvisning, femte).status is Status.VENTELISTE
    aar.dag(3, 1)
    aar.gjoer("nav1", f"/henvisninger/{familier[0]}/meld_tapt")
    aar.gjoer("nav1", f"/henvisninger/{familier[1]}/lever_tilbake")
    aar.gjoer("nav1", "/kort/neste")
    assert db.session.get_one(Henvisning, femte).status is Status.INNVILGET


def _plasser(aar: Aaret) -> None:
    """Spring: 2 places, 3 children. One never comes, the third gets the place; one starts, one never says so."""
    aar.dag(2, 1)
    sesong = {"sesong_fra": f"01.02.{AAR}", "sesong_til": f"30.06.{AAR}", "antall": "2", "alder_til": "14"}
    aar.gjoer("inkludering1", "/tilbud/nytt", TILBUD | sesong)
    tilbud = db.session.scalars(select(Tilbud)).one().id
    barn = [aar.henvis_barn("nav1", "nav"), aar.henvis_barn("helse1", "to_helsestasjon")]
    barn.append(aar.henvis_barn("kultur1", "to_kultur_fritid"))
    for nr, henvisning in enumerate(barn):
        aar.gjoer("inkludering1", f"/henvisninger/{henvisning}/ta_imot")
        felter = {"henvisning_id": str(henvisning), "tilbud_id": str(tilbud)}
        aar.gjoer("inkludering1", "/fordel/gi", felter, status=303 if nr < 2 else 409)
    aar.gjoer("inkludering1", f"/henvisninger/{barn[2]}/venteliste")
    aar.gjoer("nav1", f"/saker/henvisninger/{barn[0]}/beskjed")
    aar.dag(2, 20)
    aar.gjoer("inkludering1", f"/henvisninger/{barn[0]}/bekreft_start")
    aar.gjoer("inkludering1", f"/henvisninger/{barn[1]}/ikke_moett")
    aar.gjoer("inkludering1", "/fordel/gi", {"henvisning_id": str(barn[2]), "tilbud_id": str(tilbud)})


KONSULENT, GODKJENNER = "inkludering1", "godkjenner1"


def _rammer(aar: Aaret) -> int:
    """30 000 for clubs, 10 000 for places; and a club."""
    aar.gjoer(KONSULENT, "/midler/aar/nytt", {"aar": str(AAR)})
    aar.gjoer(KONSULENT, f"/midler/{AAR}/ramme/inkludering", {"ramme": "30 000", "versjon": "0"})
    aar.gjoer(KONSULENT, f"/midler/{AAR}/ramme/enkeltplass", {"ramme": "10 000", "versjon": "0"})
    opplysninger = penger.opplysninger(1)
    nytt = {"navn": opplysninger.navn, "orgnr": opplysninger.orgnr, "kontonummer": opplysninger.kontonummer or ""}
    aar.gjoer(KONSULENT, "/lag/nytt", nytt)
    return db.session.scalars(select(Lag)).one().id


def _tilskudd(aar: Aaret, lag: int) -> None:
    """20 000 applied for, 15 000 granted and to be paid."""
    runde = midler.runder(AAR)[0].id
    soeknad = {"runde_id": str(runde), "lag_id": str(lag), "formaal_id": "inkludering", "mottatt": f"01.04.{AAR}"}
    side = aar.gjoer(KONSULENT, "/tilskudd/ny", soeknad | {"antall_barn": "9", "soekt": "20000"})
    versjon = str(db.session.scalars(select(Tilskudd.versjon)).one())
    vedtak = {"innvilget": "15000", "vilkaar": "", "rapport_frist": f"01.10.{AAR}", "versjon": versjon}
    aar.gjoer(KONSULENT, f"{side}/innvilg", vedtak)
    aar.gjoer(KONSULENT, f"{side}/betal", {"beloep": "15000", "forfall": f"15.04.{AAR}"})


def _enkeltplass(aar: Aaret, lag: int) -> int:
    """1 500 committed for one child's place, an invoice of 1 200, to be paid."""
    barn = aar.henvis_barn("nav1", "nav")
    aar.gjoer(KONSULENT, f"/henvisninger/{barn}/ta_imot")
    budsjett = midler.budsjett_for(AAR, "enkeltplass")
    assert budsjett is not None
    felter = {"budsjett_id": str(budsjett.id), "lag_id": str(lag), "beloep": "1500"}
    aar.gjoer(KONSULENT, f"/henvisninger/{barn}/midler", felter)
    tilsagn = db.session.scalars(select(Tilsagn)).one().id
    regning = {"nummer": "77", "beloep": "1200", "forfall": f"20.04.{AAR}"}
    aar.gjoer(KONSULENT, f"/midler/plasser/{tilsagn}/faktura", regning)
    faktura = db.session.scalars(select(Faktura)).one().id
    aar.gjoer(KONSULENT, f"/midler/fakturaer/{faktura}/betal", {"beloep": "1200"})
    return barn


def _midler(aar: Aaret) -> None:
    """Money: 15 000 for the club waits for another person; so does 1 200, to an account she wrote."""
    aar.dag(4, 1)
    lag = _rammer(aar)
    _tilskudd(aar, lag)
    barn = _enkeltplass(aar, lag)
    venter = re.findall(r'name="valgt"[^>]*value="(\d+)"', aar.se(GODKJENNER, "/utbetalinger"))
    assert len(venter) == 2, "nobody else has approved a payment to the account"
    aar.gjoer(GODKJENNER, "/utbetalinger/avgjoer", {"valgt": venter})
    aar.gjoer(GODKJENNER, "/utbetalinger/filer")
    aar.dag(5, 2)
    aar.gjoer(KONSULENT, f"/henvisninger/{barn}/bekreft_start")
    aar.gjoer(KONSULENT, f"/henvisninger/{barn}/avslutt", {"grunn": "fullfoert", "deltar": "ja"})


def _utstyr(aar: Aaret) -> None:
    """Equipment: 3 pairs of skis. Three lent in January, two of them again in February: 5 loans, one never back."""
    aar.dag(1, 11)
    ski = {"navn": "Langrennsski", "kategori": "langrenn", "tilstand": "god", "antall": "3"}
    aar.gjoer("fretex1", "/utstyr/enheter/ny", ski)
    ider = list(db.session.scalars(select(Utstyrsenhet.id).order_by(Utstyrsenhet.nummer)))
    assert len(ider) == 3
    ut = {"kode": "", "telefon": "412 34 567"}
    aar.gjoer("fretex1", "/utstyr/ut", {**ut, "enhet": [str(i) for i in ider], "forfall": f"18.01.{AAR}"})
    aar.dag(1, 18)
    inn = {f"rad{i}-tilstand": "god" for i in ider[:2]}
    aar.gjoer("fretex1", "/utstyr/inn", {"enhet": [str(i) for i in ider[:2]], "kode": "", **inn})
    aar.dag(2, 8)
    aar.gjoer("fretex1", "/utstyr/ut", {**ut, "enhet": [str(i) for i in ider[:2]], "forfall": f"15.02.{AAR}"})
    aar.gjoer("fretex1", "/utstyr/inn", {"enhet": [str(i) for i in ider[:2]], "kode": "", **inn})


def _besoek(aar: Aaret) -> None:
    """Heads: 4+5+6, then 10+0+2 corrected to 10+1+2: 28. A venue tells of 12 visits, a club is visited once."""
    plass = db.session.scalars(select(Moeteplass).where(Moeteplass.tiltak_id == "4b-5")).one().id
    aar.dag(4, 6)
    i_gaar, i_dag = (f"/moeteplasser/{plass}/dag/{AAR}-04-{dag}" for dag in ("05", "06"))
    rettet = "talt_paa_nytt"
    for sti, talt, grunn in ((i_gaar, [4, 5, 6], None), (i_dag, [10, 0, 2], None), (i_dag, [10, 1, 2], rettet)):
        aar.gjoer("moeteplass1", sti, tall(aar.se("moeteplass1", sti), talt, grunn))
    badet = {"tiltak_id": "4b-2", "navn": "Badet", "slag": "bad", "fra": f"01.01.{AAR}", "til": "", "tak": ""}
    aar.gjoer("inkludering1", "/kort/steder/nytt", badet)
    sti = f"/kort/besoek?aar={AAR}&maaned=3"
    aar.gjoer("inkludering1", sti, tall(aar.se("inkludering1", sti), [12]))
    lag_id = str(db.session.scalars(select(Lag)).one().id)
    tur = {"dag": f"03.02.{AAR}", "lag_id": lag_id, "tema": "friplasser", "merknad": ""}
    aar.gjoer("inkludering1", "/klubbesoek/nytt", tur)


def _desember(aar: Aaret) -> None:
    """December: the page tells what it will do, does it, and a second time changes nothing."""
    aar.dag(12, 31)
    side = aar.se("inkludering1", f"/aarsskifte?aar={AAR}")
    assert "3 kort som er ute, utløper" in side
    assert "2 plasser i 1 tilbud" in side
    for _ in range(2):
        aar.gjoer("inkludering1", f"/aarsskifte?aar={AAR}")


def test_a_year_in_the_town(app: Flask, folk: Any, klokke: type[Klokke]) -> None:
    aar = Aaret(app, folk, klokke)
    deler = (_kort, _utstyr, _plasser, _midler, _besoek, andre.vist_vei, andre.los, andre.ferie, andre.kulturskole)
    for del_ in (*deler, andre.ledelsen, _desember, andre.tallene):
        del_(aar)

    # 5 families for cards, 3 children for places, 1 for money, 12 shown the way, 1 los, 3 for a trip, 2 at
    # Kulturskolen; nobody is in a queue or in use any more
    assert db.session.scalar(select(func.count()).select_from(Sak)) == 27
    statuser = Counter(db.session.scalars(select(Henvisning.status)))
    assert statuser == {Status.AVSLUTTET: 13, Status.VIST_TIL: 24, Status.AVSLAATT: 2}
    gitt = Counter(map(tuple, db.session.execute(select(Tildeling.tiltak_id, Tildeling.tilstand))))
    assert gitt == {
        ("4b-2", Tildelingstilstand.TAPT): 1,
        ("4b-2", Tildelingstilstand.AVSLUTTET): 4,  # one given back after it was used, three expired
        ("4a-3", Tildelingstilstand.IKKE_MOETT): 1,
        ("4a-3", Tildelingstilstand.AVSLUTTET): 3,  # two places whose season is over, one paid for
        ("2a-2", Tildelingstilstand.AVSLUTTET): 1,
        ("4b-9", Tildelingstilstand.ANGRET): 1,  # by a slip of the finger, and given again
        ("4b-9", Tildelingstilstand.AVSLUTTET): 2,
        ("4b-11", Tildelingstilstand.AVSLUTTET): 1,
    }
    grunner = Counter(db.session.scalars(select(Henvisning.grunn).where(Henvisning.status == Status.AVSLUTTET)))
    # 3 cards and a place were broken off; 2 places, the money, los, the trip twice and Kulturskolen went to their end
    assert grunner == {"avbrutt": 3, "utloept": 4, "fullfoert": 6}
    assert _kortene(AAR) == {Plasstilstand.STENGT: 3, Plasstilstand.TAPT: 1}
    assert _kortene(AAR + 1) == {Plasstilstand.LEDIG: 4}

    kroner = {b.formaal_id: (b.ramme_oere, b.bundet_oere, b.betalt_oere) for b in midler.budsjettene(AAR)}
    assert kroner == {"inkludering": (3_000_000, 0, 1_500_000), "enkeltplass": (1_000_000, 0, 120_000)}
    i_aar, neste = midler.midleraar(AAR), midler.midleraar(AAR + 1)
    assert i_aar is not None
    assert i_aar.stengt is not None
    assert neste is not None
    assert neste.stengt is None

    utlaan = utlaan_per_maaned(AAR)
    assert utlaan[Kategori.LANGRENN] == (3, 2, *[0] * 10)
    assert db.session.scalar(select(func.count()).where(Utlaan.inn.is_(None))) == 1
    assert sum(linje.besoek for linje in besoek_i_aaret(AAR)) == 28
    assert db.session.scalars(select(Kortbesoek.antall)).all() == [12]
    assert db.session.scalar(select(func.count()).select_from(Klubbesoek)) == 1


def _kortene(aar: int) -> dict[Plasstilstand, int]:
    kortaar = tiltaket.kortaar(db.session.get_one(Tiltak, "4b-2").id, aar)
    assert kortaar is not None
    tall = tiltaket.tilstander([kortaar.beholdning_id])[kortaar.beholdning_id]
    return {tilstand: antall for tilstand, antall in tall.items() if antall}
