"""Every page that a role can reach by links: full, empty, with errors, wide, narrow, with and without the script."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response
from werkzeug.exceptions import HTTPException

from koordinering import noekkellager
from koordinering.cli.oppsett import klargjoer
from koordinering.config import Config, les_config
from koordinering.db import db, i_dag, now, tilfeldig_id, transaction
from koordinering.demo import brukere, by
from koordinering.jobb.arbeider import arbeid
from koordinering.konto import services as konto
from koordinering.personvern.krav import services as krav
from koordinering.personvern.krav.rules.frist import OM_EN_SAK, Sjekk
from koordinering.roles import Rolle
from koordinering.saker.models import Sak
from koordinering.saker.samordning import services as samordnes
from koordinering.statistikk import services as statistikk
from koordinering.statistikk.models import Publisering
from koordinering.users import kommune
from tests import fabrikk
from tests.conftest import PASSORD
from tests.fabrikk import ALLE_ROLLER, NUMRE, bruker
from tests.nettleser import Nettleser
from tests.reiser.conftest import AXE, Reise
from tests.saker.samordnet import adgang, notat, samordning
from tests.tjener import servert

pytestmark = pytest.mark.nettleser

MAKS_SIDER = 110
"""Pages that one role opens; more than any role has."""
MINST_SIDER = 30
"""Kinds of pages that there are even on the first day."""
FEILSKJEMA = frozenset(
    {
        "tildeling.ny",
        "saker.finn",
        "saker.nytt_barn",
        "saker.samtykke",
        "saker.ny_henvisning",
        "saker.ny_hjemmel",
        "sletting.hold",
        "samordning.notat",
        "samordning.ny",
        "samordning.samtykkeark",
        "samordning.oppfoelger",
        "tiltak.nytt_tilbud",
        "moeteplass.ny",
        "kortsted.nytt",
        "klubbesoek.nytt",
        "lag.nytt",
        "midler.ny_soeknad",
        "midler.avslaa",
        "midler.ny_faktura",
        "midler.ny_kreditnota",
        "midler.ny_runde",
        "tildeling.gi_midler",
        "tiltak.importer",
        "tildeling.flytt_i_koeen",
        "tildeling.handling",
        "tildeling.henvisning_trekk",
        "konto.min",
        "krav.ny",
        "krav.ny_samlet",
        "personvern.sakens_logg",
        "utstyr.bytt",
        "utstyr.reserver",
        "utstyr.ny_enhet",
        "statistikk.ny_publisering",
        "statistikk.trekk_publisering",
        "rullering.endre",
        "aktiviteter.ny",
        "aktiviteter.krav",
        "evaluering.kalender",
        "evaluering.nytt_organ",
        "evaluering.vis",
    }
)
"""Pages whose form is sent as it stands once, to see its errors."""
RETTESKJEMA = frozenset(
    {
        "konto.kommunen",
        "saker.hjemmel",
        "saker.rett",
        "saker.rett_barn",
        "saker.rett_henvisning",
        "samordning.moete",
        "tildeling.kort_endre",
        "tiltak.endre_tilbud",
        "moeteplass.dag",
        "moeteplass.endre",
        "kortsted.besoek",
        "kortsted.endre",
        "klubbesoek.endre",
        "utstyr.endre_enhet",
        "utstyr.valg",
        "lag.endre",
        "midler.ramme",
        "midler.grense",
        "midler.innvilg",
        "midler.rapport",
        "midler.betal_faktura",
        "aktiviteter.endre",
        "evaluering.valg",
    }
)
"""Pages whose form holds what is there: sent once with something wrong in every field."""
_FYLL_GALT = """form => {
  form.querySelectorAll('input[type=radio], input[type=checkbox]').forEach(b => { b.checked = false; });
  form.querySelectorAll('input:not([type]), input[type=text], input[type=number]').forEach(t => {
    t.value = t.type === 'number' || 'nummer' in t.dataset ? '' : 'tull'; });
  form.querySelectorAll('select').forEach(s => { s.add(new Option('tull', 'tull', true, true)); });
}"""
NY = "ny.bruker"
"""Somebody whose password is temporary."""
SPREDT = frozenset({"forside.start"})
"""Pages that are another page for each role."""

BRED, SMAL, HOEYDE = 1280, 320, 900
"""Pixels."""
SKRIPT = (Path(__file__).parents[2] / "koordinering" / "static" / "js" / "app.js").read_text(encoding="utf-8")

_HREF = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"')
Sted = tuple[str, str]
"""Who, and which path."""


class Vandring:
    """One installation seen through everybody's eyes; collects what is wrong."""

    def __init__(self, app: Flask, chromium: Browser, adresse: str) -> None:
        self.app, self.chromium, self.adresse = app, chromium, adresse
        self.klient = app.test_client()
        self.klager: list[str] = []
        self.steder: dict[str, Sted] = {}

    def monster(self, url: str, hvem: str) -> str | None:
        """The kind of page an address is; None when it is no page of ours."""
        deler = urlsplit(url)
        if not url.startswith(self.adresse) or deler.path.startswith("/static/"):
            return None
        try:
            endpoint, _ = self.app.url_map.bind("127.0.0.1").match(deler.path)
        except HTTPException:
            return deler.path
        rolle = f" {hvem}" if endpoint in SPREDT else ""
        return f"{endpoint}{rolle} {sorted(parse_qs(deler.query))}"

    def skjerm(self, *, bredde: int, skript: bool) -> Reise:
        """A screen that everybody uses in turn."""
        context = self.chromium.new_context(
            viewport={"width": bredde, "height": HOEYDE}, locale="nb-NO", reduced_motion="reduce"
        )
        context.set_default_timeout(20_000)
        context.add_init_script(AXE)
        r = Reise(context, self.adresse)
        r.har_axe = True
        if not skript:
            self._uten_skript(context, r.page)
        return r

    def _uten_skript(self, context: BrowserContext, page: Page) -> None:
        """Take the product's own script away; axe is a script itself. A route would take the browser's cache too."""
        protokollen = context.new_cdp_session(page)
        protokollen.send("Network.enable")
        protokollen.send("Network.setBlockedURLs", {"urls": ["*/js/app.js"]})
        page.on("response", self._skriptet_kom)

    def _skriptet_kom(self, svar: Response) -> None:
        if svar.url.endswith("/js/app.js"):
            self.klager.append(f"{svar.frame.url}: its script was there all the same")

    def _logg_inn(self, context: BrowserContext, hvem: str) -> None:
        with self.app.app_context():
            self.klient = Nettleser(self.app, bruker(hvem).id).klient
        kake = self.klient.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert kake is not None
        context.clear_cookies()
        context.add_cookies([{"name": kake.key, "value": kake.value, "url": self.adresse}])

    def gaa(self, r: Reise, hvem: str, *, bredt: bool) -> None:
        """Follow every link from the start page to each new kind of page.

        The screen is narrow and without the product's script. `bredt`: each page is then made wide and given the
        script, and axe reads it so.
        """
        self._logg_inn(r.page.context, hvem)
        koe, sett = [f"{self.adresse}/", f"{self.adresse}/finnes-ikke"], set[str]()
        while koe and len(sett) < MAKS_SIDER:
            url = koe.pop(0)
            if (monster := self.monster(url, hvem)) is None or monster in sett:
                continue
            sett.add(monster)
            if monster in self.steder:
                koe += self._hent(hvem, url)
            else:
                koe += self._se(r, hvem, url, bredt=bredt)
                self.steder[monster] = (hvem, url.removeprefix(self.adresse))
                if bredt:
                    self._proev_skjema(r, hvem, url, monster.split()[0])

    def _svarte(self, hvem: str, url: str, status: int) -> None:
        if status != (404 if url.endswith("/finnes-ikke") else 200):
            self.klager.append(f"{hvem} {url}: {status}")

    def _hent(self, hvem: str, url: str) -> list[str]:
        """A kind of page that has been read through another's eyes: it answers, and its links are followed."""
        sti = url.removeprefix(self.adresse)
        svar = self.klient.get(sti, base_url="http://localhost", follow_redirects=True)
        self._svarte(hvem, url, svar.status_code)
        return _lenker(url, svar.get_data(as_text=True))

    def _se(self, r: Reise, hvem: str, url: str, *, bredt: bool) -> list[str]:
        if bredt:
            r.page.set_viewport_size({"width": SMAL, "height": HOEYDE})
        svar = r.page.goto(url)
        self._svarte(hvem, url, svar.status if svar else 0)
        lenker = _lenker(url, r.page.evaluate("document.documentElement.outerHTML"))
        self._les(r, f"{hvem} {url} at {SMAL} px without its script", axe=not bredt)
        if bredt:
            r.page.set_viewport_size({"width": BRED, "height": HOEYDE})
            self._les_bredt(r, f"{hvem} {url}")
        return lenker

    def _les_bredt(self, r: Reise, hvor: str) -> None:
        """The page as it is wide with the product's script, which the browser was kept from getting."""
        r.page.evaluate(SKRIPT)
        self._les(r, hvor)

    def _les(self, r: Reise, hvor: str, *, axe: bool = True) -> None:
        _aapne_alt(r.page)
        self.klager += [f"{hvor}: {f}" for f in (r.funn() if axe else r.synlige_funn())]
        r.klager.clear()

    def _proev_skjema(self, r: Reise, hvem: str, url: str, endpoint: str) -> None:
        """Send the page's form once, empty or with something wrong, where it has one that is to be refused.

        The answer is read wide, and must not stick out when it is made narrow.
        """
        galt, knapp = endpoint in RETTESKJEMA, _hovedknapp(r.page)
        if endpoint not in FEILSKJEMA | RETTESKJEMA or not knapp.count():
            return
        if galt:
            r.page.locator("form.skjema").first.evaluate(_FYLL_GALT)
        with r.page.expect_navigation() as navigasjon:
            knapp.click()
        if navigasjon.value.status != 422:
            hvordan = "wrong" if galt else "empty"
            self.klager.append(f"{hvem} {url}: sent {hvordan} it answered {navigasjon.value.status}")
        self._les_bredt(r, f"{hvem} {url} with errors")
        r.page.set_viewport_size({"width": SMAL, "height": HOEYDE})
        self._les(r, f"{hvem} {url} with errors at {SMAL} px", axe=False)

    def utenfor_lenkene(self, r: Reise) -> None:
        """Pages that no link leads to: a number known in the user's own unit, and a password to change first."""
        self._logg_inn(r.page.context, "nav1")
        r.aapne("/saker/ny")
        for felt, verdi in (("foedselsaar", f"20{NUMRE[0][4:6]}"), ("fnr", NUMRE[0])):
            r.page.locator(f"#barn-0-{felt}").fill(verdi)
        for valg in ("#barn-0-deltar-1", "#barn-0-spurt-0", "#i_maalgruppe-0", "#tiltak-0"):
            r.page.locator(valg).check()
        self._send(r, "a known number", 409)
        self._logg_inn(r.page.context, NY)
        r.aapne("/")
        self._les(r, "a temporary password")
        self._send(r, "a temporary password, unchanged", 422)

    def _send(self, r: Reise, hva: str, status: int) -> None:
        with r.page.expect_navigation() as navigasjon:
            _hovedknapp(r.page).click()
        if navigasjon.value.status != status:
            self.klager.append(f"{hva}: {navigasjon.value.status}")
        self._les(r, hva)


def lag_utenfor_lenkene() -> None:
    """A family known by number, and somebody on her first day."""
    fabrikk.sak(bruker("nav1"), barna=(fabrikk.barn(nummer=NUMRE[0]),))
    with transaction():
        konto.lag_bruker(NY, "Ny bruker", PASSORD, [(Rolle.HENVISER, "nav")], av=None)


def lag_krav() -> None:
    """A request of each kind about a case of nav1's, and a joint answer with a part for nav's own leader."""
    sak = fabrikk.sak(bruker("nav1"))
    with transaction():
        kommune().innsyn_enhet_id = sak.enhet_id
        for slag in OM_EN_SAK:
            krav.registrer(db.session.get_one(Sak, sak.id), slag, i_dag(), av=bruker("nav1"))
        krav.be_om_deler(tilfeldig_id(), [sak.referanse], [], i_dag(), tuple(Sjekk), av=bruker("navleder1"))


def lag_samordning() -> None:
    """A family that two services and the consultant coordinate, with all that they can do in it."""
    barna = (fabrikk.barn(nummer=NUMRE[1]),)
    fabrikk.sak(bruker("kultur1"), barna=barna, tiltak=[("4b-3", None)])
    sak = fabrikk.sak(bruker("nav1"), barna=barna, tiltak=[("4a-3", 0), ("4b-3", None)])
    samordning_id = samordning(sak, "nav1", "to_kultur_fritid", "inkluderingskonsulent").id
    notat("nav1", samordning_id, "Vi tar det i møtet", sak=sak)
    with transaction():
        sted = adgang(bruker("nav1"), samordning_id, sak=sak)
        samordnes.avtal_moete(sted, now() + timedelta(days=7), av=bruker("nav1"))
        samordnes.pek_ut(sted, "nav", bruker("nav1").id, av=bruker("nav1"))


def lag_publiseringer(aar: int) -> None:
    """A release of two tables, and a checked draft of one."""
    for koder, slippes in ((["tjeneste", "tiltak"], True), (["alder"], False)):
        with transaction():
            ny = statistikk.lag_utkast(aar, koder, av=bruker("koordinator1")).id
        with transaction():
            statistikk.bestill_kontroll(db.session.get_one(Publisering, ny), av=bruker("koordinator1"))
        arbeid(en_runde=True)
        if slippes:
            with transaction():
                statistikk.publiser(db.session.get_one(Publisering, ny), av=bruker("koordinator2"))


def _stille(_hva: str, _gjort: int, _av: int) -> None:
    """Tell nobody."""


def _hovedknapp(page: Page) -> Locator:
    """What sends a form; a button above the fields only draws it anew."""
    return page.locator("form.skjema").first.locator("> .handlinger").last.locator("> button").first


def _aapne_alt(page: Page) -> None:
    """What is folded is part of the page too."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")


def _lenker(url: str, html: str) -> list[str]:
    """Where a page's links lead, and the receipt of a case, which is only shown once."""
    lenker = [urldefrag(urljoin(url, unescape(href))).url for href in _HREF.findall(html)]
    return [*lenker, *([f"{url}/kvittering"] if re.search(r"/saker/\d+$", url) else [])]


def installasjon(mappe: Path) -> tuple[Flask, Config]:
    """A municipality on its first day. On SQLite only: the pages are the same on both databases."""
    config = les_config({"KOORDINERING_MILJOE": "demo", "KOORDINERING_DATA": str(mappe)})
    app = klargjoer(config)
    with app.app_context():
        brukere.lag_demobrukere(PASSORD)
    return app, config


@contextmanager
def vandring(app: Flask, config: Config, chromium: Browser) -> Iterator[Vandring]:
    """Serve it and go; at the end nothing may be wrong."""
    with servert(config) as adresse:
        vandring = Vandring(app, chromium, adresse)
        yield vandring
    with app.app_context():
        db.session.remove()
        noekkellager.lukk()
    assert not vandring.klager, "\n" + "\n".join(vandring.klager)
    assert len(vandring.steder) > MINST_SIDER, sorted(vandring.steder)


FLEST_SIDER = ("nav1", "inkludering1", "fretex1", "koordinator1", "system1", "ombud1")
"""Those who between them reach most pages."""


@pytest.mark.timeout(900)
def test_every_page_of_every_role_is_for_everybody(tmp_path: Path, chromium: Browser) -> None:
    app, config = installasjon(tmp_path)
    with app.app_context():
        by.lag_by(15, (i_dag().year - 1, i_dag().year), 7, _stille)
        lag_publiseringer(i_dag().year - 1)
        lag_utenfor_lenkene()
        lag_krav()
        lag_samordning()
    with vandring(app, config, chromium) as full:
        r = full.skjerm(bredde=SMAL, skript=False)
        for hvem in ALLE_ROLLER:
            full.gaa(r, hvem, bredt=True)
        full.utenfor_lenkene(full.skjerm(bredde=BRED, skript=True))
        full.utenfor_lenkene(r)


@pytest.mark.begrenset
def test_every_empty_page_is_for_everybody(tmp_path: Path, chromium: Browser) -> None:
    """FLEST_SIDER in every run; everybody in `make lang`."""
    app, config = installasjon(tmp_path)
    with vandring(app, config, chromium) as tom:
        r = tom.skjerm(bredde=SMAL, skript=False)
        for hvem in ALLE_ROLLER if os.environ.get("KOORDINERING_LANG") == "1" else FLEST_SIDER:
            tom.gaa(r, hvem, bredt=False)
