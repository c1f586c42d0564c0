"""Words of the code lists as small numbers, for extracts."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from koordinering.db import db
from koordinering.statistikk.models import Tellekode


class Koder:
    """The number of each word, and the word of each number. 0 is none. A word not seen before gets a number here."""

    def __init__(self, lagret: Mapping[int, str]) -> None:
        self._nummer: dict[str | None, int] = {None: 0, **{kode: nr for nr, kode in lagret.items()}}
        self._siste = self._lagret = max(lagret, default=0)

    def __getitem__(self, kode: str | None) -> int:
        if kode not in self._nummer:
            self._siste += 1
            self._nummer[kode] = self._siste
        return self._nummer[kode]

    @property
    def ord(self) -> Sequence[str | None]:
        """The word of each number."""
        alle: list[str | None] = [None] * (self._siste + 1)
        for kode, nr in self._nummer.items():
            alle[nr] = kode
        return alle

    def nye(self) -> Mapping[int, str]:
        """Words that are not stored yet, by their numbers."""
        return {nr: kode for kode, nr in self._nummer.items() if kode is not None and nr > self._lagret}


def les_koder() -> Koder:
    """The words that are stored."""
    return Koder({rad.id: rad.kode for rad in db.session.execute(select(Tellekode.id, Tellekode.kode))})
