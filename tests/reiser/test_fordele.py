"""Journey 2 in a browser: the inkluderingskonsulent gives a place, makes one wait, refuses one, and takes one back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from koordinering.db import i_dag
from koordinering.saker.models import Henvisning
from koordinering.tildeling import services as tildeling
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User
from tests import fabrikk
from tests.reiser.conftest import Reise
from tests.tildeling.gjoer import gjoer

pytestmark = [pytest.mark.nettleser, pytest.mark.bare_sqlite]  # test_registrere.py goes to both databases


def henvist(av: User, **barn: Any) -> Henvisning:
    """A ten-year-old referred to a free place."""
    (henvisning,) = fabrikk.sak(av, barna=(fabrikk.barn(**barn),)).henvisninger
    return henvisning


def velg(r: Reise, referanse: str) -> None:
    """Choose a referral in the queue."""
    r.aapne("/fordel")
    r.page.get_by_role("region", name="Køen").get_by_role("link", name=referanse).click()
    expect(r.page.get_by_role("heading", name=f"Valgt henvisning: {referanse}")).to_be_visible()


def ta_imot(page: Page, referanse: str) -> None:
    """From the inbox: take a referral in."""
    page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Til enheten").click()
    page.get_by_role("link", name=referanse).click()
    page.get_by_role("button", name="Ta imot").click()
    expect(page.get_by_text("Under behandling").first).to_be_visible()


def test_places_are_given_refused_and_taken_back(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    fabrikk.tilbud(folk.inkludering1, antall=1)
    fabrikk.tilbud(folk.inkludering1, navn="Dans for ungdom", aktivitet=Aktivitet.DANS, alder_fra=14, alder_til=18)
    foerste, andre, tredje = (
        henvist(folk.nav1),
        henvist(folk.helse1),
        henvist(folk.nav1, foedselsaar=i_dag().year - 8),
    )
    for henvisning in (andre, tredje):
        gjoer(tildeling.ta_imot, henvisning, av=folk.inkludering1)
    navn = [h.sak.referanse for h in (foerste, andre, tredje)]
    r = reise()
    r.logg_inn("inkludering1")
    r.sjekk()
    ta_imot(r.page, navn[0])
    gi_plass(r, navn[0])
    sett_paa_venteliste(r, navn[1])
    avslaa(r, navn[2])
    ta_tilbake(r, navn[1])


def gi_plass(r: Reise, referanse: str) -> None:
    """What fits, why the other does not, and give."""
    velg(r, referanse)
    page = r.page
    passer = page.locator("#valgt").get_by_role("listitem").filter(has_text="Fotball for alle")
    expect(passer).to_contain_text("Ønske 1")
    page.get_by_text("Passer ikke (1), og hvorfor").click()
    passer_ikke = page.locator("#valgt").get_by_role("listitem").filter(has_text="Dans for ungdom")
    expect(passer_ikke).to_contain_text("Barnet er for ungt.")
    r.sjekk()
    passer.get_by_role("button", name="Gi plass").click()
    expect(page.get_by_text("Plass 1 i Fotball for alle er gitt.")).to_be_visible()
    r.sjekk()


def sett_paa_venteliste(r: Reise, referanse: str) -> None:
    """The only place is gone: the next one waits."""
    velg(r, referanse)
    page = r.page
    expect(page.get_by_text("Ingen passer nå.")).to_be_visible()
    r.sjekk()
    page.get_by_role("button", name="Sett på venteliste").click()
    rad = page.get_by_role("region", name="Køen").get_by_role("row").filter(has_text=referanse)
    expect(rad).to_contain_text("Venteliste")


def avslaa(r: Reise, referanse: str) -> None:
    """Refuse with a reason from the list; without one the page says so."""
    velg(r, referanse)
    page = r.page
    page.get_by_role("link", name="Avslå").click()
    page.get_by_role("button", name="Avslå").click()
    expect(page.locator("[data-feiloppsummering]")).to_contain_text("Velg en grunn.")
    r.sjekk()
    page.locator("#grunn").get_by_role("radio").first.check()
    page.get_by_role("button", name="Avslå").click()
    expect(page.get_by_text("Avslått").first).to_be_visible()
    r.sjekk()


def ta_tilbake(r: Reise, venter: str) -> None:
    """The place comes back, and the one who waits is offered it."""
    r.aapne("/fordel")
    page = r.page
    page.get_by_role("region", name="Plassene").get_by_role("link", name="Fotball for alle").click()
    page.get_by_text("Levert tilbake …").click()
    expect(page.get_by_text("Plassen blir ledig for en annen")).to_be_visible()
    r.sjekk()
    page.get_by_role("button", name="Ja: Levert tilbake").click()
    velg(r, venter)
    expect(page.locator("#valgt").get_by_role("button", name="Gi plass")).to_be_visible()


def test_a_proposal_is_changed_confirmed_and_an_offered_place_accepted(
    app: Flask, folk: Any, reise: Callable[..., Reise]
) -> None:
    fabrikk.tilbud(folk.inkludering1, antall=1)
    fabrikk.tilbud(folk.inkludering1, navn="Svømmekurs", aktivitet=Aktivitet.SVOEMMING, antall=1)
    foerste, andre = henvist(folk.nav1), henvist(folk.nav1, oensker=(Aktivitet.FOTBALL, Aktivitet.SVOEMMING))
    for henvisning in (foerste, andre):
        gjoer(tildeling.ta_imot, henvisning, av=folk.inkludering1)
    navn = [h.sak.referanse for h in (foerste, andre)]
    r = reise()
    r.logg_inn("inkludering1")
    foreslaa(r, navn)
    laas_og_bekreft(r, navn)
    nav = reise()
    nav.logg_inn("nav1")
    takk_ja(nav, andre.id)


def foreslaa(r: Reise, navn: list[str]) -> None:
    """Both get something; the second its second wish, and the page says why not its first."""
    r.aapne("/fordel")
    r.page.get_by_role("link", name="Foreslå fordeling").click()
    r.sjekk()
    r.page.get_by_label("Tilby plassene med svarfrist").check()
    r.page.get_by_role("button", name="Foreslå fordeling").click()
    rad = r.page.get_by_role("row").filter(has_text=navn[1])
    expect(rad).to_contain_text("Svømmekurs")
    expect(rad).to_contain_text("Ønske 1, Fotball: Den ene plassen er foreslått til en annen.")
    r.sjekk()


def laas_og_bekreft(r: Reise, navn: list[str]) -> None:
    """The second is locked to the first's place, and the rest solved again; then all is confirmed."""
    page = r.page
    page.get_by_label(f"Valg for {navn[1]}").select_option(label="Lås til Fotball for alle")
    page.get_by_role("button", name="Regn ut på nytt").click()
    expect(page.get_by_role("row").filter(has_text=navn[0])).to_contain_text("Ingenting")
    r.sjekk()
    ubesluttet = page.get_by_label(f"Valg for {navn[1]}")
    ubesluttet.select_option(label="Stryk fra runden")
    bekreft(page)
    expect(page.get_by_text("Ingenting er gitt eller tilbudt ennå.")).to_be_visible()
    expect(ubesluttet).to_have_value("stryk")
    r.sjekk()
    ubesluttet.select_option(label="Lås til Fotball for alle")
    page.get_by_role("button", name="Regn ut på nytt").first.click()
    bekreft(page)
    expect(page.get_by_role("row").filter(has_text=navn[1])).to_contain_text("Tilbudt")
    r.sjekk()


def bekreft(page: Page) -> None:
    """The two clicks of confirming."""
    page.get_by_text("Bekreft og tilby plassene …").click()
    page.get_by_role("button", name="Ja: Bekreft og tilby plassene").click()


def takk_ja(r: Reise, henvisning_id: int) -> None:
    """The sender answers for the family."""
    r.aapne(f"/henvisninger/{henvisning_id}")
    expect(r.page.get_by_role("heading", name="Tilbudt plass")).to_be_visible()
    r.sjekk()
    r.page.get_by_role("button", name="Familien takker ja").click()
    expect(r.page.get_by_text("Plassen er gitt. Gi beskjed til familien.")).to_be_visible()
    r.sjekk()


def test_several_at_once_and_a_proposal_on_a_telephone(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    fabrikk.tilbud(folk.inkludering1, antall=1)
    barna = [henvist(folk.nav1) for _ in range(3)]
    for henvisning in barna:
        gjoer(tildeling.ta_imot, henvisning, av=folk.inkludering1)
    navn = [h.sak.referanse for h in barna]
    r = reise(bredde=320)
    r.logg_inn("inkludering1")
    avslaa_flere(r, navn[:2])
    les_forslag(r, navn[2])


def avslaa_flere(r: Reise, navn: list[str]) -> None:
    """By keyboard; without a reason the page says so, and the marks stand."""
    page = r.page
    r.aapne("/fordel")
    r.sjekk()
    for en in navn:
        r.tast(page.get_by_label(f"Velg {en}"), "Space")
    r.tast(page.get_by_label("Sett på venteliste"), "Space", "ArrowDown")
    r.tast(page.get_by_role("button", name="Utfør for de valgte"), "Enter")
    expect(page.locator("[data-feiloppsummering]")).to_contain_text("Velg en grunn.")
    expect(page.get_by_label(f"Velg {navn[1]}")).to_be_checked()
    r.sjekk()
    r.tast(page.get_by_label("Ingen ledig plass"), "Space", "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Flere på én gang: Avslått")
    expect(page.get_by_role("row").filter(has_text=navn[0])).to_contain_text("Avslått")
    r.sjekk()


def les_forslag(r: Reise, referanse: str) -> None:
    """What is to be chosen for each child stands on the screen, not beside it; and it is a table all the same."""
    page = r.page
    r.aapne("/forslag/nytt")
    page.get_by_role("button", name="Foreslå fordeling").click()
    boks = page.get_by_label(f"Valg for {referanse}").bounding_box()
    assert boks is not None
    assert 0 <= boks["x"] <= r.page.viewport_size["width"] - boks["width"]  # type: ignore[index]
    rad = page.get_by_role("row").filter(has_text=referanse)
    expect(rad.get_by_role("cell").filter(has_text="Fikk sitt første ønske.")).to_be_visible()
    r.sjekk()
