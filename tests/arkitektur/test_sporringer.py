"""A page costs the same number of queries in a small town and in a large one, whichever filter and page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from koordinering.db import db, i_dag, tilfeldig_id, transaction
from koordinering.demo.by import lag_by
from koordinering.personvern.krav import services as krav
from koordinering.personvern.krav.models import Kravdel
from koordinering.personvern.krav.rules.frist import Kravslag, Sjekk
from koordinering.personvern.rules.loggen import Moenster
from koordinering.plan.rullering.rules import Plandel
from koordinering.plan.rullering.services import rediger, versjoner
from koordinering.saker import queries as saker
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.queries import Saksfilter
from koordinering.sider import Side
from koordinering.tildeling import queries as tildeling
from koordinering.tildeling.queries import Innboksfilter
from koordinering.tildeling.queries.venter import Ventefilter, venteside
from koordinering.tildeling.rules.runde import Maate
from koordinering.tildeling.services import flere, forslag, ta_imot
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.models import Tilbud
from koordinering.users import kommune
from tests import fabrikk
from tests.conftest import Mal, ferdig_app, fersk, inne_i
from tests.fabrikk import bruker
from tests.nettleser import Nettleser
from tests.saker.samordnet import notat, samordning
from tests.saker.skjema import nummer

FROE = 3405
SMAA, STOR, STOERST = 10, 300, 10_000
HENVISERE = ("nav1", "helse1", "navleder1")
MOTTAKERE = ("nav1", "inkludering1", "kulturskole1")


@dataclass(frozen=True)
class Kostnad:
    """What one page cost, and whether its list had any rows: an empty one has nothing more to ask for."""

    sporringer: int
    rader: bool = True


Maaling = dict[tuple[str, str, str], Kostnad]
"""Who, what and which page (first, next, last) to its cost."""


@contextmanager
def _by(mal: Mal, mappe: Path, familier: int) -> Iterator[Flask]:
    with inne_i(ferdig_app(fersk(mal, mappe))) as app:
        aar = i_dag().year
        lag_by(familier, (aar - 1, aar), FROE, lambda _hva, _gjort, _av: None)
        yield app


class Teller:
    """Counts the statements of one request by one person."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def sporringer(self, hvem: str, sti: str, skjema: dict[str, str] | None = None) -> int:
        """What the page costs the second time: templates are read once."""
        nettleser = Nettleser(self.app, bruker(hvem).id)
        db.session.rollback()
        if skjema is not None:
            nettleser.token()
        antall = 0

        def lytt(*_: Any) -> None:
            nonlocal antall
            antall += 1

        for gang in range(2):
            if gang:
                for en in db.engines.values():  # the key store's too
                    event.listen(en, "before_cursor_execute", lytt)
            try:
                svar = nettleser.send(sti, skjema) if skjema is not None else nettleser.se(sti)
            finally:
                if gang:
                    for en in db.engines.values():
                        event.remove(en, "before_cursor_execute", lytt)
            assert svar.status_code in {200, 303}, sti
        return antall

    def sider(self, hvem: str, sti: str, filter_: str, foerste: Side[Any]) -> Maaling:
        """A list's first, next and last page."""
        noekler = {"første": "", "neste": foerste.neste, "siste": foerste.siste}
        rader = bool(foerste.rader)
        return {
            (hvem, f"{sti} {filter_}", navn): Kostnad(
                self.sporringer(hvem, f"{sti}?{urlencode({'filter': filter_, 'side': noekkel})}"), rader
            )
            for navn, noekkel in noekler.items()
            if noekkel is not None
        }


def _lister(teller: Teller) -> Maaling:
    maalt: Maaling = {}
    for hvem in HENVISERE:
        for filter_ in Saksfilter:
            side = saker.side(bruker(hvem), filter_)
            maalt |= teller.sider(hvem, "/saker", filter_.value, side)
    for hvem in MOTTAKERE:
        for innboks in Innboksfilter:
            inn = tildeling.innboks(bruker(hvem), innboks)
            maalt |= teller.sider(hvem, "/innboks", innboks.value, inn)
        for vente in Ventefilter:
            maalt |= teller.sider(hvem, "/venteliste", vente.value, venteside(bruker(hvem), vente))
    return maalt


def _enkeltsider(teller: Teller) -> Maaling:
    """Pages of one family, the same in every town, and the start page of each role."""
    tall = nummer()
    familie = fabrikk.sak(
        bruker("nav1"), barna=[fabrikk.barn(nummer=tall), fabrikk.barn()], tiltak=[("4a-3", 0), ("4b-2", None)]
    )
    tilbudet = fabrikk.tilbud(bruker("inkludering1"))
    with transaction():
        i_koe = db.session.get_one(Henvisning, familie.henvisninger[0].id)
        ta_imot(i_koe, av=bruker("inkludering1"))
        runde = forslag.lag_forslag(tilbudet.tiltak, [i_koe.id], {tilbudet.id: 1}, None, av=bruker("inkludering1")).id
        (for_haand,) = flere.beslutt([i_koe], Maate.VENTELISTE, av=bruker("inkludering1"))
        utfallet = for_haand.id
    samordnet = samordning(familie, "nav1", "to_kultur_fritid", "inkluderingskonsulent").id
    notat("nav1", samordnet, "Vi snakkes", sak=familie)
    tilbud_id, laget = tilbudet.id, _et_lag()
    sti, henvist = f"/saker/{familie.id}", f"/henvisninger/{familie.henvisninger[0].id}"
    referanse = familie.referanse
    db.session.rollback()
    sider: list[tuple[str, str, str, dict[str, str] | None]] = [
        ("nav1", "sak", sti, None),
        ("nav1", "samordningen", f"{sti}/samordning", None),
        ("inkludering1", "samordningen", f"{henvist}/samordning", None),
        ("nav1", "samordningene", "/samordning", None),
        ("inkludering1", "samordningene", "/samordning?filter=nytt", None),
        ("nav1", "nytt samtykke til samordning", f"{sti}/samordning/ny", None),
        ("nav1", "kvittering", f"{sti}/kvittering", None),
        ("nav1", "samtykketekst", f"{sti}/samtykketekst", None),
        ("nav1", "arket for samordning", f"{sti}/samordning/ark", None),
        ("system1", "hjemler", "/hjemler", None),
        ("system1", "driftsstatus", "/drift", None),
        ("system1", "brukerne", "/brukere", None),
        ("system1", "en bruker", f"/brukere/{bruker('nav1').id}", None),
        ("system1", "rettighetene", "/rettigheter", None),
        ("navleder1", "enhetens rettigheter", "/rettigheter?filter=alle", None),
        ("nav1", "henvisning", henvist, None),
        ("inkludering1", "henvisning", henvist, None),
        ("inkludering1", "fordel", f"/fordel?tilbud={tilbud_id}", None),
        ("inkludering1", "forslag", f"/forslag/{runde}", None),
        ("inkludering1", "forslagene", "/forslag", None),
        ("inkludering1", "utfallet", f"/fordel/utfall?forslag={utfallet}", None),
        ("inkludering1", "arket", f"/tilbud/{tilbud_id}/ark", None),
        *(
            (hvem, f"{hva} i loggen", f"/innsynslogg{sti_}", None)
            for hvem in ("ombud1", "navleder1")
            for hva, sti_ in (
                ("alle linjer", ""),
                ("en sak", f"?sak={familie.id}"),
                ("en bruker", "?brukernavn=nav1&slag=lesing"),
                *((moenster.value, f"/moenstre?moenster={moenster}&fra=2020-01-01") for moenster in Moenster),
            )
        ),
        ("ombud1", "filen med logg", "/innsynslogg/eksport", {"brukernavn": "navleder1"}),
        ("nav1", "søk nummer", "/saker/finn", {"fnr": tall}),
        ("helse1", "søk nummer", "/saker/finn", {"fnr": tall}),
        ("nav1", "søk ukjent", "/saker/finn", {"fnr": nummer()}),
        ("nav1", "søk referanse", "/saker/finn", {"referanse": referanse}),
        ("helse1", "søk referanse", "/saker/finn", {"referanse": referanse}),
        ("moeteplass1", "besøk", "/besoek", None),
        ("helseleder1", "møteplasser", "/moeteplasser", None),
        ("inkludering1", "steder", "/kort/steder", None),
        ("inkludering1", "kortbesøk", "/kort/besoek", None),
        ("inkludering1", "klubbesøk", "/klubbesoek", None),
        ("inkludering1", "nytt klubbesøk", "/klubbesoek/nytt", None),
        ("inkludering1", "laget", f"/lag/{laget}", None),
        ("inkludering1", "lagets besøk", f"/lag/{laget}/besoek", None),
        ("inkludering1", "tilbudene", "/tilbud", None),
        ("koordinator1", "indikatorene", "/plan/indikatorer", None),
        ("koordinator1", "bilder av indikatorene", "/plan/indikatorer/bilder", None),
        ("koordinator1", "en indikator", "/plan/indikator/I20", None),
        ("tiltak1", "før et tall", "/plan/indikator/I17/tall?periode=2024", None),
        ("nav1", "lagets tilbud", f"/tilbud?lag={laget}&alle=y", None),
        ("inkludering1", "nytt tilbud", "/tilbud/nytt", None),
        ("ombud1", "et papir", "/papirer/dpia", None),
        ("ombud1", "åpnet utenfor innboks", "/innsynslogg/aapninger", None),
        ("navleder1", "slettes snart", "/saker/slettes", None),
        ("navleder1", "hvorfor", f"{sti}/hvorfor", None),
        *_planen(),
        *_kravene(familie),
        ("koordinator1", "evalueringen", "/plan/evaluering", None),
        ("koordinator1", "kalenderen", "/plan/evaluering/kalender", None),
        ("koordinator1", "organene", "/plan/organer", None),
        ("tiltak1", "mine vurderinger", "/plan/vurderinger", None),
        ("tiltak1", "en vurdering", f"/plan/vurderinger/skriv?tiltak=5a-2&aar={i_dag().year}", None),
        ("tiltak1", "aktivitetene", "/plan/aktiviteter", None),
        ("tiltak1", "ny aktivitet", "/plan/aktiviteter/ny", None),
        ("nav1", "et tiltak", "/plan/tiltak/6-1", None),
        ("inkludering1", "filen med tilbud", "/tilbud/eksport", {"alle": "y"}),
        *((hvem, "start", "/", None) for hvem in fabrikk.ALLE_ROLLER),
    ]
    return {(hvem, hva, ""): Kostnad(teller.sporringer(hvem, url, skjema)) for hvem, hva, url, skjema in sider}


def _planen() -> list[tuple[str, str, str, dict[str, str] | None]]:
    """Pages of the plan's versions, with a draft that somebody has begun on."""
    with transaction():
        versjoner.start_utkast(av=bruker("koordinator1"))
        rediger.flytt(Plandel.TILTAK, "4b-2", 1, av=bruker("koordinator1"))
    return [
        ("nav1", "planens versjoner", "/plan/versjoner", None),
        ("koordinator1", "utkastet", "/plan/rediger/utkast", None),
        ("koordinator1", "et tiltak i utkastet", "/plan/rediger/utkast/ansvar/4b-2", None),
        ("koordinator1", "hva er endret", "/plan/endringer?fra=1&til=2", None),
        ("koordinator1", "planens historikk", "/plan/historikk", None),
    ]


def _kravene(familie: Sak) -> list[tuple[str, str, str, dict[str, str] | None]]:
    """Pages of a request about the case, and of a joint answer with its part."""
    with transaction():
        kommune().innsyn_enhet_id = familie.enhet_id
        saken = db.session.get_one(Sak, familie.id)
        innsyn = krav.registrer(saken, Kravslag.INNSYN, i_dag(), av=bruker("nav1")).id
        leder, referanse = bruker("navleder1"), saken.referanse
        samlet = krav.be_om_deler(tilfeldig_id(), [referanse], [], i_dag(), tuple(Sjekk), av=leder).id
        del_id = db.session.scalars(select(Kravdel.id).where(Kravdel.krav_id == samlet)).one()
    return [
        ("nav1", "kravene", "/krav", None),
        ("nav1", "et krav", f"/krav/{innsyn}", None),
        ("nav1", "innsynet", f"/krav/{innsyn}/innsyn", None),
        ("nav1", "innsynet som fil", f"/krav/{innsyn}/innsyn/fil", {"fil": "json"}),
        ("ombud1", "svar på krav", "/krav/tilsyn", None),
        ("navleder1", "samlede", "/samlet", None),
        ("navleder1", "et samlet", f"/samlet/{samlet}", None),
        ("navleder1", "deler", "/samlet/deler", None),
        ("navleder1", "en del", f"/samlet/deler/{del_id}", None),
    ]


def _et_lag() -> int:
    """The town's club with most offers, which has been visited too."""
    besoekt = select(Klubbesoek.lag_id).where(Klubbesoek.lag_id.is_not(None))
    query = select(Tilbud.lag_id).where(Tilbud.lag_id.in_(besoekt)).group_by(Tilbud.lag_id)
    laget = db.session.scalars(query.order_by(func.count().desc(), Tilbud.lag_id).limit(1)).one()
    assert laget is not None
    return laget


def _maal(mal: Mal, mappe: Path, familier: int) -> Maaling:
    with _by(mal, mappe, familier) as app:
        antall = db.session.scalar(select(func.count(Sak.id))) or 0
        assert antall >= familier
        teller = Teller(app)
        return _lister(teller) | _enkeltsider(teller)


def _like(en: Kostnad, annen: Kostnad) -> bool:
    if en.rader == annen.rader:
        return en.sporringer == annen.sporringer
    tom, fylt = (annen, en) if en.rader else (en, annen)
    return tom.sporringer <= fylt.sporringer


def _sammenlign(liten: Maaling, stor: Maaling) -> None:
    ulike = []
    for (hvem, hva, side), kostnad in sorted(stor.items()):
        # a small town has one page: all pages of the large one are held against it
        smaa = liten.get((hvem, hva, side)) or liten[(hvem, hva, "første" if side else "")]
        if not _like(smaa, kostnad):
            ulike.append(f"{hvem} {hva} {side}: {smaa.sporringer} → {kostnad.sporringer}")
    assert not ulike, "\n" + "\n".join(ulike)


def _alle_sider_like(maalt: Maaling) -> None:
    """Within a town: every list with rows costs the same, on its first, next and last page, under every filter."""
    kostnader: dict[tuple[str, str], set[int]] = {}
    for (hvem, hva, side), kostnad in maalt.items():
        if side and kostnad.rader:
            kostnader.setdefault((hvem, hva), set()).add(kostnad.sporringer)
    assert {k: v for k, v in kostnader.items() if len(v) > 1} == {}


def _nok_aa_se_paa(maalt: Maaling) -> None:
    """The town is large enough for the comparison to mean something."""
    fylte = {hva for (_, hva, side), kostnad in maalt.items() if side == "første" and kostnad.rader}
    ventet = {f"/saker {f.value}" for f in Saksfilter} | {f"/innboks {f.value}" for f in Innboksfilter}
    assert ventet <= fylte, ventet - fylte
    assert any(side == "siste" for _, _, side in maalt)


@pytest.mark.usefixtures("alt_skjult")
@pytest.mark.bare_sqlite  # the statements are the same; `lang` counts them on both
def test_ten_and_three_hundred_families_cost_the_same(mal: Mal, mapper: Path) -> None:
    liten, stor = (_maal(mal, mapper, familier) for familier in (SMAA, STOR))
    _nok_aa_se_paa(stor)
    _alle_sider_like(stor)
    _sammenlign(liten, stor)


@pytest.mark.usefixtures("alt_skjult")
@pytest.mark.lang
def test_ten_and_ten_thousand_families_cost_the_same(mal: Mal, mapper: Path) -> None:
    liten, stor = (_maal(mal, mapper, familier) for familier in (SMAA, STOERST))
    _nok_aa_se_paa(stor)
    _alle_sider_like(stor)
    _sammenlign(liten, stor)
