"""The property of capacity: any sequence of actions on any kind, and given, held and free are always the stock."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import NoResultFound

from koordinering.config import Config
from koordinering.db import db, i_dag
from koordinering.errors import DomainError, IngenTilgang
from koordinering.tildeling.services import aarsskifte
from tests.conftest import Mal, fyll_igjen
from tests.kapasitet.byen import By
from tests.kapasitet.sjekk import sjekk
from tests.kapasitet.steg_familier import PLASS_ELLER_KORT, Steg
from tests.kapasitet.steg_penger import PENGER
from tests.kapasitet.steg_utstyr import UTSTYR

ALLE: dict[str, Steg] = {**PLASS_ELLER_KORT, **UTSTYR, **PENGER}

VEIER = {
    "kort og plasser": [
        ("ta_imot", "gi", "start", "avslutt"),
        ("ta_imot", "gi", "ikke_moett", "gjenaapne"),
        ("ta_imot", "gi", "start", "lever_tilbake"),
        ("ta_imot", "gi", "start", "kort_tapt", "endre_kortaar"),
        ("ta_imot", "gi", "angre", "gi", "enhet_tilbake"),
        ("straks", "enhet_tapt"),
        ("straks", "trekk", "gjenaapne"),
        ("ta_imot", "tilby", "ja", "start"),
        ("ta_imot", "tilby", "nei", "avslaa"),
        ("ta_imot", "tilby", "utloep", "trekk_plasstilbudet"),
        ("ta_imot", "tilby", "trekk_samtykke"),
        ("ta_imot", "vent", "sett_antall", "plass_neste", "ja"),
        ("ta_imot", "vent", "kort_neste", "endre_kortaar"),
        ("ta_imot", "avslaa", "gjenaapne", "gi", "trekk_tilbud", "lever_tilbake"),
        ("ta_imot", "midler", "midler_faktura", "midler_mer", "avslutt", "midler_kreditnota"),
        ("ta_imot", "midler", "start", "avslutt", "midler_faktura"),
        ("ta_imot", "gi", "steng_kortaaret", "lever_tilbake"),
        ("slett",),
    ],
    "utstyr": [
        ("laan", "lever", "savnet", "funnet"),
        ("laan", "lever_oedelagt", "reparert"),
        ("laan", "lever_uten_deler", "gi_opp_deler", "reparert"),
        ("laan", "lever_uten_deler", "lever"),
        ("laan", "lever_kassert"),
        ("laan", "laan_tapt", "tell"),
        ("reserver", "avlys"),
        ("reserver", "laan_annen", "laan", "lever"),
        ("tell", "tatt_ut", "kassert"),
    ],
    "penger": [
        ("soek", "innvilg", "betal_tilskudd", "godkjenn", "fil", "rapport", "betal_tilbake"),
        ("soek", "innvilg", "betal_tilskudd", "stans", "trekk_tilskudd"),
        ("tilsagn", "faktura", "betal", "godkjenn", "fil", "retur", "betal"),
        ("tilsagn", "faktura", "betal", "godkjenn", "fil", "kreditnota", "avslutt_tilsagn"),
        ("tilsagn", "endre_tilsagn", "avslutt_tilsagn", "faktura", "kreditnota"),
        ("ramme", "tilsagn", "endre_tilsagn", "ramme"),
    ],
}
"""Ways that lead somewhere, all the steps with one referral, item or amount; single steps are drawn between them."""


def _steg(hva: str) -> st.SearchStrategy[list[tuple[str, int]]]:
    veier = [vei for navn, veier in VEIER.items() if hva in (navn, "alt") for vei in veier]
    enkle = sorted({navn for vei in veier for navn in vei})
    stykke = st.tuples(st.sampled_from(veier) | st.tuples(st.sampled_from(enkle)), st.integers(0, 11))
    return st.lists(stykke, min_size=2, max_size=5).map(
        lambda stykker: [(navn, nr) for vei, nr in stykker for navn in vei]
    )


def gjoer(by: By, navn: str, nr: int) -> bool:
    """One step, as a request would take it; whether it was allowed."""
    try:
        ALLE[navn](by, nr)
    except (DomainError, IngenTilgang, NoResultFound):  # the last: its case has been deleted
        return False
    return True


@pytest.fixture
def ny_by(app: Flask, mal: Mal, config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], By]]:
    """Makes a town in an installation that nobody has written in, on the last day of the year for the cards' sake."""
    monkeypatch.setattr(aarsskifte, "i_dag", lambda: date(i_dag().year, 12, 31))

    def ny() -> By:
        db.session.remove()
        db.engine.dispose()
        fyll_igjen(mal, config)
        return By()

    yield ny
    db.session.remove()


@pytest.mark.begrenset
@pytest.mark.parametrize("hva", [*VEIER, "alt"])
@settings(max_examples=settings().max_examples // 2)
@given(data=st.data())
def test_whatever_is_done_every_kind_adds_up(ny_by: Callable[[], By], hva: str, data: st.DataObject) -> None:
    by = ny_by()
    for navn, nr in data.draw(_steg(hva)):
        if gjoer(by, navn, nr):  # what a refused step may have left behind, the next check finds
            sjekk(by)
    sjekk(by)


GANGER = [[
    # cards: post 2 is one family's; 4 and 6 are one family, known to two services
    ("straks", 2), ("ta_imot", 4), ("avslaa", 4), ("gjenaapne", 4), ("vent", 4), ("kort_neste", 0), ("start", 4),
    ("endre_kortaar", 4), ("kort_tapt", 4), ("ta_imot", 6), ("gi", 6), ("trekk", 6), ("enhet_tapt", 2),
    # a club's place: posts 0, 5 and 7
    ("ta_imot", 0), ("gi", 0), ("angre", 0), ("tilby", 0), ("utloep", 0), ("ja", 0), ("sett_antall", 3),
    ("enhet_tilbake", 0), ("ta_imot", 7), ("gi", 7), ("lever_tilbake", 7),
    # the kulturskole's place: 1 and 8; a holiday: 3 and 9
    ("ta_imot", 1), ("gi", 1), ("start", 1), ("avslutt", 1), ("ta_imot", 8), ("tilby", 8), ("trekk_plasstilbudet", 8),
    ("gi", 8), ("ikke_moett", 8), ("ta_imot", 3), ("tilby", 3), ("nei", 3), ("ta_imot", 9), ("vent", 9),
    ("plass_neste", 2), ("ja", 9), ("trekk_samtykke", 9), ("flere", 0), ("flere", 1), ("flere", 2),
    # money instead of a place
    ("ta_imot", 5), ("midler", 5), ("midler_mer", 5), ("midler_faktura", 5), ("midler_kreditnota", 5),
    ("trekk_tilbud", 1), ("steng_kortaaret", 0),
    # equipment: item 0 is a set
    ("laan", 0), ("lever_uten_deler", 0), ("gi_opp_deler", 0), ("reparert", 0), ("laan_annen", 5), ("lever", 1),
    ("lever_oedelagt", 2), ("laan_tapt", 0), ("funnet", 0), ("reserver", 0), ("avlys", 0), ("tell", 0), ("tatt_ut", 0),
    ("kassert", 0), ("tatt_inn", 0), ("reparert", 2), ("laan", 2), ("lever_kassert", 2), ("funnet", 1), ("savnet", 1),
    # money to clubs and to invoices
    ("ramme", 3), ("soek", 3), ("innvilg", 0), ("betal_tilskudd", 0), ("godkjenn", 0), ("fil", 0), ("rapport", 0),
    ("betal_tilbake", 0), ("tilsagn", 1), ("faktura", 1), ("betal", 1), ("stans", 0), ("betal", 1), ("godkjenn", 0),
    ("fil", 0), ("retur", 0), ("kreditnota", 5), ("endre_tilsagn", 1), ("avslutt_tilsagn", 0), ("soek", 2),
    ("trekk_tilskudd", 0),
], [("slett", 4)]]  # fmt: skip


def test_every_step_can_be_taken(ny_by: Callable[[], By]) -> None:
    """The machine is no wall of refusals: this walk is allowed at every step, and takes each kind of step."""
    for gang in GANGER:
        by = ny_by()
        for navn, nr in gang:
            assert gjoer(by, navn, nr), (navn, nr)
            sjekk(by)
    assert {navn for gang in GANGER for navn, _ in gang} == set(ALLE)
