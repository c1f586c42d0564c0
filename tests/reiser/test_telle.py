"""Journey 3 in a browser: the coordinator orders a count, reads the tables and takes them home."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from koordinering.db import i_dag
from tests import fabrikk
from tests.reiser.conftest import Reise

pytestmark = [pytest.mark.nettleser, pytest.mark.bare_sqlite]  # test_registrere.py goes to both databases

FORSOEK = 120
TITTEL = "Barn etter tjeneste som henviser"


def vent_paa_jobben(page: Page) -> None:
    """Open the page of jobs again until the one that was ordered is done."""
    for _ in range(FORSOEK):
        if page.get_by_role("table").get_by_text("Ferdig").count():
            return
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError(page.get_by_role("main").inner_text())


def hent(page: Page, knapp: str) -> bytes:
    """The file that a button gives."""
    with page.expect_download() as nedlasting:
        page.get_by_role("button", name=knapp, exact=True).click()
    return Path(nedlasting.value.path()).read_bytes()


def test_a_year_is_counted_and_taken_home(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    for _ in range(6):
        fabrikk.sak(folk.nav1)
    fabrikk.sak(folk.helse1)
    r = reise()
    page = r.page
    r.logg_inn("koordinator1")
    r.sjekk()
    page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Tall").click()
    r.sjekk()
    page.get_by_label("År", exact=True).select_option(str(i_dag().year))
    page.get_by_role("button", name="Lag ny telling").click()
    vent_paa_jobben(page)
    r.sjekk()
    page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Tall").click()
    rad = page.get_by_role("row").filter(has_text=TITTEL)
    rad.get_by_role("link", name=str(i_dag().year)).click()
    se_skjulte_tall(r)
    hent_filene(page)
    publiser(r, lag_publisering(r), reise())


def lag_publisering(r: Reise) -> str:
    """One coordinator chooses a table and has it checked; the address of the release."""
    page = r.page
    r.aapne("/publiseringer/ny")
    r.sjekk()
    page.get_by_label(TITTEL).check()
    page.get_by_role("button", name="Lag utkast").click()
    page.get_by_role("button", name="Kontroller").click()
    sti = page.url.removeprefix(r.adresse)
    for _ in range(FORSOEK):
        if page.get_by_text("En annen enn den som har laget publiseringen, må publisere den.").count():
            r.sjekk()
            return sti
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError(page.get_by_role("main").inner_text())


def publiser(hennes: Reise, sti: str, r: Reise) -> None:
    """Another releases it, and takes it home; then the first one withdraws it."""
    page = r.page
    r.logg_inn("koordinator2")
    r.aapne(sti)
    page.locator("summary").filter(has_text="Publiser").click()
    page.get_by_role("button", name="Ja: Publiser").click()
    expect(page.get_by_role("heading", name="Publisering 1", exact=True)).to_be_visible()
    r.sjekk()
    assert hent(page, "Hent som zip").startswith(b"PK")
    page.get_by_role("link", name=TITTEL).click()
    r.sjekk()
    hennes.aapne(f"{sti}/trekk")
    hennes.sjekk()
    hennes.page.get_by_label("Feil i tallene").check()
    hennes.page.get_by_role("button", name="Trekk publiseringen").click()
    expect(hennes.page.get_by_text("Bruk ikke tallene.")).to_be_visible()
    hennes.sjekk()


def se_skjulte_tall(r: Reise) -> None:
    """A single family's service is hidden, and the page says why."""
    page = r.page
    helse = page.get_by_role("row").filter(has_text="Helsestasjonen").get_by_role("cell")
    expect(helse.first).to_contain_text(":")
    expect(page.get_by_role("heading", name="Om skjulte tall")).to_be_visible()
    expect(page.get_by_text("Grensen for små tall er 5.")).to_be_visible()
    expect(page.locator("dl").get_by_text("Skjult for at ingen skal kunne kjennes igjen")).to_be_visible()
    r.sjekk()


def hent_filene(page: Page) -> None:
    """Three files with the same figures."""
    csv = hent(page, "CSV").decode("utf-8")
    assert "to_helsestasjon" in csv
    assert ":" in csv
    excel = hent(page, "CSV for norsk Excel").decode("utf-8-sig")
    assert ";" in excel
    assert "Bare Helsestasjonen" in excel
    bok = openpyxl.load_workbook(io.BytesIO(hent(page, "Excel (xlsx)")))
    celler = {str(celle.value) for ark in bok for rad in ark.iter_rows() for celle in rad}
    assert {"Bare Helsestasjonen", ":"} <= celler
