"""Draws the pictures of the README, docs/bilder/*.png, off a demo made for them and served in a temporary directory.

`python -m verktoy.skjermbilder [NAME …]` needs the test environment (`make test` makes it) and a Chromium.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from koordinering.config import les_config
from koordinering.demo.brukere import demolisten
from koordinering.roles import Rolle
from tests.tjener import kommando, miljo, servert
from verktoy.palett import i_palett

MAPPE = Path(__file__).parents[1] / "docs" / "bilder"
PASSORD = "skjermbilder-2026"
CHROMIUM = os.environ.get("KOORDINERING_CHROMIUM", "/usr/bin/chromium")
SKJERM, MOBIL, START = (1280, 900), (360, 800), (1000, 720)
NUMMER = "01911599968"
"""A synthetic number (STACK.md), so that the picture shows no one."""


@contextmanager
def demo(data: Path) -> Iterator[str]:
    """A whole demo town, served; gives its address."""
    config = les_config(
        {"KOORDINERING_MILJOE": "demo", "KOORDINERING_DATA": str(data), "KOORDINERING_DEMO_PASSWORD": PASSORD}
    )
    ekstra = {"KOORDINERING_DEMO_PASSWORD": PASSORD}
    subprocess.run(kommando("demo"), env=miljo(config, config.port, **ekstra), check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    with servert(config, **ekstra) as adresse:
        yield adresse


def logg_inn(page: Page, adresse: str, brukernavn: str) -> None:
    """Sign in as one of the demo users."""
    page.goto(f"{adresse}/logg-inn")
    page.get_by_label("Brukernavn").fill(brukernavn)
    page.get_by_label("Passord").fill(PASSORD)
    page.get_by_role("button", name="Logg inn").click()
    page.get_by_role("button", name="Logg ut").wait_for()


def start(page: Page, adresse: str) -> None:
    """Where the user lands."""
    page.goto(adresse)


def fyll_ut(page: Page, adresse: str) -> None:
    """The registering page on its way."""
    page.goto(f"{adresse}/saker/ny")
    page.locator("#barn-0-foedselsaar").fill(f"20{NUMMER[4:6]}")
    page.locator("#barn-0-fnr").fill(NUMMER)
    page.get_by_role("group", name="Deltar barnet fast").get_by_label("Nei").check()
    page.get_by_role("group", name="Er barnet spurt").get_by_label("Ja").check()
    page.locator("#barn-0-oenske1").select_option("fotball")
    page.get_by_role("group", name="Henvis barnet til").get_by_label("Friplass", exact=False).first.check()
    page.get_by_role("group", name="Er familien i målgruppen").get_by_label("Ja").check()
    page.locator("#behov").get_by_label("Fritid", exact=False).first.check()
    page.locator("#tiltak").get_by_label("Opplevelseskortet", exact=False).check()
    page.locator("#del_ut").check()
    page.get_by_role("group", name="Grunnlag for å sende").get_by_label("Samtykke", exact=True).check()
    page.locator("#maate").get_by_label("Muntlig").check()
    page.locator("#fra").get_by_label("Foresatt", exact=True).check()
    page.evaluate("scrollTo(0, 0)")


def kvittering(page: Page, adresse: str) -> None:
    """What the page gives."""
    fyll_ut(page, adresse)
    page.get_by_role("button", name="Send").last.click()
    page.wait_for_url("**/kvittering")


def fordel(page: Page, adresse: str) -> None:
    """The queue beside the places, the first referral chosen that a place fits as one of its wishes."""
    page.goto(f"{adresse}/fordel")
    koe = page.get_by_role("region", name="Køen").get_by_role("link")
    for sti in [lenke.get_attribute("href") for lenke in koe.all()]:
        page.goto(f"{adresse}{sti}")
        if page.locator("#valgt").get_by_text(re.compile(r"^Ønske \d")).count():
            break


def forslag(page: Page, adresse: str) -> None:
    """The newest draft of a proposed distribution."""
    page.goto(f"{adresse}/forslag")
    page.get_by_role("region", name="Forslagene").get_by_role("link").first.click()


def tall(page: Page, adresse: str) -> None:
    """A year's counts with hidden cells."""
    page.goto(f"{adresse}/tall")
    page.get_by_role("row").filter(has_text="etter tiltak").get_by_role("link").first.click()


def publisering(page: Page, adresse: str) -> None:
    """The newest release."""
    page.goto(f"{adresse}/publiseringer")
    page.get_by_role("table").get_by_role("link").first.click()


def publisert(page: Page, adresse: str) -> None:
    """A table of two dimensions in it."""
    publisering(page, adresse)
    page.get_by_role("link", name="Barn etter tjeneste og alder").click()


def moenstre(page: Page, adresse: str) -> None:
    """The unusual patterns, after somebody has been refused a few times."""
    for _ in range(5):
        page.goto(f"{adresse}/saker")
    page.goto(f"{adresse}/innsynslogg/moenstre?moenster=nektelser")


@contextmanager
def som_henviser(page: Page, adresse: str) -> Iterator[Page]:
    """What a caseworker does meanwhile, in a browser of her own."""
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("the page has no browser")
    context = browser.new_context(locale="nb-NO")
    context.set_default_timeout(15_000)
    henviser = context.new_page()
    logg_inn(henviser, adresse, "nav1")
    yield henviser
    context.close()


def hvem_aapnet(page: Page, adresse: str) -> None:
    """What one user has opened, after she has opened some of her cases."""
    with som_henviser(page, adresse) as nav:
        nav.goto(f"{adresse}/saker")
        for sti in [lenke.get_attribute("href") for lenke in nav.get_by_role("table").get_by_role("link").all()[:6]]:
            nav.goto(f"{adresse}{sti}")
    page.goto(f"{adresse}/innsynslogg?brukernavn=nav1&slag=lesing")


def krav(page: Page, adresse: str) -> None:
    """The requests of all units, after one has been registered."""
    with som_henviser(page, adresse) as nav:
        nav.goto(f"{adresse}/saker")
        nav.get_by_role("table").get_by_role("link").first.click()
        nav.get_by_role("link", name="Registrer krav fra familien").click()
        nav.get_by_label("Innsyn").check()
        nav.get_by_role("button", name="Registrer kravet").click()
        nav.wait_for_url(re.compile(r"/krav/\d+$"))
    page.goto(f"{adresse}/krav/tilsyn")


def samordning(page: Page, adresse: str) -> None:
    """What several units do together for one family."""
    page.goto(f"{adresse}/samordning")
    page.get_by_role("table").get_by_role("link").first.click()


def rullering(page: Page, adresse: str) -> None:
    """The draft of the next plan, at a strategy with a measure that ends."""
    page.goto(f"{adresse}/plan/rediger/utkast")
    page.get_by_role("heading", name="Strategi 1a").evaluate("en => en.scrollIntoView()")


def vurdering(page: Page, adresse: str) -> None:
    """An assessment that the coordinator has sent back."""
    page.goto(f"{adresse}/plan/vurderinger")
    page.get_by_role("link", name="Fortsett").first.click()


def side(sti: str) -> Callable[[Page, str], None]:
    """A page as it opens."""
    return lambda page, adresse: (page.goto(adresse + sti), None)[1]


BILDER: tuple[tuple[str, str, tuple[int, int], Callable[[Page, str], None]], ...] = (
    ("registrer", "nav1", SKJERM, fyll_ut),
    ("registrer-mobil", "nav1", MOBIL, fyll_ut),
    ("kvittering", "nav1", SKJERM, kvittering),
    ("kort", "nav1", SKJERM, side("/kort")),
    ("fordel", "inkludering1", SKJERM, fordel),
    ("forslag", "inkludering1", SKJERM, forslag),
    ("midler", "inkludering1", SKJERM, side("/midler")),
    ("aarsskifte", "inkludering1", SKJERM, side("/aarsskifte")),
    ("disk", "fretex1", SKJERM, start),
    ("tall", "koordinator1", SKJERM, tall),
    ("publisering", "koordinator1", SKJERM, publisering),
    ("publisert", "nav1", SKJERM, publisert),
    ("besoek-mobil", "moeteplass1", MOBIL, start),
    ("moenstre", "ombud1", SKJERM, moenstre),
    ("innsynslogg", "ombud1", SKJERM, hvem_aapnet),
    ("krav", "ombud1", SKJERM, krav),
    ("papirer", "ombud1", SKJERM, side("/papirer")),
    ("samordning", "nav1", SKJERM, samordning),
    ("utbetalinger", "godkjenner1", SKJERM, side("/utbetalinger")),
    ("enhetens-logg", "navleder1", SKJERM, side("/innsynslogg")),
    ("brukere", "system1", SKJERM, side("/brukere")),
    ("plan", "koordinator1", SKJERM, side("/plan")),
    ("rullering", "koordinator1", SKJERM, rullering),
    ("planendringer", "koordinator1", SKJERM, side("/plan/endringer?fra=1&til=2")),
    ("evaluering", "koordinator1", SKJERM, side("/plan/evaluering")),
    ("vurdering", "tiltak2", SKJERM, vurdering),
    ("indikator", "koordinator1", SKJERM, side("/plan/indikator/I20")),
)


STARTSIDER: tuple[tuple[str, str, tuple[int, int], Callable[[Page, str], None]], ...] = tuple(
    (f"start-{rolle.value}", next(b.brukernavn for b in demolisten() if b.rolle is rolle), START, start)
    for rolle in Rolle
)
"""The start page of every role."""


def ta_bilder(browser: Browser, adresse: str, mappe: Path, navne: Collection[str] = ()) -> None:
    """Draw every picture into the folder, or those that are named."""
    mappe.mkdir(parents=True, exist_ok=True)
    for navn, brukernavn, (bredde, hoeyde), gaa in (*STARTSIDER, *BILDER):
        if navne and navn not in navne:
            continue
        context = browser.new_context(viewport={"width": bredde, "height": hoeyde}, locale="nb-NO")
        context.set_default_timeout(15_000)
        page = context.new_page()
        logg_inn(page, adresse, brukernavn)
        gaa(page, adresse)
        bilde = page.screenshot()
        page.goto("about:blank")  # the product's pages allow no scripts from outside
        (mappe / f"{navn}.png").write_bytes(i_palett(page, bilde))
        context.close()


def main() -> int:
    """Make the demo, serve it, draw all pictures, or those named on the command line."""
    flagg = ["--disable-gpu", "--no-first-run", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with tempfile.TemporaryDirectory() as mappe, demo(Path(mappe)) as adresse, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flagg)
        ta_bilder(browser, adresse, MAPPE, sys.argv[1:])
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
