"""The plan's last column in a browser: the unit writes with the keyboard, the coordinator sends back and approves."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from koordinering.db import i_dag, transaction
from koordinering.plan.evaluering.models import Evalueringsvalg
from tests.reiser.conftest import Reise

pytestmark = [pytest.mark.nettleser, pytest.mark.bare_sqlite]  # nothing here depends on the database

FELTENE = ("Hva er gjort", "Hvilken virkning dere ser", "Neste steg", "Hvordan barn og familier er hørt")


SENDT = "Sendt til koordinatoren 5a-2"


def skriv_og_send(r: Reise, aar: int) -> None:
    """What is missing is told at its field, with the rest still there; then it is sent."""
    page = r.page
    page.get_by_role("link", name="Skriv vurderinger").click()
    page.get_by_role("link", name=f"Skriv 5a-2 {aar}").click()
    page.get_by_label(FELTENE[0]).fill("Veilederen er rettet.")
    page.get_by_role("button", name="Send til koordinatoren").click()
    expect(page.get_by_label(FELTENE[0])).to_have_value("Veilederen er rettet.")
    r.sjekk()
    for felt in FELTENE[1:]:
        page.get_by_label(felt).fill("Flere bruker den.")
    page.get_by_label("Videreføres").check()
    page.get_by_role("button", name="Send til koordinatoren").press("Enter")
    expect(page.get_by_text("Vurderingen er sendt til koordinatoren.")).to_be_visible()
    r.sjekk()


def send_tilbake(r: Reise) -> None:
    """The coordinator finds it on the start page, and says what is missing."""
    r.page.get_by_role("link", name="vurderinger å godkjenne").click()
    r.page.get_by_role("link", name=SENDT).click()
    r.page.get_by_label("Hva enheten må endre").fill("Skriv hvem som er spurt.")
    r.page.get_by_role("button", name="Send tilbake til enheten").press("Enter")
    r.sjekk()


def test_written_sent_back_and_approved(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    aar = i_dag().year - 1
    with transaction() as session:
        session.get_one(Evalueringsvalg, 1).foerste_aar = aar
    enhet, koordinator = reise(bredde=360, skript=False), reise()
    enhet.logg_inn("tiltak1")
    skriv_og_send(enhet, aar)
    koordinator.logg_inn("koordinator1")
    send_tilbake(koordinator)
    enhet.aapne(f"/plan/vurderinger/skriv?tiltak=5a-2&aar={aar}")
    expect(enhet.page.get_by_text("Skriv hvem som er spurt.")).to_be_visible()
    enhet.page.get_by_label(FELTENE[3]).fill("Ungdomsrådet er spurt.")
    enhet.page.get_by_role("button", name="Send til koordinatoren").press("Enter")
    koordinator.page.get_by_role("link", name="venter på koordinatoren").click()
    koordinator.page.get_by_role("link", name=SENDT).click()
    koordinator.page.get_by_role("button", name="Godkjenn").press("Enter")
    expect(koordinator.page.get_by_role("link", name=f"{aar}: Videreføres 5a-2")).to_be_visible()
    koordinator.sjekk()
