"""The blind index: says «same child» of two numbers, or of two codes, and nothing else."""

import json

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from koordinering.crypto.noekler import NOEKKELBYTES, Noekler


def blindindeks(noekler: Noekler, nummer: str) -> bytes:
    """Turn eleven digits that identitetsnummer.sjekk has returned into 32 bytes that say only «same child».

    Slow on purpose: compute it before the transaction opens. The keyed step protects without the key; the
    memory-hard step makes trying all numbers costly with it.
    """
    if not (len(nummer) == 11 and nummer.isascii() and nummer.isdigit()):
        raise ValueError("not eleven digits")
    return _indeks(noekler, "blindindeks", nummer.encode())


def kodeindeks(noekler: Noekler, *deler: str | int) -> bytes:
    """Turn a family's linking code, alone or with what tells its children apart, into 32 bytes: the same cost.

    Never the index of a number, nor that of a code with other parts: each kind is bound to its own name.
    """
    return _indeks(noekler, "koblingskode", json.dumps(deler).encode())


def _indeks(noekler: Noekler, slag: str, innhold: bytes) -> bytes:
    noeklet = noekler.indeksmerke(f"koordinering:{slag}:".encode() + innhold)
    return Argon2id(
        # the key has made the input unguessable, and the index must be the same each time
        salt=f"{slag}:{noekler.indeks_generasjon:04}".encode(),
        length=NOEKKELBYTES,
        iterations=noekler.indeks_kostnad.runder,
        lanes=1,
        memory_cost=noekler.indeks_kostnad.minne_kib,
    ).derive(noeklet)
