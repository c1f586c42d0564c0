"""The memory-hard steps, taken out of both sides and measured apart."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from bench.maaling import Tider, ta_tiden
from bench.skjema import nytt_nummer
from bench.tjener import UtenMinne
from koordinering import crypto
from koordinering.crypto import KOSTNAD_DEMO, KOSTNAD_PRODUKSJON, IndeksKostnad, Noekler


@contextmanager
def uten_minnehardt() -> Iterator[None]:
    """The blind index without its memory-hard step: product and floor call the same function."""
    with patch("koordinering.crypto.indeks.Argon2id", UtenMinne):
        yield


class _UtenHash:
    """In Argon2id's place where a password is checked: every password fits, for nothing."""

    @staticmethod
    def verify_phc_encoded(_passord: bytes, _lagret: str) -> None:
        pass


@contextmanager
def uten_passordhash() -> Iterator[None]:
    """Signing in without the password's hash: product and floor call the same function."""
    with patch("koordinering.crypto.passord.Argon2id", _UtenHash):
        yield


def minnehardt(runder: int) -> dict[str, Tider]:
    """What the steps themselves cost, by name."""
    rng = random.Random(3)  # noqa: S311 - a made-up number
    nummer, hash_ = nytt_nummer(rng), crypto.hash_passord("et passord som ingen har")
    return {
        "blindindeks, demoens kostnad": ta_tiden(lambda: crypto.blindindeks(_med(KOSTNAD_DEMO), nummer), runder),
        "blindindeks, produksjonens kostnad": ta_tiden(
            lambda: crypto.blindindeks(_med(KOSTNAD_PRODUKSJON), nummer), max(3, runder // 5)
        ),
        "kontroll av passord": ta_tiden(lambda: crypto.passord_stemmer(hash_, "et passord som ingen har"), runder),
    }


def _med(kostnad: IndeksKostnad) -> Noekler:
    return replace(crypto.gjeldende(), indeks_kostnad=kostnad)
