"""The slip to the family: what is given, from text files that a municipality can add languages to.

The files are as saker.rules.tekstfil tells, with the sections `[kort]`, `[plass]`, `[midler]`, `[oppfoelging]`,
`[vist_til]` and `[kode]`; `[ord]` are the words. A line that begins with `# ` is the heading.
Nothing here knows the sender or the reason, so no text can name them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.errors import FinnesIkke
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.tekstfil import ORDLISTE, SPRAAKKODE, Tekstfil, fyll, les
from koordinering.tildeling import queries
from koordinering.tildeling.models import Tildeling
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.tiltak.rules import Beholdningsslag
from koordinering.users import User

KODE = "kode"
"""The section about the family's linking code."""

SEKSJONER = frozenset({"kort", "plass", "midler", "oppfoelging", "vist_til", KODE})


@dataclass(frozen=True)
class Lapp:
    """A filled-in slip."""

    spraak: str
    retning: str
    tittel: str
    linjer: tuple[str, ...]


def spraak(egne: Path) -> Mapping[str, Tekstfil]:
    """Every language there are texts in; `egne` is the municipality's own directory, which goes before ours.

    Of a file of ours that is replaced only the words are left, where the new one has none.
    """
    funnet: dict[str, Tekstfil] = {}
    mapper = (files("koordinering") / "data" / "lapper", egne)
    for mappe in mapper:
        for fil in sorted(mappe.iterdir(), key=lambda f: f.name) if mappe.is_dir() else ():
            kode, _, endelse = fil.name.rpartition(".")
            if endelse == "txt" and SPRAAKKODE.fullmatch(kode):
                funnet[kode] = _med_ordene(les(kode, fil.read_bytes()), funnet.get(kode))
    return funnet


def _med_ordene(fil: Tekstfil, foer: Tekstfil | None) -> Tekstfil:
    if foer is None or ORDLISTE in fil.seksjoner or ORDLISTE not in foer.seksjoner:
        return fil
    return replace(fil, seksjoner={**fil.seksjoner, ORDLISTE: foer.seksjoner[ORDLISTE]})


def lapp(henvisning: Henvisning, valgt: Tekstfil, verdier: Mapping[str, str], seksjon: str, *, av: User) -> Lapp:
    """Fill in one language's text for what the referral was given, and record that it was.

    Raises FinnesIkke when the language has no text of that kind.
    """
    fylt = _fylt(valgt, seksjon, verdier)
    audit.record(Hva.LAPP_SKREVET, av=av, gjelder=Ting("henvisning", henvisning.id, henvisning.avsender_id))
    return fylt


def kodelapp(sak: Sak, valgt: Tekstfil, kode: str, *, av: User) -> Lapp:
    """The family's linking code on paper, as when the family has lost it; recorded. Raises FinnesIkke as `lapp`."""
    require(av, Rettighet.SAK_LES, sak)
    fylt = _fylt(valgt, KODE, {"kode": kode})
    audit.record(Hva.LAPP_SKREVET, av=av, gjelder=Ting("sak", sak.id, sak.enhet_id), detalj=KODE)
    return fylt


def _fylt(valgt: Tekstfil, seksjon: str, verdier: Mapping[str, str]) -> Lapp:
    fylt = list(fyll(valgt.seksjoner.get(seksjon, ()) if seksjon in SEKSJONER else (), verdier))
    if not fylt:
        raise FinnesIkke
    titler = [linje.removeprefix("# ") for linje in fylt if linje.startswith("# ")]
    resten = tuple(linje for linje in fylt if not linje.startswith("# "))
    return Lapp(valgt.kode, valgt.retning, titler[0] if titler else "", resten)


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
