"""`python -m verktoy.mutant [MODULE …]`: try every mutant, and stop at a survivor that nobody has explained.

`--igjen` before them tries only what survived the last time, after a test was added. `--blad` writes the figures of the
last runs, and docs/mutanter.md.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROT = Path(__file__).parents[2]
ARBEID = ROT / "var" / "mutant"
sys.dont_write_bytecode, sys.pycache_prefix = False, str(ROT / "var" / "pyc")  # as conftest.py, also without it
sys.path.append(str(ARBEID / "mutmut"))  # mutmut lies aside, so that what is tested is what is pinned

from verktoy.mutant import blad, kald, tabell, varm  # noqa: E402 - after the path
from verktoy.mutant.mutasjoner import mutanter  # noqa: E402

_RO = "ignore::pytest.PytestAssertRewriteWarning"  # pytest's plugins are loaded beforehand
GRUNN = ("-q", "-p", "no:cacheprovider", "--noconftest", "--no-header", "--tb=no", "-W", _RO)
TRINN = ("varm", "kald")
PROSESSER = int(os.environ.get("KJERNER", "2"))


def main(argumenter: Sequence[str]) -> int:
    """The whole, or the part it is told."""
    match argumenter:
        case ["--trinn", nr, modul]:
            return _trinn(TRINN[int(nr)], modul)
        case ["--blad"]:
            return _blad()
    igjen = argumenter[:1] == ["--igjen"]
    valgte = argumenter[igjen:] or list(tabell.MODULER)
    ARBEID.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(PROSESSER) as pool:
        alt_kjoert = all(list(pool.map(partial(_modul, igjen=igjen), valgte)))
    return 0 if _dom(valgte) and alt_kjoert else 1


def _fil(modul: str, slag: str) -> Path:
    return ARBEID / f"{modul.removesuffix('.py').replace('/', '.')}.{slag}"


def _modul(modul: str, *, igjen: bool) -> bool:
    """Trial by trial, each with what survived the one before; whether all came to their end."""
    sist = _fil(modul, "tall.json")
    foer = time.monotonic() - (json.loads(sist.read_text())["sekunder"] if igjen and sist.exists() else 0)
    for trinn in TRINN if not igjen else ():
        _fil(modul, f"{trinn}.jsonl").unlink(missing_ok=True)
    for nr, trinn in enumerate(TRINN):
        with _fil(modul, f"{trinn}.logg").open("w") as logg:
            linje = [sys.executable, "-m", "verktoy.mutant", "--trinn", str(nr), modul]
            if subprocess.run(linje, cwd=ROT, stdout=logg, stderr=logg, check=False).returncode:  # noqa: S603
                _si(f"{modul}: stopped, see {_fil(modul, trinn).relative_to(ROT)}.logg")
                return False
    tall = _telt(modul, "all") | {"sekunder": round(time.monotonic() - foer)}
    sist.write_text(json.dumps(tall))
    _si(f"{modul}: {tall}")
    return True


def _telt(modul: str, omfang: str) -> dict[str, Any]:
    svar = {merke: rad for merke, rad in _svar(modul).items() if omfang == "all" or merke[1]}
    telt = Counter(en["hvordan"] for en in svar.values())
    dato = f"{date.today():%Y-%m-%d}"  # noqa: DTZ011 - the day on the wall
    return {
        "dato": dato,
        "omfang": omfang,
        "mutanter": len(svar),
        **{h: telt[h] for h in ("drept", "tid", "overlevde")},
    }


def _trinn(trinn: str, modul: str) -> int:
    """One trial of a module, with what survived the one before: in a prepared process, or in new ones."""
    settings.register_profile("mutant", deadline=None, max_examples=25, derandomize=True)
    settings.load_profile("mutant")  # tests/conftest.py is not read
    tidlig, svar = _tidlig(modul), _svar(modul)
    igjen = [m for m in mutanter(modul) if svar.get(m.merke, {}).get("hvordan") not in {"drept", "tid"}]
    nye = {merke for merke, rad in svar.items() if rad["hvordan"] == "ny"}  # could not be put into what is running
    kalde = [m for m in igjen if not m.funksjon or m.funksjon in tidlig or m.merke in nye]
    valgt = [m for m in igjen if m.funksjon] if trinn == "varm" else kalde
    if not valgt:
        return 0
    ut = _fil(modul, f"{trinn}.jsonl")
    plugin = varm.Varm(modul, valgt, ut) if trinn == "varm" else kald.Kald(valgt, ut)
    slutt = pytest.main([*GRUNN, f"--basetemp={_fil(modul, 'bt')}", *tabell.MODULER[modul]], plugins=[plugin])
    return 0 if slutt in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED} else 1  # the children collect


def _tidlig(modul: str) -> set[str]:
    """Functions that had run before the tests: a fault put in afterwards comes too late for what they made."""
    return {navn for trinn in TRINN for rad in _lest(modul, trinn) for navn in rad.get("tidlig", ())}


def _lest(modul: str, trinn: str) -> list[dict[str, Any]]:
    fil = _fil(modul, f"{trinn}.jsonl")
    return [json.loads(rad) for rad in fil.read_text(encoding="utf-8").splitlines()] if fil.exists() else []


def _svar(modul: str) -> dict[blad.Merke, dict[str, Any]]:
    """How each mutant went; the last trial counts."""
    rader = [rad for trinn in TRINN for rad in _lest(modul, trinn)]
    return {tuple(rad["merke"]): rad for rad in rader if "merke" in rad}


def _dom(moduler: Sequence[str]) -> bool:
    """Whether every survivor of these modules is explained, and every explanation has its survivor."""
    levde = {m: rad for modul in moduler for m, rad in _svar(modul).items() if rad["hvordan"] not in {"drept", "tid"}}
    forklart = {m for gruppe in blad.forklarte() if gruppe.modul in moduler for m in gruppe.merker()}
    for merke in sorted(set(levde) - forklart, key=lambda m: (m[0], levde[m]["linje"])):
        _si(f"SURVIVED {merke[0]}:{levde[merke]['linje']} {merke[1]}\n  - {merke[2]}\n  + {merke[3]}  ({merke[4]})")
    for merke in sorted(forklart - set(levde)):
        _si(f"EXPLAINED BUT DEAD {merke[0]} {merke[1]}\n  - {merke[2]}\n  + {merke[3]}  ({merke[4]})")
    return set(levde) == forklart


def _blad() -> int:
    """The figures of what has been run, kept beside those of modules that were not run now; and the page."""
    tall = blad.tall() if blad.TALL.exists() else {}
    nye = {m: json.loads(_fil(m, "tall.json").read_text()) for m in tabell.MODULER if _fil(m, "tall.json").exists()}
    # The first trial says at its end what ran early: then it has tried every function.
    halve = [m for m in tabell.MODULER if m not in nye and _tidlig(m)]
    nye |= {m: _telt(m, "functions only") | {"sekunder": 0} for m in halve}
    tall = {modul: (tall | nye)[modul] for modul in tabell.MODULER if modul in tall | nye}
    blad.TALL.write_text(json.dumps(tall, indent=1) + "\n", encoding="utf-8")
    blad.skriv()
    return 0


def _si(tekst: str) -> None:
    print(tekst, flush=True)  # noqa: T201 - a command line


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
