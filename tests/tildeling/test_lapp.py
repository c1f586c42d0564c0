"""The slip to the family in its own language, also for what is written on the offers in bokmål."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from koordinering.tildeling import services
from koordinering.tildeling.services.lapp import spraak
from koordinering.tiltak.moeteplass.rules import Ukedag
from koordinering.tiltak.rules import Aktivitet
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt, gjoer, ta_imot


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


@pytest.mark.parametrize("kode", ["nn", "en"])
def test_every_other_language_that_is_shipped_has_a_word_for_each_activity_and_day(tmp_path: Path, kode: str) -> None:
    ordliste = spraak(tmp_path / "finnes_ikke")[kode].ordliste
    assert {ord_.tekst.lower() for ord_ in (*Aktivitet, *Ukedag)} <= set(ordliste)


_PAA_SPRAAKET = [
    ("nb", "Svømming", "Lørdager kl. 10.00 og annenhver uke, Hall A", "Kasserer"),
    ("nn", "Symjing", "Laurdagar kl. 10.00 og annakvar veke, Hall A", "Kasserar"),
    ("en", "Swimming", "Saturdays at 10.00 and every other week, Hall A", "Treasurer"),
]


@pytest.mark.parametrize(("kode", "aktivitet", "naar", "hvem"), _PAA_SPRAAKET)
def test_the_slip_has_activity_days_and_contact_in_its_own_language(
    folk: Any, nettleser: Nettleser, kode: str, aktivitet: str, naar: str, hvem: str
) -> None:
    felt: dict[str, Any] = {"ukedager": "Lørdager kl. 10.00 og annenhver uke, Hall A", "oppmoete": "Kasserer"}
    tilbud = fabrikk.tilbud(folk.inkludering1, aktivitet=Aktivitet.SVOEMMING, **felt)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    lapp = str(nettleser.som(folk.nav1).se(f"/henvisninger/{henvisning.id}/lapp?spraak={kode}").get_data(as_text=True))
    linjer = {linje.partition(": ")[2] for linje in re.findall(r"<p>([^<]*)</p>", lapp)}
    assert {aktivitet, naar, hvem} <= linjer
    assert f'<span lang="{kode}" dir="ltr">{tilbud.navn}</span></h1>' in lapp


def test_a_sentence_about_contact_is_not_taken_apart(folk: Any, nettleser: Nettleser) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, oppmoete="Ring kontoret fra mandag til torsdag")
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    lapp = str(nettleser.som(folk.nav1).se(f"/henvisninger/{henvisning.id}/lapp?spraak=en").get_data(as_text=True))
    assert "Contact: Ring kontoret fra mandag til torsdag" in lapp


def test_a_file_of_the_municipality_without_words_has_ours(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_text("English\n[plass]\nActivity: {aktivitet}\n", encoding="utf-8")
    (tmp_path / "nn.txt").write_text("Nynorsk\n[ord]\nfotball: spark\n", encoding="utf-8")
    alle = spraak(tmp_path)
    assert alle["en"].ordliste["mandag"] == "Monday"
    assert alle["nn"].ordliste == {"fotball": "spark"}
    assert "kort" not in alle["en"].seksjoner
