"""Makes the papers: the same one each time from the same code and the same choices of the municipality."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from koordinering.personvern.papirer import visning
from koordinering.personvern.papirer.rules.dokument import Dokument, FeilIPapiret, Tabell, fyll, les
from koordinering.personvern.papirer.rules.skriv import FORMATER
from koordinering.personvern.papirer.visning import Opplysninger
from koordinering.tekst import N_, Kode


class Papir(Kode):
    """The papers in one language; the families' page is for itself, in several."""

    DPIA = "dpia", N_("Grunnlag for vurdering av personvernkonsekvenser")
    PROTOKOLL = "protokoll", N_("Protokoll over behandlingsaktiviteter")
    ROLLEMATRISE = "rollematrise", N_("Rollematrise")
    FELLESAVTALE = "fellesavtale", N_("Avtale mellom felles behandlingsansvarlige")
    DATABEHANDLERAVTALE = "databehandleravtale", N_("Databehandleravtale")


STANDARDSPRAAK = "nb"

_MAPPE: Traversable = files("koordinering") / "data" / "papirer"
_SPRAAKKODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_MAKS_TEGN = 40_000


@dataclass(frozen=True)
class Spraak:
    """The families' page in one language."""

    kode: str
    navn: str
    """The language's name in itself."""
    linjer: tuple[str, ...]
    vaart: bool
    """The text came with the program, and a fault in it is ours."""


def lag(papir: Papir, o: Opplysninger) -> Dokument:
    """One paper. Raises FeilIPapiret where its text asks for what there is not."""
    linjer = (_MAPPE / f"{papir.value}.md").read_text(encoding="utf-8").splitlines()
    return _lag(linjer, "nb", o, visning.tabeller(o), strengt=True)


def _lag(
    linjer: list[str], spraak: str, o: Opplysninger, tabeller: Mapping[str, tuple[Tabell, ...]], *, strengt: bool
) -> Dokument:
    verdier, fakta = visning.verdier(o), visning.fakta(o)
    fylt = (fyll(linje, verdier, fakta, strengt=strengt) for linje in linjer)
    return les([linje for linje in fylt if linje is not None], tabeller, spraak)


def spraak(egne: Path | None = None) -> Mapping[str, Spraak]:
    """Every language that the families' page is in, ours first; `egne` is the municipality's own directory.

    A file there with the name of one of ours goes before it.
    """
    funnet = {}
    for mappe in (_MAPPE / "familier", egne):
        for fil in sorted(mappe.iterdir(), key=_orden) if mappe is not None and mappe.is_dir() else ():
            kode, _, endelse = fil.name.rpartition(".")
            if endelse == "md" and _SPRAAKKODE.fullmatch(kode):
                tekst = fil.read_bytes().decode("utf-8-sig", errors="replace")[:_MAKS_TEGN]
                navn, *linjer = tekst.splitlines() or [kode]
                funnet[kode] = Spraak(kode, navn.strip() or kode, tuple(linjer), mappe is not egne)
    return funnet


def _orden(fil: Traversable) -> tuple[int, str]:
    """Bokmål, nynorsk, English, then the others by code."""
    vaare = ("nb.md", "nn.md", "en.md")
    return (vaare.index(fil.name) if fil.name in vaare else len(vaare), fil.name)


def familieside(valgt: Spraak, o: Opplysninger) -> Dokument | None:
    """The families' page in one language; None where the municipality's own text cannot be used."""
    try:
        side = _lag(list(valgt.linjer), valgt.kode, o, {}, strengt=valgt.vaart)
    except FeilIPapiret:
        if valgt.vaart:
            raise
        return None
    return side if side.tittel else None


def alle(o: Opplysninger, egne: Path | None = None) -> Iterator[tuple[str, Dokument]]:
    """Every paper with the name of its file, without ending."""
    for papir in Papir:
        yield papir.value, lag(papir, o)
    for kode, valgt in spraak(egne).items():
        side = familieside(valgt, o)
        if side is not None:
            yield f"familier-{kode}", side


def som_filer(o: Opplysninger, mappe: Path, formater: tuple[str, ...], egne: Path | None = None) -> Mapping[Path, str]:
    """Every paper as the files of a directory."""
    return {
        mappe / f"{navn}.{format_}": FORMATER[format_](dokument)
        for navn, dokument in alle(o, egne)
        for format_ in formater
    }


def skriv(filer: Mapping[Path, str]) -> None:
    """Write them; a directory is made where it is missing."""
    for fil, tekst in filer.items():
        fil.parent.mkdir(parents=True, exist_ok=True)
        fil.write_text(tekst, encoding="utf-8", newline="\n")
