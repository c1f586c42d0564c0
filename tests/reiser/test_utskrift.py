"""What a caseworker prints, in a real browser: on as few sheets as it takes, and nothing but what is to be read."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from koordinering.db import i_dag
from tests import fabrikk
from tests.reiser.conftest import Reise

pytestmark = [pytest.mark.nettleser, pytest.mark.bare_sqlite]


def _ark(r: Reise, sti: str) -> list[str]:
    """The text of each sheet that the page is printed on, without the breaks of its lines."""
    r.aapne(sti)
    papir = PdfReader(io.BytesIO(r.page.pdf(format="A4", prefer_css_page_size=True)))
    return [" ".join(ark.extract_text().split()) for ark in papir.pages]


def test_the_receipt_of_a_family_is_one_sheet_and_its_case_two(
    app: Flask, folk: Any, reise: Callable[..., Reise]
) -> None:
    """Three children with three referrals each, and three for the whole family."""
    fabrikk.kortaar()
    barna = [fabrikk.barn(i_dag().year - alder) for alder in (9, 10, 11)]
    henvist = [(tiltak, nr) for nr in range(3) for tiltak in ("4a-3", "4b-9", "4b-11")]
    sak = fabrikk.sak(folk.nav1, barna=barna, tiltak=[*henvist, ("4b-2", None), ("4b-3", None), ("4b-12", None)])
    referanse, sti = sak.referanse, f"/saker/{sak.id}"
    r = reise()
    r.logg_inn("nav1")
    kvittering = _ark(r, f"{sti}/kvittering")
    assert len(kvittering) == 1
    saken = _ark(r, sti)
    assert len(saken) <= 2
    for ark in (kvittering, saken):
        tekst = " ".join(ark)
        assert referanse in tekst
        assert tekst.count("Ferietilbud") == 3
        for skjult in ("Logg ut", "Mine saker", "Skriv ut", "Rett saken", "Kopier", "Historikk", "Sakens historie"):
            assert skjult not in tekst
    for overskrift in ("Krav fra familien", "Overlever saken", "Slett feilregistrering", "Mer om henvisningen"):
        assert overskrift not in " ".join(saken)


def test_a_receipt_prints_no_heading_with_nothing_under_it(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-3", None)])
    r = reise()
    r.logg_inn("nav1")
    (kvittering,) = _ark(r, f"/saker/{sak.id}/kvittering")
    assert "Familien går selv" in kvittering
    assert "Hva skjer nå" not in kvittering
    assert r.page.get_by_role("heading", name="Hva skjer nå").is_visible()  # on the screen the slip is one click away
