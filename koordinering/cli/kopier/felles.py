"""Where the parts of this installation are that a backup takes along or puts back, and whose key opens it."""

import os
import stat
from pathlib import Path

from koordinering.config import Config
from koordinering.crypto import Kopinoekkel, les_kopinoekler
from koordinering.errors import ConfigError, KoordineringError
from koordinering.sikkerhetskopi import Del, Kopifil, finn

OFFENTLIG = "kopinoekkel.pub"
"""The public key, in the data directory: it encrypts, and opens nothing."""
_EGNE_TEKSTER = ("lapper", "samtykketekster")
_ORDLISTE = "vernede_ord.txt"


def mapper(innstillinger: Config) -> dict[str, Path]:
    """Folders that go with the database: the log's signed heads and the municipality's texts. No key is in them."""
    tekster = {navn: innstillinger.tekster / navn for navn in _EGNE_TEKSTER}
    return {"logghoder": innstillinger.hodemappe, "familier": innstillinger.data / "familier", **tekster}


def enkeltfiler(innstillinger: Config) -> dict[str, Path]:
    """Single files that go with it."""
    return {_ORDLISTE: innstillinger.tekster / _ORDLISTE}


def les_private(fil: Path) -> list[Kopinoekkel]:
    """The private keys of a file that only its owner reads. Raises ConfigError."""
    with fil.open(encoding="utf-8", errors="replace") as aapen:
        if stat.S_IMODE(os.fstat(aapen.fileno()).st_mode) & 0o077:
            raise ConfigError(f"Andre kan lese {fil}. Kjør: chmod 600 {fil}")
        tekst = aapen.read()
    try:
        return les_kopinoekler(tekst)
    except ConfigError as feil:
        raise ConfigError(f"{fil}: {feil} Bruk filen fra «koordinering backup noekkel».") from None


def nyeste(sted: Path, del_: Del) -> Path:
    """The file itself, or the newest of a folder. Raises KoordineringError where there is none."""
    if sted.is_file():
        return sted
    funnet: list[Kopifil] = finn(sted, del_) if sted.is_dir() else []
    if not funnet:
        raise KoordineringError(f"Ingen kopi av {del_.tekst} i {sted}.")
    return funnet[0].sti
