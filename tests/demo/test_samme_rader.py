"""The bulk path and the services make the same rows of the same families."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from koordinering.audit import Innslag
from koordinering.db import Base, db, transaction
from koordinering.demo.by import Demoby
from koordinering.saker.models import (
    Barn,
    Hendelse,
    Henvisning,
    Oenske,
    Sak,
    SakBehov,
    Sakshendelse,
    Samtykke,
)
from koordinering.saker.services import les_egen_referanse
from koordinering.tildeling.models import Oppfoelgingsperiode, Tildeling
from koordinering.tiltak.models import Beholdning, Kortaar, Plass
from koordinering.tiltak.rules import Plasstilstand
from koordinering.users import Rolletildeling
from tests.demo.spiller import Spiller
from tests.loggen import laas_opp

_TABELLER: tuple[type[Base], ...] = (
    Sak, SakBehov, Barn, Oenske, Samtykke, Henvisning, Hendelse, Sakshendelse, Tildeling,
    Oppfoelgingsperiode, Innslag, Beholdning, Plass, Kortaar,
)  # fmt: skip
_TILFELDIG = frozenset({"tildeling_id", "referanse", "egen_referanse", "lodd", "versjon"})
"""Random by design, or a count of how often the row was saved."""
_NOEKLER = frozenset({"sak_id", "barn_id", "henvisning_id", "videresendt_fra_id", "gjelder_id"})
_EGNE_ID = frozenset({"sak", "barn", "samtykke", "henvisning"})
_LOGGES = frozenset({"sak", "henvisning"})


def _rader(samme: Mapping[int, int]) -> dict[str, list[tuple[tuple[str, str], ...]]]:
    """Every row as text, with keys as the description has them; in an order that depends on the content alone."""
    alle = {}
    for modell in _TABELLER:
        rader = [dict(rad._mapping) for rad in db.session.execute(select(modell.__table__))]
        if modell is Innslag:
            rader = [rad for rad in rader if rad["gjelder"] in _LOGGES]
        alle[modell.__tablename__] = sorted(_rad(modell.__tablename__, rad, samme) for rad in rader)
    return alle


def _rad(tabell: str, rad: dict[str, Any], samme: Mapping[int, int]) -> tuple[tuple[str, str], ...]:
    ut: dict[str, Any] = {}
    for navn, verdi in rad.items():
        if navn in _TILFELDIG:
            ut[navn] = navn if verdi is not None else None
        elif navn == "gjelder" and tabell == "samtykke":
            ut[navn] = verdi and [str(samme.get(int(en), en)) if en.isdigit() else en for en in verdi]
        elif navn in _NOEKLER or (navn == "id" and tabell in _EGNE_ID):
            ut[navn] = samme.get(verdi, verdi)
        elif navn != "id" or tabell == "plass":
            ut[navn] = verdi
    return tuple(sorted((navn, str(verdi)) for navn, verdi in ut.items()))


def _egne_referanser(samme: Mapping[int, int]) -> dict[int, str | None]:
    return {samme.get(sak.id, sak.id): les_egen_referanse(sak) for sak in db.session.scalars(select(Sak))}


def _toem() -> None:
    """Take away every case, and let all units be free again."""
    with transaction() as session:
        session.execute(delete(Tildeling))
        session.execute(text("UPDATE henvisning SET videresendt_fra_id = NULL"))
        session.execute(delete(Sak))
        laas_opp(session)
        session.execute(delete(Innslag))
        session.execute(update(Plass).values(tilstand=Plasstilstand.LEDIG))
        session.execute(update(Kortaar).values(stengt=None))


@pytest.mark.parametrize("froe", [1, pytest.param(2, marks=pytest.mark.lang), pytest.param(3, marks=pytest.mark.lang)])
def test_the_bulk_path_makes_the_rows_that_the_services_make(
    app: Flask, monkeypatch: pytest.MonkeyPatch, froe: int
) -> None:
    with transaction() as session:
        session.execute(update(Rolletildeling).values(fra=date(2000, 1, 1)))
    by = Demoby(25, range(2024, 2026), froe, lambda *_: None, date(2025, 12, 4))
    by.spill()
    with transaction() as session:
        by.skriv(session)
    i_bulk, egne = _rader({}), _egne_referanser({})
    _toem()
    spiller = Spiller(by, monkeypatch)
    spiller.spill()
    monkeypatch.undo()
    med_tjenestene = _rader(spiller.rader)
    for tabell, rader in med_tjenestene.items():
        kjent, nye = set(i_bulk[tabell]), set(rader)
        bare_tjenestene = [rad for rad in rader if rad not in kjent]
        bare_bulk = [rad for rad in i_bulk[tabell] if rad not in nye]
        assert (bare_tjenestene[:3], bare_bulk[:3]) == ([], []), tabell
        assert rader == i_bulk[tabell], tabell
    assert _egne_referanser(spiller.rader) == egne
    assert {rad.status for rad in db.session.scalars(select(Henvisning))} >= {"venteliste", "avsluttet", "avslaatt"}
