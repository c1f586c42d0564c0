"""Marks of cases from before 0029 are filled in on PostgreSQL while people work: none is stale, and none is missing."""

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event, Thread, Timer
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event

from koordinering import migrering, noekkellager
from koordinering.config import Config
from koordinering.db import db
from koordinering.errors import KoordineringError
from koordinering.rettigheter import gi
from tests import fabrikk

pytestmark = pytest.mark.bare_postgresql  # on SQLite they are filled in one transaction, where nobody else writes

SAKER = 40
PORSJON = 3
_SIER = "SELECT DISTINCT s.enhet_id, n.merke, s.opprettet, s.id FROM saksmerke_naa n JOIN sak s ON s.id = n.sak_id"
_STAAR = "SELECT enhet_id, merke, opprettet, sak_id FROM saksmerke"
_KOPI = "INSERT INTO {0} SELECT (jsonb_populate_record(r, %s)).* FROM {0} r WHERE id = %s"
"""A row as another one is, but for these columns."""


@pytest.fixture
def base(app: Flask, config: Config, folk: Any) -> Iterator[psycopg.Connection[Any]]:
    """Cases as they stand before 0029, of three referrals each, and somebody who looks at them."""
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None), ("4b-12", None), ("4a-3", 0)])
    moenster, henvisninger = sak.id, [h.id for h in sak.henvisninger]
    db.session.remove()
    gi(db.engine, noekkellager.engine(), _rolle(config))
    migrering.nedgrader(db.engine, "0027", lager=noekkellager.engine())
    with closing(_inn(config)) as base:
        for nr in range(2, SAKER + 1):
            _kopier(base, "sak", moenster, id=nr, referanse=f"Sak {nr}", innsending=None)
            for plass, henvisning in enumerate(henvisninger):
                _kopier(base, "henvisning", henvisning, id=10 * nr + plass, sak_id=nr)
        yield base


def _inn(config: Config, *, autocommit: bool = True) -> psycopg.Connection[Any]:
    return psycopg.connect(config.database_url.replace("+psycopg", ""), autocommit=autocommit)


def _kopier(base: psycopg.Connection[Any], tabell: str, fra: int, **kolonner: object) -> None:
    base.execute(_KOPI.format(tabell).encode(), (json.dumps(kolonner), fra))


def _rolle(config: Config) -> str:
    """The role that the service signs in with, which owns nothing."""
    with closing(_inn(config)) as base, suppress(psycopg.errors.DuplicateObject):
        base.execute("CREATE ROLE merkenes_tjeneste LOGIN")
    return "merkenes_tjeneste"


def _oppgrader() -> None:
    migrering.oppgrader(db.engine, lager=noekkellager.engine())


@contextmanager
def _ved(hva: Callable[[str, dict[str, Any]], str | None]) -> Iterator[None]:
    """Hear each statement of the upgrade before it is run, in small batches; whoever hears it may put another there."""

    def hoer(_f: Any, _k: Any, setning: str, verdier: Any, *_: Any) -> tuple[str, Any]:
        if "some" in verdier:
            verdier = {**verdier, "some": PORSJON}
        return hva(setning, verdier) or setning, verdier

    event.listen(db.engine, "before_cursor_execute", hoer, retval=True)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", hoer)


def _som_de_skal(base: psycopg.Connection[Any]) -> None:
    assert migrering.status(db.engine).gjeldende
    sier, staar = (base.execute(sql.encode()).fetchall() for sql in (_SIER, _STAAR))
    assert set(staar) == set(sier)
    assert len(staar) == len(sier) > PORSJON


_ENDRINGER = (
    b"status = 'avsluttet'",
    b"status = 'paa_vent'",
    b"sperret = NOT sperret",
    b"beskjed_siden = CASE WHEN beskjed_siden IS NULL THEN now() END",
)


_MED_EGET_BARN = b"""SELECT h.id FROM henvisning h LEFT JOIN barn b ON b.id = h.barn_id
    WHERE h.sak_id = %s AND (b.id IS NULL OR b.sak_id = h.sak_id) LIMIT 1"""
"""One that was copied is for a child of the case that it was copied from, which nobody holds."""


class _Skriver(Thread):
    """Changes the cases that are filled just then, until told to stop: several at once, from the last to the first.

    Two who do it wait for each other and no more. One who filled from the first to the last, and waited for each of
    them with the others in hand, would stop them, and PostgreSQL would throw one of them out. A case that has been
    filled is left alone: a wrong mark would be put right by the next change.
    """

    def __init__(self, config: Config, nr: int) -> None:
        super().__init__()
        self._config = config
        self._nr = nr
        self._valg = random.Random(nr)  # noqa: S311 - which rows a test changes
        self.saker: list[int] = []
        self.stopp = Event()
        self.feil: list[Exception] = []
        self.antall = 0

    def run(self) -> None:
        """Keep what went wrong."""
        with closing(_inn(self._config, autocommit=False)) as base:
            while not self.stopp.wait(0.005):
                gjoer = self._valg.choice((*[self._endre] * 5, self._kom, self._gaa, self._slett))
                try:
                    with base.transaction():
                        gjoer(base, self._valg.sample(self.saker, min(len(self.saker), 3)))
                except psycopg.Error as feil:
                    self.feil.append(feil)
                self.antall += 1

    def _endre(self, base: psycopg.Connection[Any], saker: list[int]) -> None:
        for sak in sorted(saker, reverse=True):
            endring = b"UPDATE henvisning SET " + self._valg.choice(_ENDRINGER) + b" WHERE id = %s"
            base.execute(endring, (10 * sak + self._valg.randrange(3),))

    def _kom(self, base: psycopg.Connection[Any], saker: list[int]) -> None:
        """A case comes, with a number behind those that are there: not without end, or the fill would have none."""
        ny = self.antall * 1_000_000 + self._nr * 1_000 + 900
        if saker and self.antall < 100:
            # as whoever refers somebody has the case: its children are not deleted meanwhile
            base.execute("SELECT 1 FROM sak WHERE id = %s FOR KEY SHARE", saker[:1])
            for (fra,) in base.execute(_MED_EGET_BARN, saker[:1]).fetchall():
                _kopier(base, "sak", saker[0], id=ny, referanse=f"Ny {ny}", innsending=None)
                _kopier(base, "henvisning", fra, id=ny, sak_id=ny)

    def _gaa(self, base: psycopg.Connection[Any], saker: list[int]) -> None:
        base.execute("DELETE FROM henvisning WHERE sak_id = ANY (%s) AND id %% 10 = 1", (saker[:1],))

    def _slett(self, base: psycopg.Connection[Any], saker: list[int]) -> None:
        """With its referrals in hand first, as whoever changes one of them has it."""
        base.execute("SELECT 1 FROM henvisning WHERE sak_id = ANY (%s) ORDER BY id FOR UPDATE", (saker[:1],))
        base.execute("DELETE FROM sak WHERE id = ANY (%s)", (saker[:1],))


@pytest.mark.begrenset
def test_people_change_make_and_delete_cases_while_they_are_filled(
    base: psycopg.Connection[Any], config: Config
) -> None:
    skrivere = [_Skriver(config, nr) for nr in range(4)]
    skrevet: list[int] = []

    def fylles(setning: str, verdier: dict[str, Any]) -> str | None:
        """Others get far between one lock and the next, what a batch has seen and puts in, and before it is kept."""
        if "saksmerke_fylles(CAST" in setning:
            skrevet.append(sum(en.antall for en in skrivere))
            for en in skrivere:
                en.saker = verdier["cases"]
        if "CREATE OR REPLACE FUNCTION saksmerke_fylles" not in setning:
            return None
        setning = re.sub(r"WHERE (pg_\w+lock)", r"WHERE pg_sleep(0.01) IS NOT NULL AND \1", setning)
        return re.sub(r"; (INSERT|RETURN)", r"; PERFORM pg_sleep(0.02); \1", setning)

    for en in skrivere:
        en.start()
    try:
        with _ved(fylles):
            _oppgrader()
    finally:
        for en in skrivere:
            en.stopp.set()
            en.join(60)
    assert [en.feil for en in skrivere] == [[]] * 4, "nobody is thrown out"
    assert skrevet[-1] - skrevet[0] > 20
    _som_de_skal(base)


def test_a_case_that_somebody_has_is_waited_for_when_the_others_are_done(
    base: psycopg.Connection[Any], config: Config
) -> None:
    """One who changes 7 and then 6, which comes before it in their batch, and one who deletes 9."""
    ventet: list[set[int]] = []
    endrer, sletter = _inn(config, autocommit=False), _inn(config, autocommit=False)

    def hold(setning: str, verdier: dict[str, Any]) -> str | None:
        if "CREATE OR REPLACE FUNCTION saksmerke_fylles" in setning:
            _endre(endrer, 7)
            sletter.execute("DELETE FROM sak WHERE id = 9")
            return setning.replace("RETURN ARRAY", "PERFORM pg_sleep(0.2) WHERE 7 = ANY (cases); RETURN ARRAY")
        if verdier and verdier.get("patient") is False and 7 in verdier["cases"]:
            Timer(0.1, _endre, (endrer, 6)).start()
        elif verdier and verdier.get("patient") and not ventet:
            ventet.append({sak for _, _, _, sak in base.execute(_STAAR.encode()).fetchall()})
            Timer(0.2, endrer.commit).start()
            Timer(0.4, sletter.commit).start()
        return None

    with closing(endrer), closing(sletter), _ved(hold):
        _oppgrader()
    assert ventet == [{sak for (sak,) in base.execute("SELECT id FROM sak").fetchall()} - {7}]
    assert _har(base, "beskjed") == {6, 7}
    _som_de_skal(base)


def _endre(base: psycopg.Connection[Any], sak: int) -> None:
    """As at the end of a transaction: afterwards it has the case's lock."""
    base.execute("SET CONSTRAINTS ALL DEFERRED")
    base.execute("UPDATE henvisning SET beskjed_siden = now() WHERE sak_id = %s", (sak,))
    base.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _har(base: psycopg.Connection[Any], merke: str) -> set[int]:
    return {sak for (sak,) in base.execute("SELECT sak_id FROM saksmerke WHERE merke = %s", (merke,)).fetchall()}


def test_whoever_comes_when_a_batch_has_looked_at_the_case_corrects_it(
    base: psycopg.Connection[Any], config: Config
) -> None:
    def kom(setning: str, verdier: dict[str, Any]) -> str | None:
        if "CREATE OR REPLACE FUNCTION saksmerke_fylles" in setning:
            return setning.replace("RETURN ARRAY", "PERFORM pg_sleep(0.2) WHERE 3 = ANY (cases); RETURN ARRAY")
        if verdier and 3 in verdier.get("cases", ()):
            Timer(0.1, lukker.execute, ("UPDATE henvisning SET status = 'avsluttet' WHERE sak_id = 3",)).start()
        return None

    with closing(_inn(config)) as lukker, _ved(kom):
        _oppgrader()
    assert (_har(base, "avsluttede"), 3 in _har(base, "aapne")) == ({3}, False)
    _som_de_skal(base)


def _stanses() -> list[list[int]]:
    """An upgrade that is stopped when it has filled four batches: these, and the one that it did not get to."""
    porsjoner: list[list[int]] = []

    def stans(setning: str, verdier: dict[str, Any]) -> None:
        if "saksmerke_fylles(CAST" in setning:
            porsjoner.append(verdier["cases"])
            if len(porsjoner) > 4:
                raise InterruptedError("the upgrade is stopped")

    with _ved(stans), pytest.raises(InterruptedError):
        _oppgrader()
    return porsjoner


def test_a_fill_that_is_stopped_leaves_the_service_writing_and_is_done_the_next_time(
    base: psycopg.Connection[Any], config: Config
) -> None:
    fylt = _stanses()
    assert migrering.status(db.engine).naa == "0028", "no new program serves from it"
    assert {sak for _, _, _, sak in base.execute(_STAAR.encode()).fetchall()} == {sak for p in fylt[:4] for sak in p}
    tjenesten = config.database_url.replace("+psycopg", "").replace("://postgres:@", f"://{_rolle(config)}@")
    with closing(psycopg.connect(tjenesten, autocommit=True)) as gammel:
        for sak in (fylt[0][0], fylt[4][0]):
            gammel.execute("UPDATE henvisning SET beskjed_siden = now() WHERE sak_id = %s", (sak,))
        gammel.execute("UPDATE henvisning SET status = 'trukket' WHERE sak_id = %s", (fylt[0][1],))
        gammel.execute("DELETE FROM sak WHERE id = %s", (fylt[0][2],))
    _oppgrader()
    _som_de_skal(base)
    migrering.nedgrader(db.engine, "0028", lager=noekkellager.engine())
    _oppgrader()
    _som_de_skal(base)


def test_a_fill_that_is_stopped_stands_in_the_way_of_nobody_who_goes_back(base: psycopg.Connection[Any]) -> None:
    _stanses()
    migrering.nedgrader(db.engine, "0012", lager=noekkellager.engine())
    assert base.execute("SELECT to_regclass('saksmerke')").fetchone() == (None,)
    _oppgrader()
    _som_de_skal(base)


def test_a_table_that_is_held_is_tried_again_and_then_told(base: psycopg.Connection[Any], config: Config) -> None:
    """Those who come to write wait behind whoever waits for a table: it lets go in between."""
    proevd: list[str] = []

    def hold(setning: str, _verdier: dict[str, Any]) -> str | None:
        if "LOCK TABLE" not in setning:
            return None
        bruker.execute("UPDATE henvisning SET endret = endret WHERE sak_id = 7")
        proevd.append(setning)
        if len(proevd) > 1:
            Timer(0.3, bruker.commit).start()
        return setning.replace("1500ms", "50ms")

    with closing(_inn(config, autocommit=False)) as bruker, _ved(hold):
        with pytest.raises(KoordineringError, match="En tabell er i bruk"):
            _oppgrader()
        bruker.rollback()
        _oppgrader()
    _som_de_skal(base)


@pytest.mark.parametrize(
    ("foerst", "sist"),
    [("", ""), ("", "SET CONSTRAINTS ALL IMMEDIATE"), ("SELECT id FROM sak WHERE id = 5 FOR UPDATE", "")],
    ids=["it is marked first", "the referral is first", "whoever adds it has the case"],
)
def test_an_empty_case_that_gets_a_referral_just_as_it_is_marked_has_no_such_mark(
    base: psycopg.Connection[Any], config: Config, foerst: str, sist: str
) -> None:
    """Not kept yet when 0033 looks at the case, which it marks or waits for; another one stays empty."""
    base.execute("DELETE FROM henvisning WHERE sak_id IN (5, 6)")
    henviser, sett = _inn(config, autocommit=False), list[str]()

    def kom(setning: str, _verdier: dict[str, Any]) -> None:
        if "pg_advisory_xact_lock(5)" in setning:
            sett.append(setning)
            henviser.execute(foerst.encode())
            _kopier(henviser, "henvisning", 70, id=50, sak_id=5)
            henviser.execute(sist.encode())
            Timer(0.2, henviser.commit).start()

    with closing(henviser), _ved(kom):
        _oppgrader()
        _naar_den_er_inne(base)
    assert len(sett) == 1
    assert _har(base, "tom") == {6}
    _som_de_skal(base)


def test_marking_empty_cases_that_is_stopped_stands_in_nobodys_way(base: psycopg.Connection[Any]) -> None:
    base.execute("DELETE FROM henvisning WHERE sak_id = 5")

    def stans(setning: str, _verdier: dict[str, Any]) -> None:
        if "pg_advisory_xact_lock(5)" in setning:
            raise InterruptedError("the upgrade is stopped")

    with _ved(stans), pytest.raises(InterruptedError):
        _oppgrader()
    assert migrering.status(db.engine).naa == "0032"
    migrering.nedgrader(db.engine, "0028", lager=noekkellager.engine())
    _kopier(base, "sak", 5, id=900, referanse="Sak 900", innsending=None)
    _oppgrader()
    assert _har(base, "tom") == {5, 900}
    _som_de_skal(base)


def _naar_den_er_inne(base: psycopg.Connection[Any]) -> None:
    frist = time.monotonic() + 10
    while not base.execute("SELECT 1 FROM henvisning WHERE id = 50").fetchone():
        assert time.monotonic() < frist
        time.sleep(0.02)
