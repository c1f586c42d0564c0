"""The first day in a browser: a password of one's own, a passkey or an app, codes on paper, and in again next day."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from koordinering import crypto
from koordinering.config import Config
from koordinering.db import db, now, own_transaction, transaction
from koordinering.konto import services as konto
from koordinering.konto.faktor.models import Totp
from koordinering.konto.models import Okt
from koordinering.roles import Rolle
from tests.conftest import Mal, installasjon
from tests.reiser.conftest import Reise
from tests.tjener import servert

pytestmark = [pytest.mark.nettleser, pytest.mark.bare_sqlite]

FIKK, VALGTE = "delt-ut-av-en-annen", "fire ord uten sammenheng"


@pytest.fixture(scope="module")
def tjeneren(mal: Mal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Config, str]]:
    """A served installation that asks for a second factor, by a name: a passkey belongs to a name."""
    config = installasjon(mal, tmp_path_factory.mktemp("tjener") / "var")
    with servert(config, KOORDINERING_FAKTOR="1") as adresse:
        yield config, adresse.replace("127.0.0.1", "localhost")


@pytest.fixture
def ny(app: Flask) -> str:
    """The user name of a caseworker on her first day."""
    with transaction():
        konto.lag_bruker("ny.her", "Ny her", FIKK, [(Rolle.HENVISER, "nav")], av=None)
    db.session.rollback()
    return "ny.her"


def velg_passord(r: Reise, brukernavn: str) -> None:
    """Sign in with the password one was given, and choose one's own."""
    r.logg_inn(brukernavn, FIKK)
    r.page.get_by_label("Det midlertidige passordet").fill(FIKK)
    r.page.get_by_label("Nytt passord", exact=True).fill(VALGTE)
    r.page.get_by_label("Gjenta det nye passordet").fill(VALGTE)
    r.page.get_by_role("button", name="Bytt passord").click()
    expect(r.page.get_by_role("heading", level=1)).to_have_text("Sikker innlogging")
    r.sjekk()


def ta_vare_paa_kodene(r: Reise) -> list[str]:
    """The recovery codes, and on from there."""
    expect(r.page.get_by_role("heading", level=1)).to_have_text("Gjenopprettingskodene dine")
    r.sjekk()
    koder = r.page.locator("code").all_inner_texts()
    r.page.get_by_role("link", name="Jeg har tatt vare på kodene").click()
    expect(r.page.get_by_role("navigation", name="Hovedmeny")).to_be_visible()
    return koder


def autentikator(page: Page) -> Any:
    """A telephone that says yes."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    valg = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {**valg, "isUserVerified": True}})
    return cdp


def siste_minutter(r: Reise) -> None:
    """A session that has lasted almost its longest: it is told, and that it cannot go on."""
    with own_transaction() as session:
        session.execute(update(Okt).values(utloeper=now() + timedelta(minutes=2)))
    r.page.reload()
    r.page.get_by_role("button", name="Fortsett økten").click()
    expect(r.page.get_by_text("Snart har du vært logget inn så lenge du kan")).to_be_visible()
    r.sjekk()


def test_the_first_day_with_a_passkey(ny: str, reise: Callable[..., Reise]) -> None:
    r = reise()
    page = r.page
    cdp = autentikator(page)
    velg_passord(r, ny)
    page.get_by_label("Navn på passkeyen").fill("PC på jobben")
    page.get_by_role("button", name="Legg til passkey").click()
    assert len(ta_vare_paa_kodene(r)) == 10
    page.get_by_role("button", name="Logg ut").click()
    r.sjekk()
    page.get_by_role("button", name="Bruk passkey").click()
    expect(page.get_by_role("button", name="Logg ut")).to_be_visible()
    r.aapne("/konto/sikring")
    r.sjekk()
    page.get_by_role("button", name="Legg til passkey").click()
    expect(page.get_by_role("alert")).to_have_text("Denne enheten har en passkey her fra før.")
    siste_minutter(r)
    page.get_by_role("button", name="Logg ut").click()
    cdp.send("WebAuthn.disable")
    page.get_by_label("Brukernavn").fill(ny)
    page.get_by_label("Passord").fill(VALGTE)
    page.get_by_role("button", name="Logg inn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vis at det er deg")
    r.sjekk()


def test_the_first_day_with_an_app_and_no_script_on_a_small_screen(ny: str, reise: Callable[..., Reise]) -> None:
    r = reise(bredde=320, skript=False)
    page = r.page
    velg_passord(r, ny)
    expect(page.get_by_text("Velg app i stedet.")).to_be_visible()
    page.get_by_role("button", name="Sett opp app").click()
    hemmelighet = page.locator(".referanse").inner_text().replace(" ", "")
    r.sjekk()
    page.get_by_label("Koden appen viser nå").fill("12 34 56")
    page.get_by_role("button", name="Ta i bruk appen").click()
    expect(page.get_by_role("link", name="Koden stemmer ikke")).to_be_visible()
    page.get_by_label("Koden appen viser nå").fill(crypto.totp_kode(hemmelighet, now()))
    page.get_by_role("button", name="Ta i bruk appen").click()
    koder = ta_vare_paa_kodene(r)
    for kode in ("", koder[3]):
        page.get_by_role("button", name="Logg ut").click()
        with own_transaction() as session:  # half a minute has passed
            session.execute(update(Totp).values(siste_steg=0))
        page.get_by_label("Brukernavn").fill(ny)
        page.get_by_label("Passord").fill(VALGTE)
        page.get_by_role("button", name="Logg inn").click()
        r.sjekk()
        page.get_by_label("Kode").fill(kode or crypto.totp_kode(hemmelighet, now()))
        page.get_by_role("button", name="Logg inn").click()
        expect(page.get_by_role("navigation", name="Hovedmeny")).to_be_visible()
    expect(page.get_by_text("Du har 9 gjenopprettingskoder igjen.")).to_be_visible()
