"""The languages that consent can be printed in: ours, and the municipality's own directory before them."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from koordinering.errors import ConfigError
from koordinering.saker.rules.samtykketekst import feil_i
from koordinering.saker.rules.tekstfil import SPRAAKKODE, Tekstfil, les

MAPPE = "samtykketekster"


@dataclass(frozen=True)
class Samtykketekster:
    """The languages that can be used, and what is wrong with the files of those that cannot."""

    spraak: Mapping[str, Tekstfil]
    feil: tuple[str, ...] = ()


def les_samtykketekster(egne: Path) -> Samtykketekster:
    """Every language there is a whole text in. A broken file of the municipality's leaves ours in its place."""
    funnet: dict[str, Tekstfil] = {}
    feil: list[str] = []
    for mappe in (files("koordinering") / "data" / MAPPE, egne):
        for fil in sorted(mappe.iterdir(), key=lambda f: f.name) if mappe.is_dir() else ():
            kode, _, endelse = fil.name.rpartition(".")
            if endelse != "txt" or not SPRAAKKODE.fullmatch(kode):
                continue
            lest = les(kode, fil.read_bytes())
            galt = [f"{MAPPE}/{fil.name}, linje {nr}: {hva}." for nr, hva in feil_i(lest)]
            feil += galt
            if not galt:
                funnet[kode] = lest
    return Samtykketekster(funnet, tuple(feil))


def sjekk_samtykketekster(egne: Path) -> None:
    """Raise ConfigError with the first mistakes of the files, told by file and line."""
    feil = les_samtykketekster(egne).feil
    if feil:
        raise ConfigError(" ".join(feil[:5]))
