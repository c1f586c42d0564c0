"""Words that belong in health records or child welfare: ours as a file, and the municipality's own beside it.

A line is a word or several («kode 6»). A star at the end takes every ending («diagnose*»). A line that begins with
«-» takes one of ours out. What follows «#» is a remark.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from koordinering.errors import ConfigError

FILNAVN = "vernede_ord.txt"
FIL = Path(__file__).parents[1] / "data" / FILNAVN
MAKS_TEGN = 100_000

_POST = re.compile(r"[^\W_]+(?:[ \-][^\W_]+)*\*?")


@dataclass(frozen=True)
class Ordliste:
    """The entries, and one pattern that finds any of them as whole words."""

    poster: tuple[str, ...] = ()
    moenster: re.Pattern[str] | None = field(default=None, repr=False)

    def finn(self, tekst: str) -> str | None:
        """The first word of the text that an entry takes, in small letters; None where there is none."""
        treff = self.moenster.search(" ".join(tekst.split())) if self.moenster else None
        return treff[0].lower() if treff else None


def lag(poster: Iterable[str]) -> Ordliste:
    """A list of these entries."""
    sortert = tuple(sorted({post.lower() for post in poster}))
    # by first letter: else each place of a text is tried with every entry
    deler = (f"{re.escape(foerst)}(?:{'|'.join(map(_resten, de))})" for foerst, de in groupby(sortert, itemgetter(0)))
    return Ordliste(sortert, re.compile(rf"(?<!\w)(?:{'|'.join(deler)})(?!\w)", re.IGNORECASE) if sortert else None)


def _resten(post: str) -> str:
    return re.escape(post[1:].rstrip("*")) + (r"\w*" if post.endswith("*") else "")


def les_ordliste(egen: Path | None = None, fil: Path = FIL) -> Ordliste:
    """Our list, and what the municipality's own file adds and takes out. Raises ConfigError with file and line."""
    poster = {post for _, post in _les(fil)}
    for nr, post in _les(egen) if egen is not None and egen.exists() else ():
        if not post.startswith("-"):
            poster.add(post)
        elif post[1:].strip() in poster:
            poster.remove(post[1:].strip())
        else:
            raise ConfigError(f"{egen}, linje {nr}: «{post[1:].strip()}» står ikke i listen og kan ikke tas ut.")
    return lag(poster)


def _les(fil: Path) -> Iterator[tuple[int, str]]:
    try:
        tekst = fil.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as feil:
        raise ConfigError(f"{fil} kan ikke leses som UTF-8: {type(feil).__name__}.") from None
    if len(tekst) > MAKS_TEGN:
        raise ConfigError(f"{fil} er for lang.")
    for nr, linje in enumerate(tekst.splitlines(), 1):
        post = " ".join(linje.split("#")[0].lower().split())
        if post and not _POST.fullmatch(post.removeprefix("-").strip()):
            raise ConfigError(f"{fil}, linje {nr}: skriv ord med bokstaver og tall, og eventuelt * til slutt.")
        if post:
            yield nr, post


_i_bruk: list[Ordliste] = []


def ta_i_bruk(ordliste: Ordliste) -> None:
    """Make this the list of this process. One process serves one installation."""
    _i_bruk[:] = [ordliste]


def gjeldende() -> Ordliste:
    """The list of this process; ours alone until an installation has taken its own into use."""
    if not _i_bruk:
        ta_i_bruk(les_ordliste())
    return _i_bruk[0]
