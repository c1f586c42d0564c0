"""Keys of a page come from the address: whatever stands there, the answer is a page."""

import base64
import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests import fabrikk
from tests.nettleser import Nettleser

STYGGE: tuple[Any, ...] = (
    ["etter", {"t": "2025-01-01T00:00:00"}, 1],
    ["etter", {"t": "0001-01-01T00:00:00+00:00"}, 1],
    ["foer", {"t": "9999-12-31T23:59:59+00:00"}, 1],
    ["etter", "tekst", 1],
    ["etter", 5, 5],
    ["etter", {"d": "2025-01-01"}, 2],
    ["etter", {"t": "2025-01-01T00:00:00+00:00"}, True],
    ["etter", {"t": "2025-01-01T00:00:00+00:00"}, 2**63],
    ["etter", "\ud800", 1],
    ["slutt", 1],
    {"t": 1},
    [],
    7,
    None,
)


def _noekkel(verdi: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(verdi).encode()).decode().rstrip("=")


@pytest.mark.parametrize("verdi", STYGGE, ids=str)
def test_an_odd_key_gives_the_first_page(app: Flask, folk: Any, nettleser: Nettleser, verdi: Any) -> None:
    fabrikk.sak(folk.nav1)
    fabrikk.tilbud(folk.inkludering1)
    for hvem, sti in ((folk.nav1, "/saker"), (folk.inkludering1, "/innboks"), (folk.nav1, "/tilbud")):
        svar = nettleser.som(hvem).se(f"{sti}?side={_noekkel(verdi)}")
        assert svar.status_code == 200


def test_any_key_gives_a_page(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    som = nettleser.som(folk.ombud1)

    @given(st.text(alphabet=st.characters(codec="ascii", min_codepoint=1), max_size=60))
    def proev(noekkel: str) -> None:
        assert som.se("/innsynslogg", query_string={"side": noekkel}).status_code == 200

    proev()


def test_the_search_knows_norwegian_letters(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    fabrikk.tilbud(folk.inkludering1, navn="Ålesund Ørn")
    for q in ("Ålesund", "ålesund", "ØRN"):
        assert "Ålesund Ørn" in nettleser.som(folk.nav1).se("/tilbud", query_string={"q": q}).get_data(as_text=True)
