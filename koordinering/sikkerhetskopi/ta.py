"""Taking a backup while the service serves: the log's heads, the database, and last the key store."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import create_engine

from koordinering import migrering
from koordinering.errors import KoordineringError
from koordinering.motor import prepare_engine
from koordinering.sikkerhetskopi import basene
from koordinering.sikkerhetskopi.arkiv import Beskrivelse, filsum, skriv
from koordinering.sikkerhetskopi.filer import Del, filnavn


@dataclass(frozen=True)
class Kilde:
    """What is backed up."""

    url: str
    lager_url: str
    mapper: Mapping[str, Path]
    """Folders of files that go with the database, by their name in the archive."""
    filer: Mapping[str, Path]
    """Single files that go along where they exist. Never a key."""


def ta_kopi(
    kilde: Kilde, steder: Mapping[Del, Path], mottakere: Sequence[str], *, arbeid: Path, tatt: datetime
) -> list[Path]:
    """Make a backup of each half in its folder; which files came. `arbeid` is a folder that only its owner reads.

    A key is made before the row that it belongs to: copied after the database, the key store has every key. The heads
    of the log come before it: a head that knows more than its database would look like a cut. Raises KoordineringError,
    and OSError where a folder cannot be written in: before either of them is.
    """
    skjema = _skjema(kilde.url)
    for mappe in steder.values():
        mappe.mkdir(mode=0o700, parents=True, exist_ok=True)
    for mappe in (arbeid, *steder.values()):
        with tempfile.TemporaryFile(dir=mappe):
            pass
    nye = []
    with tempfile.TemporaryDirectory(dir=arbeid, prefix=".kopi-") as midlertidig:
        med = _filene(kilde)
        for del_ in (Del.DATA, Del.LAGER):
            if del_ not in steder:
                continue
            url = kilde.url if del_ is Del.DATA else kilde.lager_url
            base = Path(midlertidig) / _navn(del_, basene.slag(url))
            basene.kopier(url, del_, base)
            beskrivelse = Beskrivelse(
                del_=del_.value,
                tatt=tatt.isoformat(timespec="seconds"),
                skjema=skjema,
                database=basene.slag(url),
                program=version("koordinering"),
                fil=base.name,
                sha256=filsum(base),
            )
            ny = steder[del_] / filnavn(del_, tatt)
            skriv(ny, beskrivelse, [(base.name, base), *(med if del_ is Del.DATA else ())], mottakere)
            base.unlink()
            nye.append(ny)
    return nye


def _skjema(url: str) -> str:
    engine = create_engine(url)
    prepare_engine(engine)
    try:
        naa = migrering.status(engine).naa
    finally:
        engine.dispose()
    if naa is None or naa == migrering.HALVFLYTTET:
        raise KoordineringError("Databasen er tom eller halvt flyttet. Det er ingenting å ta kopi av.")
    return naa


def _navn(del_: Del, slag: str) -> str:
    navn = "koordinering" if del_ is Del.DATA else "noekkellager"
    return f"{navn}.sqlite3" if slag == basene.SQLITE else f"{navn}.dump"


def _filene(kilde: Kilde) -> list[tuple[str, Path]]:
    """What goes along, read now: before the database."""
    fra_mapper = [
        (f"{navn}/{sti.relative_to(mappe).as_posix()}", sti)
        for navn, mappe in sorted(kilde.mapper.items())
        if mappe.is_dir()
        for sti in sorted(mappe.rglob("*"))
        if sti.is_file() and not sti.name.startswith(".")
    ]
    return fra_mapper + [(navn, sti) for navn, sti in sorted(kilde.filer.items()) if sti.is_file()]
