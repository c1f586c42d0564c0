"""One encrypted tar of one half: written, read back and compared, and unpacked. Nothing of it is whole in memory."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from threading import Thread
from typing import IO, Any

from koordinering import crypto
from koordinering.crypto import KopiKanIkkeAapnes, Kopinoekkel
from koordinering.errors import KoordineringError
from koordinering.filer import paa_disk

BESKRIVELSE = "kopi.json"
"""The first file of the archive."""
_FORMAT = 1
_BLOKK = 1 << 20


@dataclass(frozen=True)
class Beskrivelse:
    """What the archive is a backup of."""

    del_: str
    tatt: str
    skjema: str
    """The schema's version: an older one is migrated, a newer one refused."""
    database: str
    """The kind: sqlite or postgresql."""
    program: str
    fil: str
    """The file that is the database, inside the archive."""
    sha256: str
    """Of that file."""

    @property
    def tidspunkt(self) -> datetime:
        """When it was taken."""
        return datetime.fromisoformat(self.tatt)


class _Sum:
    """Passes bytes on and adds them up."""

    def __init__(self, inni: IO[bytes] | None = None) -> None:
        self._inni = inni
        self._hash = hashlib.sha256()

    def read(self, antall: int = -1) -> bytes:
        """From what is inside."""
        lest = self._inni.read(antall) if self._inni else b""
        self._hash.update(lest)
        return lest

    def write(self, innhold: bytes) -> int:
        """To nowhere."""
        self._hash.update(innhold)
        return len(innhold)

    def flush(self) -> None:
        """Nothing waits."""

    @property
    def sum(self) -> str:
        return self._hash.hexdigest()


def filsum(sti: Path) -> str:
    """SHA-256 of a file."""
    with sti.open("rb") as fil:
        return hashlib.file_digest(fil, "sha256").hexdigest()


class _Traad(Thread):
    """Work at the other end of a pipe, whose fault is raised by whoever waits for it."""

    def __init__(self, arbeid: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._arbeid = arbeid
        self._feil: BaseException | None = None

    def run(self) -> None:
        """Do it, and keep the fault."""
        try:
            self._arbeid()
        except BaseException as feil:
            self._feil = feil

    def ferdig(self) -> None:
        """Wait for the end."""
        self.join()
        if self._feil is not None:
            raise self._feil


def skriv(sti: Path, beskrivelse: Beskrivelse, filer: Sequence[tuple[str, Path]], mottakere: Sequence[str]) -> None:
    """Write the archive, read it back from the disk with a key made for that alone, and give it its name at last.

    The extra key is never written anywhere: with the last line of this function nobody but the receivers opens it.
    Raises KoordineringError where what is read is not what was written.
    """
    proeve = crypto.ny_kopinoekkel()
    midlertidig = sti.with_name(f".{sti.name}")
    midlertidig.unlink(missing_ok=True)
    try:
        nummer = os.open(midlertidig, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(nummer, "wb") as ut:
            sum_inn = _krypter(ut, beskrivelse, filer, [*mottakere, proeve.offentlig])
            ut.flush()
            os.fsync(ut.fileno())
        lest = _Sum()
        with midlertidig.open("rb") as inn:
            crypto.aapne_kopi(inn, lest, [proeve])  # type: ignore[arg-type]
        if lest.sum != sum_inn:
            raise KoordineringError(f"Kopien {sti.name} ble ikke skrevet riktig. Se på disken.")
        os.link(midlertidig, sti)
    except FileExistsError:
        raise KoordineringError(f"Kopien {sti} finnes fra før.") from None
    finally:
        midlertidig.unlink(missing_ok=True)
    paa_disk(sti.parent)


def _krypter(
    ut: IO[bytes], beskrivelse: Beskrivelse, filer: Sequence[tuple[str, Path]], mottakere: Sequence[str]
) -> str:
    les, skriv_ = os.pipe()

    def pakk() -> None:
        with os.fdopen(skriv_, "wb") as roer, tarfile.open(fileobj=roer, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            _legg_i(tar, BESKRIVELSE, _json(beskrivelse))
            for navn, sti in filer:
                _legg_i(tar, navn, sti)

    traad = _Traad(pakk)
    traad.start()
    with os.fdopen(les, "rb") as roer:
        gjennom = _Sum(roer)
        crypto.krypter_kopi(gjennom, ut, mottakere)  # type: ignore[arg-type]
    traad.ferdig()
    return gjennom.sum


def _json(beskrivelse: Beskrivelse) -> bytes:
    return json.dumps({"format": _FORMAT, **asdict(beskrivelse)}, ensure_ascii=False, indent=1).encode()


def _legg_i(tar: tarfile.TarFile, navn: str, hva: Path | bytes) -> None:
    """With the owner's rights alone, and without the name of whoever runs this."""
    info = tarfile.TarInfo(navn)
    info.mode = 0o600
    if isinstance(hva, bytes):
        info.size = len(hva)
        tar.addfile(info, io.BytesIO(hva))
        return
    with hva.open("rb") as fil:
        info.size = os.fstat(fil.fileno()).st_size
        info.mtime = int(os.fstat(fil.fileno()).st_mtime)
        tar.addfile(info, fil)


def pakk_ut(sti: Path, til: Path, noekler: Sequence[Kopinoekkel]) -> Beskrivelse:
    """Unpack into an empty folder. Raises KoordineringError where it cannot be opened or is not whole.

    Whoever calls throws the folder away when this raises: the last byte decides whether the first was true.
    """
    les, skriv_ = os.pipe()

    def aapne() -> None:
        with os.fdopen(skriv_, "wb") as roer, sti.open("rb") as inn:
            crypto.aapne_kopi(inn, roer, noekler)

    traad = _Traad(aapne)
    traad.start()
    try:
        with os.fdopen(les, "rb") as roer:
            _legg_ut(roer, til)
            while roer.read(_BLOKK):
                pass  # to the end: only then is it known to be whole
    except tarfile.TarError:
        traad.ferdig()  # where it could not be opened, that is what is told
        raise KopiKanIkkeAapnes("Kopien er skadet.") from None
    traad.ferdig()
    return _les_beskrivelse(til)


def _legg_ut(roer: IO[bytes], til: Path) -> None:
    with tarfile.open(fileobj=roer, mode="r|") as tar:
        for info in tar:
            navn = PurePosixPath(info.name)
            innhold = tar.extractfile(info) if info.isfile() else None
            if innhold is None or navn.is_absolute() or ".." in navn.parts:
                raise KopiKanIkkeAapnes("Kopien har filer som ikke hører hjemme i den.")
            maal = til / navn
            maal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(innhold), open(os.open(maal, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as ut:
                while blokk := innhold.read(_BLOKK):
                    ut.write(blokk)
                ut.flush()
                os.fsync(ut.fileno())


def _les_beskrivelse(mappe: Path) -> Beskrivelse:
    try:
        data: dict[str, Any] = json.loads((mappe / BESKRIVELSE).read_text(encoding="utf-8"))
        if data.pop("format") != _FORMAT:
            raise KoordineringError("Kopien er laget av et nyere program. Installer den nyeste pakken.")
        beskrivelse = Beskrivelse(**data)
        if PurePosixPath(beskrivelse.fil).name != beskrivelse.fil or beskrivelse.tidspunkt.tzinfo is None:
            raise ValueError("not as we write it")
    except (OSError, ValueError, KeyError, TypeError):
        raise KopiKanIkkeAapnes("Kopien mangler beskrivelsen av seg selv.") from None
    if filsum(mappe / beskrivelse.fil) != beskrivelse.sha256:
        raise KopiKanIkkeAapnes("Databasen i kopien er ikke den som ble lagt i den.")
    return beskrivelse
