"""The slip to the family: what is given, from text files that a municipality can add languages to.

A file is named by its language code (`nb.txt`). Its first line is the language's own name; then sections `[kort]`,
`[plass]`, `[midler]`, `[oppfoelging]` and `[vist_til]`. A line with a `{word}` that has no value is left out, and
so is a line that begins with `{?word}` when the word has none. A line that begins with `# ` is the heading.
Nothing here knows the sender or the reason, so no text can name them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.errors import FinnesIkke
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import queries
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.tiltak.rules import Beholdningsslag
from koordinering.users import User

SEKSJONER = frozenset({"kort", "plass", "midler", "oppfoelging", "vist_til"})
_ORD = re.compile(r"\{(\??)(\w+)\}")
_SPRAAKKODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_MAKS_TEGN = 20_000


@dataclass(frozen=True)
class Spraak:
    """One language's texts."""

    kode: str
    navn: str
    seksjoner: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Lapp:
    """A filled-in slip."""

    spraak: str
    tittel: str
    linjer: tuple[str, ...]


def spraak(egne: Path) -> Mapping[str, Spraak]:
    """Every language there are texts in; `egne` is the municipality's own directory, which goes before ours."""
    funnet = {}
    mapper = (files("koordinering") / "data" / "lapper", egne)
    for mappe in mapper:
        for fil in sorted(mappe.iterdir(), key=lambda f: f.name) if mappe.is_dir() else ():
            kode, _, endelse = fil.name.rpartition(".")
            if endelse == "txt" and _SPRAAKKODE.fullmatch(kode):
                funnet[kode] = _les(kode, fil.read_bytes().decode("utf-8-sig", errors="replace")[:_MAKS_TEGN])
    return funnet


def _les(kode: str, tekst: str) -> Spraak:
    navn, *linjer = tekst.splitlines() or [kode]
    seksjoner: dict[str, list[str]] = {}
    naa: list[str] = []
    for linje in (linje.strip() for linje in linjer):
        if linje.startswith("[") and linje.endswith("]"):
            naa = seksjoner.setdefault(linje[1:-1].strip().lower(), [])
        elif linje:
            naa.append(linje)
    return Spraak(kode, navn.strip() or kode, {k: tuple(v) for k, v in seksjoner.items() if k in SEKSJONER})


def _fyll(linjer: tuple[str, ...], verdier: Mapping[str, str]) -> Iterator[str]:
    for linje in linjer:
        if all(verdier.get(ord_[2]) for ord_ in _ORD.finditer(linje)):
            yield _ORD.sub(lambda ord_: "" if ord_[1] else verdier[ord_[2]], linje)


def lapp(henvisning: Henvisning, valgt: Spraak, verdier: Mapping[str, str], seksjon: str, *, av: User) -> Lapp:
    """Fill in one language's text for what the referral was given, and record that it was.

    Raises FinnesIkke when the language has no text of that kind.
    """
    fylt = list(_fyll(valgt.seksjoner.get(seksjon, ()), verdier))
    if not fylt:
        raise FinnesIkke
    audit.record(Hva.LAPP_SKREVET, av=av, gjelder=Ting("henvisning", henvisning.id, henvisning.avsender_id))
    titler = [linje.removeprefix("# ") for linje in fylt if linje.startswith("# ")]
    return Lapp(valgt.kode, titler[0] if titler else "", tuple(x for x in fylt if not x.startswith("# ")))


@dataclass(frozen=True)
class Gave:
    """What a slip tells of; which section of the texts, and the rows that the values come from."""

    seksjon: str
    tiltak: Tiltak
    tildeling: Tildeling | None = None
    tilbud: Tilbud | None = None


def gave(henvisning: Henvisning) -> Gave | None:
    """What there is to tell the family of now; None when nothing is given."""
    if henvisning.status is Status.VIST_TIL:
        return Gave("vist_til", henvisning.tiltak)
    tildeling = queries.aapen_tildeling(henvisning)
    if tildeling is None:
        return None
    if tildeling.tilsagn is not None:
        return Gave("midler", henvisning.tiltak, tildeling)
    if tildeling.plass is None:
        return Gave("oppfoelging", henvisning.tiltak, tildeling)
    if tildeling.plass.beholdning.slag is Beholdningsslag.KORT:
        return Gave("kort", henvisning.tiltak, tildeling)
    return Gave("plass", henvisning.tiltak, tildeling, queries.tilbud_til(tildeling))
