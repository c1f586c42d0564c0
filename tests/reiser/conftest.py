"""A real browser at a served installation; every page it opens is checked."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.conftest import PASSORD
from tests.en_tjener import adresse, config, tjeneren

__all__ = ["adresse", "config", "tjeneren"]

CHROMIUM = os.environ.get("KOORDINERING_CHROMIUM", "/usr/bin/chromium")
FLAGG = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # A frame of its own for each page within one site costs a third of opening it. Chromium reads the last such list
    # only, so what Playwright would have turned off is said again.
    "--disable-features=RenderDocument,AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,"
    "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,"
    "AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch",
)
MAKS_TAB = 150
"""Stops on the longest page, and some."""
REGLER = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_AXE_FINN = """async regler => (await axe.run(document, {
    runOnly: regler, resultTypes: ['violations'], selectors: false, preload: false}
)).violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | '))"""
"""Without fetching the style sheets once more: of these rules only the one about sound that starts by itself asks."""
_OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for a worker's tests."""
    rot = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGG, *rot])
        yield browser
        browser.close()


class Reise:
    """A person at a screen: opens pages, and everything the browser complains of fails the test."""

    def __init__(self, context: BrowserContext, adresse: str, *, skript: bool = True) -> None:
        self.adresse = adresse
        self.skript = skript
        self.har_axe = False
        """axe comes with every page that is opened, instead of being sent to it."""
        self.page: Page = context.new_page()
        self.klager: list[str] = []
        self.page.on("console", self._konsoll)
        self.page.on("pageerror", lambda feil: self.klager.append(f"script: {feil}"))
        self.page.on("request", self._forespoersel)

    def _konsoll(self, melding: Any) -> None:
        if melding.type == "error" and "status of 4" not in melding.text:
            self.klager.append(f"console: {melding.text}")

    def _forespoersel(self, request: Any) -> None:
        if not request.url.startswith((self.adresse, "data:")):
            self.klager.append(f"third party: {request.url}")

    def aapne(self, sti: str) -> None:
        """Go to an address of the installation."""
        self.page.goto(self.adresse + sti)

    def logg_inn(self, brukernavn: str, passord: str = PASSORD) -> None:
        """Sign in as one of the cast."""
        self.aapne("/logg-inn")
        self.page.get_by_label("Brukernavn").fill(brukernavn)
        self.page.get_by_label("Passord").fill(passord)
        self.page.get_by_role("button", name="Logg inn").click()
        expect(self.page.get_by_role("button", name="Logg ut")).to_be_visible()

    def tast(self, locator: Locator, *taster: str) -> None:
        """Go to a control with Tab, as somebody without a mouse does, and press these keys on it."""
        maal = locator.element_handle()
        for _ in range(MAKS_TAB):
            self.page.keyboard.press("Tab")
            if maal.evaluate("maal => maal === document.activeElement"):
                break
        else:
            raise AssertionError(f"{self.page.url}: Tab does not reach {locator}")
        for tast in taster:
            self.page.keyboard.press(tast)

    def skriv(self, locator: Locator, tekst: str) -> None:
        """Go to a field with Tab and type."""
        self.tast(locator)
        self.page.keyboard.type(tekst)

    def funn(self) -> list[str]:
        """What is wrong with the page: axe (where scripts run), sideways scrolling, what the browser complained of."""
        funn: list[str] = []
        if self.skript:
            if not self.har_axe and not self.page.evaluate("'axe' in window"):
                self.page.evaluate(AXE)
            funn = self.page.evaluate(_AXE_FINN, REGLER)
        return [*funn, *self.synlige_funn()]

    def synlige_funn(self) -> list[str]:
        """What is wrong without asking axe."""
        return [*self.bredde(), *self.klager]

    def bredde(self) -> list[str]:
        """Whether the page scrolls sideways at this width."""
        over = self.page.evaluate(_OVER)  # a locator would bring Playwright's selector engine to every page
        return [f"scrolls {over} px sideways"] if over > 0 else []

    def sjekk(self) -> None:
        """Nothing is wrong with the page."""
        self.page.wait_for_load_state()  # a click may have left the old page and not yet come to the new one
        assert self.funn() == [], self.page.url


@pytest.fixture
def reise(chromium: Browser, adresse: str) -> Iterator[Callable[..., Reise]]:
    """Make a person at a screen: `reise()`, `reise(bredde=320)`, `reise(skript=False)`."""
    kontekster: list[BrowserContext] = []

    def lag(*, bredde: int = 1280, skript: bool = True, fargevalg: str = "light") -> Reise:
        context = chromium.new_context(
            viewport={"width": bredde, "height": 900},
            java_script_enabled=skript,
            color_scheme="dark" if fargevalg == "dark" else "light",
            locale="nb-NO",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        kontekster.append(context)
        return Reise(context, adresse, skript=skript)

    yield lag
    for context in kontekster:
        context.close()
