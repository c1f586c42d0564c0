"""A stop while the town is made leaves nothing half, and nothing of the demo comes where production is."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, func, select, update

from koordinering import crypto
from koordinering.config import Config, Miljoe
from koordinering.db import db, transaction
from koordinering.demo import by, oppstilling, skriver
from koordinering.demo.brukere import krev_demodata, lag_demobrukere
from koordinering.demo.by import Demoby, lag_by, tell_aarene
from koordinering.errors import ConfigError
from koordinering.motor import prepare_engine
from koordinering.saker.models import Sak
from koordinering.statistikk import services as statistikk
from koordinering.statistikk.models import Oeyeblikksbilde
from koordinering.tiltak.models import Beholdning, Kortaar, Plass, Tilbud
from koordinering.users import User

DAG = date(2026, 11, 23)
_BYEN = (Sak, Beholdning, Plass, Kortaar, Tilbud)


class Stopp(BaseException):
    """Ctrl+C, as it were."""


def _stille(_tekst: str, _gjort: int, _av_alt: int) -> None:
    """Tell nobody."""


def _antall(modell: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(modell)) or 0


def _lag() -> None:
    lag_by(6, (2025, 2026), 7, _stille, dag=DAG)


def _stopp(*_: Any, **__: Any) -> None:
    raise Stopp


@pytest.mark.usefixtures("alt_skjult")
@pytest.mark.parametrize(
    ("hvor", "navn"),
    [
        (Demoby, "spill"),
        (Demoby, "skriv"),
        (oppstilling.Oppstilling, "_skriv_tilstander"),
        (skriver.Rader, "skriv"),
    ],
)
def test_a_stop_before_the_town_is_written_leaves_nothing_and_the_next_start_makes_it_whole(
    app: Flask, monkeypatch: pytest.MonkeyPatch, hvor: type, navn: str
) -> None:
    foer = {modell: _antall(modell) for modell in _BYEN}
    with monkeypatch.context() as stoppet:
        stoppet.setattr(hvor, navn, _stopp)
        with pytest.raises(Stopp):
            _lag()
    assert {modell: _antall(modell) for modell in _BYEN} == foer
    _lag()
    assert _antall(Sak) > 6
    assert _antall(Tilbud) > 1
    assert _antall(Oeyeblikksbilde) == 2


@pytest.mark.usefixtures("alt_skjult")
def test_years_that_a_stop_left_uncounted_are_counted_by_the_next_start(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    telte: list[int] = []
    ekte = statistikk.lag_bilde

    def stopp_i_aar_to(aar: int, dato: date, **kw: Any) -> Any:
        if telte:
            raise Stopp
        telte.append(aar)
        return ekte(aar, dato, **kw)

    with monkeypatch.context() as stoppet:
        stoppet.setattr(by, "lag_bilde", stopp_i_aar_to)
        with pytest.raises(Stopp):
            _lag()
    assert (telte, _antall(Oeyeblikksbilde)) == ([2025], 1)
    for dag in (DAG, DAG + timedelta(days=1)):
        tell_aarene(_stille, dag=dag)
        bilder = {(b.aar, b.dato) for b in db.session.scalars(select(Oeyeblikksbilde))}
        assert bilder == {(2025, date(2025, 12, 31)), (2026, DAG)}


def test_an_empty_database_has_no_years_to_count(app: Flask) -> None:
    tell_aarene(_stille)
    assert _antall(Oeyeblikksbilde) == 0


def test_the_playing_tells_how_far_it_has_come(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("koordinering.demo.spill._SI_FRA", 0.0)
    sagt: list[tuple[str, int, int]] = []
    Demoby(6, range(2025, 2027), 7, lambda *hva: sagt.append(hva), DAG).spill()
    for aar, dager in ((2025, 365), (2026, 326)):
        gjort = [(dag, av) for tekst, dag, av in sagt if tekst.startswith("Spiller") and str(aar) in tekst]
        assert len(gjort) > 10
        assert gjort == sorted(gjort)
        assert all(0 <= dag <= av == dager for dag, av in gjort)


# --- Where production is ---------------------------------------------------------------------------------


def _i_produksjon(config: Config) -> None:
    """The same place, but with an account and none of the demo's."""
    with transaction() as session:
        session.execute(delete(User).where(User.brukernavn != "nav1"))
        session.execute(update(User).values(demo=False))


def test_the_cast_is_not_made_in_a_database_that_is_in_use_and_no_demo(app: Flask, config: Config) -> None:
    _i_produksjon(config)
    with pytest.raises(ConfigError, match="ikke en demo"):
        lag_demobrukere("et-passord-for-demoen")
    assert _antall(User) == 1


def test_a_demo_where_somebody_has_added_an_account_is_still_a_demo(app: Flask, config: Config) -> None:
    with transaction() as session:
        session.execute(update(User).where(User.brukernavn == "nav1").values(demo=False))
    krev_demodata(config, db.engine)


def test_the_keys_of_production_are_refused(tmp_path: Path) -> None:
    config = Config(Miljoe.DEMO, tmp_path, f"sqlite:///{tmp_path / 'tom.sqlite3'}")
    engine = create_engine(config.database_url)
    prepare_engine(engine)
    try:
        krev_demodata(config, engine)  # neither keys nor schema: a first start
        crypto.lag_noekler(config.noekkelfil, demo=False)
        with pytest.raises(ConfigError, match="laget for produksjon"):
            krev_demodata(config, engine)
    finally:
        engine.dispose()
