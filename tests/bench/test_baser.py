"""A town that is multiplied is whole: every key points somewhere, every case opens, stock and log add up."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bench.baser.ganger import SEKUNDER
from bench.baser.uttrykk import TABELLER, eier, glemte, hvem
from koordinering import crypto

pytestmark = pytest.mark.bare_sqlite

GANGER = 4


@pytest.fixture(scope="module")
def lager(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town of 60 referrals as it was played, and the same multiplied."""
    mappe = tmp_path_factory.mktemp("lager")
    miljoe = {**os.environ, "BENCH_LAGER": str(mappe), "BENCH_GANGER": str(GANGER)}
    subprocess.run([sys.executable, "-m", "bench.baser", "sqlite-60"], env=miljoe, check=True)
    return mappe


@pytest.fixture(scope="module")
def base(lager: Path) -> sqlite3.Connection:
    """The multiplied one."""
    return sqlite3.connect(lager / "sqlite-60" / "koordinering.sqlite3")


def test_what_hangs_on_a_case_is_multiplied_or_said_not_to_be() -> None:
    assert glemte() == set(), "bench/baser/uttrykk.py: add it to TABELLER, or to UTENFOR"
    assert eier("oppfoelgingsperiode") == "tildeling_id"


@pytest.mark.lang
def test_every_key_points_at_something_and_no_table_was_left_out(lager: Path, base: sqlite3.Connection) -> None:
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    by = sqlite3.connect(next(lager.glob("by-*")) / "koordinering.sqlite3")
    for tabell in ("sak", "barn", "henvisning", "hendelse", "samtykke", "tilbud"):
        foer, etter = (en.execute(f"SELECT count(*) FROM {tabell}").fetchone()[0] for en in (by, base))  # noqa: S608
        assert 2 * foer <= etter <= GANGER * foer, tabell
    assert all(hvem(tabell) for tabell in TABELLER)


@pytest.mark.lang
def test_the_oldest_of_each_unit_has_no_copy_and_others_have(base: sqlite3.Connection) -> None:
    naer = f"""SELECT enhet_id, opprettet, (SELECT count(*) FROM sak n WHERE n.enhet_id = s.enhet_id AND
               abs(julianday(n.opprettet) - julianday(s.opprettet)) * 86400 < {GANGER * SEKUNDER}) FROM sak s
               ORDER BY enhet_id, opprettet"""  # noqa: S608
    rader = base.execute(naer).fetchall()
    eldst = {enhet: antall for enhet, _, antall in reversed(rader)}
    assert len(eldst) >= 3
    assert set(eldst.values()) == {1}
    assert max(antall for _, _, antall in rader) >= GANGER


@pytest.mark.lang
def test_every_reference_is_its_own_and_every_sealed_one_opens(lager: Path, base: sqlite3.Connection) -> None:
    noekler = crypto.les_noekler(lager / "sqlite-60" / "noekler.json", demo=True)
    i_lageret = sqlite3.connect(lager / "sqlite-60" / "noekkellager.sqlite3")
    innpakkede = dict(i_lageret.execute("SELECT rad, innpakket FROM noekkel WHERE tabell = 'sak'").fetchall())
    saker = base.execute("SELECT id, referanse, egen_referanse FROM sak").fetchall()
    assert len({referanse for _, referanse, _ in saker}) == len(saker)
    apnet = [
        crypto.dekrypter(noekler, innpakkede[id_], egen, sak_id=id_, tabell="sak", kolonne="egen_referanse", rad=id_)
        for id_, _, egen in saker
        if egen is not None
    ]
    assert len(apnet) >= GANGER


@pytest.mark.lang
def test_the_stock_and_the_log_are_whole(base: sqlite3.Connection) -> None:
    feil = """SELECT b.id FROM beholdning b WHERE b.antall <>
              (SELECT count(*) FROM plass p WHERE p.beholdning_id = b.id AND p.tilstand <> 'stengt')"""
    assert base.execute(feil).fetchall() == []
    i_bruk = base.execute("SELECT count(*) FROM plass WHERE tilstand = 'opptatt'").fetchone()
    gitt = base.execute("SELECT count(*) FROM tildeling WHERE slutt IS NULL AND plass_id IS NOT NULL").fetchone()
    assert i_bruk == gitt != (0,)
    linjer, segl = (base.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("innsynslogg", "loggsegl"))  # noqa: S608
    assert linjer - segl <= 1, "but the last line, which tells that it was sealed"
