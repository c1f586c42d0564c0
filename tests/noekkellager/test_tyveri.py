"""Theft of the database without the keys: which of a thousand known numbers are in it cannot be told."""

import base64
import hashlib
import hmac
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from flask import Flask

from koordinering import crypto
from koordinering.config import Config
from koordinering.db import db
from koordinering.saker.rules.identitetsnummer import syntetisk
from tests import fabrikk
from tests.conftest import Mal

KJENTE, I_BASEN, PER_SAK, SIDE = 1_000, 500, 20, 4096


@pytest.fixture
def numre() -> list[str]:
    """A thousand numbers the thief knows; the first half are registered. All are born in the same years."""
    rng = random.Random(50)  # noqa: S311 - made-up numbers
    unike = {syntetisk(rng, date(2012 + nr % 4, 1 + nr % 12, 1 + nr % 28)) for nr in range(KJENTE + 200)}
    alle = sorted(unike)
    rng.shuffle(alle)
    assert len(alle) >= KJENTE
    return alle[:KJENTE]


def _registrer(folk: Any, numre: list[str]) -> None:
    for fra in range(0, len(numre), PER_SAK):
        barn = [fabrikk.barn(2014, nummer=nr) for nr in numre[fra : fra + PER_SAK]]
        fabrikk.sak(folk.nav1, barna=barn, tiltak=[("4b-1", None)], egen_referanse=f"NAV {fra}")


def _sider(mappe: Path) -> list[bytes]:
    """Every page of the files a thief gets, the databases' logs too; nothing but the key file is left out."""
    sider: list[bytes] = []
    for fil in mappe.iterdir():
        if "sqlite3" in fil.name:
            innhold, logg = fil.read_bytes(), fil.name.endswith("-wal")
            hode, ramme = (32, 24) if logg else (0, 0)
            sider += [innhold[i + ramme : i + ramme + SIDE] for i in range(hode, len(innhold), ramme + SIDE)]
    return sider


def _funnet(sider: list[bytes], numre: list[str]) -> set[bytes]:
    """Which forms of which numbers stand in the pages."""
    former = {form for nr in numre for form in _former(nr)}
    return {
        vindu
        for lengde in {len(form) for form in former}
        for side in sider
        for i in range(len(side) - lengde + 1)
        if (vindu := side[i : i + lengde]) in former
    }


def _bytestrenger(mappe: Path) -> set[bytes]:
    """Every byte string in every table of both databases."""
    funnet: set[bytes] = set()
    for fil in ("koordinering.sqlite3", "noekkellager.sqlite3"):
        with closing(sqlite3.connect(mappe / fil)) as base:
            for (tabell,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for rad in base.execute(f'SELECT * FROM "{tabell}"'):  # noqa: S608 - names of the file itself
                    funnet |= {felt for felt in rad if isinstance(felt, bytes)}
    return funnet


def _former(nummer: str) -> Iterator[bytes]:
    """The number as it could stand in a file."""
    rent = nummer.encode()
    yield from (rent, nummer.encode("utf-16-le"), nummer.encode("utf-16-be"), rent[::-1])
    yield from (f"{nummer[:6]} {nummer[6:]}".encode(), rent.hex().encode())
    yield from (base64.b64encode(rent[i:])[: 4 * ((11 - i) // 3)] for i in range(3))
    for lengde in (6, 8):
        yield from (int(nummer).to_bytes(lengde, "big"), int(nummer).to_bytes(lengde, "little"))
    yield bytes.fromhex(f"0{nummer}")


def _argon(noekler: crypto.Noekler, innhold: bytes) -> bytes:
    """The memory-hard step with what a thief can read in the source: the salt and the cost."""
    kostnad = noekler.indeks_kostnad
    return Argon2id(
        salt=b"blindindeks:0001", length=32, iterations=kostnad.runder, lanes=1, memory_cost=kostnad.minne_kib
    ).derive(innhold)


def _gjetninger(noekler: crypto.Noekler, nummer: str, stjaalet: list[bytes]) -> Iterator[bytes]:
    """What somebody without the key can compute of a number and compare."""
    for innhold in (nummer.encode(), b"koordinering:blindindeks:" + nummer.encode()):
        for slag in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s"):
            yield hashlib.new(slag, innhold).digest()[:32]
        yield _argon(noekler, hmac.digest(b"", innhold, "sha256"))
        yield from (hmac.digest(n, innhold, "sha256") for n in stjaalet)
    yield _argon(noekler, nummer.encode())


@pytest.mark.bare_sqlite
def test_a_thief_without_the_keys_cannot_tell_which_of_a_thousand_numbers_are_there(
    mal: Mal, app: Flask, config: Config, folk: Any, numre: list[str], tmp_path: Path
) -> None:
    inne, ute = set(numre[:I_BASEN]), set(numre[I_BASEN:])
    _registrer(folk, numre[:I_BASEN])
    noekler = crypto.gjeldende()
    db.session.remove()
    kopi = tmp_path / "tyvens"
    shutil.copytree(config.data, kopi, ignore=shutil.ignore_patterns("noekler.json", "demo-passord"))
    strenger, tomme = _bytestrenger(kopi), set(_sider(mal.data))
    assert len(strenger) > I_BASEN
    nye = list(set(_sider(kopi)) - tomme)  # what an installation without families has too says nothing
    assert len(nye) > 20
    assert _funnet(nye, numre) == set()
    assert _funnet([b"x" + numre[0].encode() + b"x"], numre) == {numre[0].encode()}
    som_noekler = [s for s in sorted(strenger) if len(s) != 32][:40]  # what was stolen, tried as keys
    pekt_paa = {nr for nr in numre if not strenger.isdisjoint(_gjetninger(noekler, nr, som_noekler))}
    assert (len(pekt_paa & inne), len(pekt_paa & ute)) == (0, 0)  # the same answer for all: no better than chance
    # the same search with the key finds exactly those that are there: it looks in the right place
    assert {nr for nr in numre if crypto.blindindeks(noekler, nr) in strenger} == inne
