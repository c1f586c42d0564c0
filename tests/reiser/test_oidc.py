"""A first sign-in with the account from work, in a browser: out, back, waiting, a role, in, and out at both ends."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from koordinering.config import Config
from tests.conftest import Mal, installasjon
from tests.konto.tilbyder import Doer, tilbyder
from tests.reiser.conftest import Reise
from tests.tjener import servert

pytestmark = [pytest.mark.nettleser, pytest.mark.bare_sqlite]


@pytest.fixture(scope="module")
def doer() -> Iterator[Doer]:
    """An issuer."""
    with tilbyder() as doer:
        yield doer


@pytest.fixture(scope="module")
def tjeneren(mal: Mal, doer: Doer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Config, str]]:
    """A served installation that knows the issuer by the file in its data directory."""
    config = installasjon(mal, tmp_path_factory.mktemp("oidc") / "var")
    _skriv(config.data, doer)
    with servert(config) as adresse:
        yield config, adresse


def _skriv(data: Path, doer: Doer) -> None:
    hemmelig = data / "nav.hemmelig"
    hemmelig.touch(mode=0o600)
    hemmelig.write_text("h" * 20, encoding="utf-8")
    linjer = ('navn = "Nav"', f'issuer = "{doer.adresse}"', 'client_id = "k"', 'client_secret_fil = "nav.hemmelig"')
    (data / "oidc.toml").write_text("\n".join(("[nav]", *linjer)), encoding="utf-8")


def _hos_nav(r: Reise, knapp: str) -> None:
    """Press the button, and sign in at the issuer, whose pages are its own affair."""
    r.page.get_by_role("link", name=knapp).click()
    r.page.get_by_placeholder("sub").fill("hege-hos-nav")
    r.page.get_by_role("button", name="Authorize").click()
    r.page.wait_for_url(f"{r.adresse}/**")
    r.klager.clear()


def test_a_first_sign_in_with_the_account_from_work(
    app: Flask, folk: Any, reise: Callable[..., Reise], doer: Doer
) -> None:
    r = reise(bredde=360)
    r.aapne("/saker")
    r.sjekk()
    _hos_nav(r, "Logg inn med Nav")
    expect(r.page.get_by_role("heading", name="Du venter på en rolle")).to_be_visible()
    r.sjekk()
    kode = r.page.locator("dd strong").inner_text()
    _gi_rolle(reise(bredde=320, skript=False), kode)
    _hos_nav(r, "Jeg har fått en rolle")
    expect(r.page.get_by_role("button", name="Logg ut")).to_be_visible()
    r.aapne("/saker")
    expect(r.page.get_by_role("heading", name="Mine saker")).to_be_visible()
    r.page.get_by_role("button", name="Logg ut").click()
    r.page.wait_for_url(f"{doer.adresse}/oauth2/end_session?**id_token_hint=**")
    r.page.goto(r.adresse + "/saker")
    expect(r.page.get_by_role("heading", name="Logg inn", exact=True)).to_be_visible()


def _gi_rolle(r: Reise, kode: str) -> None:
    """SYSTEMFORVALTER hears the reference and gives the role, on a telephone without scripts."""
    r.logg_inn("system1")
    r.aapne("/brukere/venter")
    r.sjekk()
    r.page.get_by_role("link", name=f"Behandle {kode}").click()
    r.page.get_by_label("Brukernavn", exact=True).fill("hege")
    r.page.get_by_label("Tittel").fill("Nav-veileder 7")
    r.page.get_by_label("Rolle").select_option("henviser")
    r.page.get_by_role("button", name="Opprett bruker").click()
    expect(r.page.get_by_text("Velg en enhet").first).to_be_visible()
    r.sjekk()
    r.page.get_by_label("Enhet").select_option("nav")
    r.page.get_by_role("button", name="Opprett bruker").click()
    expect(r.page.get_by_text("Brukeren er opprettet")).to_be_visible()
    expect(r.page.get_by_text("Ingen venter på rolle")).to_be_visible()
