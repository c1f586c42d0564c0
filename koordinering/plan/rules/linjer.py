"""Reads YAML with the line of every value kept, and notes everything that is wrong instead of stopping at the first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml

from koordinering.errors import DomainError
from koordinering.tekst import N_, Kode

K = TypeVar("K", bound=Kode)

MAKS_TEGN = 500_000
"""Twenty times the plan of Lillehammer. A larger file is refused unread."""
MAKS_DYBDE = 12
MAKS_TEKST = 4_000
"""Longest single text."""

_TAG = "tag:yaml.org,2002:"
_SOM_TEKST = {f"{_TAG}{slag}" for slag in ("str", "int", "float", "timestamp")}
_IKKE_YAML = N_("filen er ikke gyldig YAML")


@dataclass(frozen=True, order=True)
class Linjefeil:
    """One thing that is wrong, and where."""

    linje: int
    melding: str
    hva: str = ""

    def __str__(self) -> str:
        return f"linje {self.linje}: {self.melding % {'hva': self.hva}}"


class PlanFeil(DomainError):
    """The file cannot be loaded; `feil` are all the reasons, in the order of the file. Nothing was changed."""

    def __init__(self, feil: list[Linjefeil]) -> None:
        self.feil = tuple(sorted(set(feil)))
        super().__init__("\n".join(str(en) for en in self.feil))


class _Laster(yaml.SafeLoader):
    """Composes nodes and nothing else: no object is ever made from what the file says."""

    dybde = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        # An alias lets a small file grow without end in memory, and a plan needs none.
        if self.check_event(yaml.AliasEvent):
            raise self._her(N_("henvisninger med * er ikke tillatt"))
        self.dybde += 1
        if self.dybde > MAKS_DYBDE:
            raise self._her(N_("for mange nivåer inni hverandre"))
        node = super().compose_node(parent, index)
        self.dybde -= 1
        return node

    def _her(self, melding: str) -> PlanFeil:
        hendelse = self.peek_event()  # type: ignore[no-untyped-call]
        return PlanFeil([Linjefeil(hendelse.start_mark.line + 1, melding)])


def les_rot(tekst: str) -> "Kart":
    """The file's outermost mapping. Raises PlanFeil when it is not YAML, too large or not a mapping."""
    if len(tekst) > MAKS_TEGN:
        raise PlanFeil([Linjefeil(1, N_("filen er for stor"))])
    try:
        node = yaml.compose(tekst, Loader=_Laster)
    except yaml.MarkedYAMLError as feil:
        merke = feil.problem_mark or feil.context_mark
        raise PlanFeil([Linjefeil(merke.line + 1 if merke else 1, _IKKE_YAML)]) from None
    except (yaml.YAMLError, RecursionError):
        raise PlanFeil([Linjefeil(1, _IKKE_YAML)]) from None
    if not isinstance(node, yaml.MappingNode):
        raise PlanFeil([Linjefeil(1, N_("filen må inneholde felter med navn"))])
    return Kart(node, [])


@dataclass
class Kart:
    """A mapping of the file, read field by field. A field that is wrong is noted and answered with an empty value."""

    node: yaml.MappingNode
    feil: list[Linjefeil] = field(repr=False)
    """Shared by the whole file."""

    def __post_init__(self) -> None:
        self._verdier: dict[str, yaml.Node] = {}
        for noekkel, verdi in self.node.value:
            navn = str(noekkel.value) if isinstance(noekkel, yaml.ScalarNode) else ""
            if navn in self._verdier:
                self._noter(noekkel, N_("feltet «%(hva)s» står to ganger"), navn)
            self._verdier[navn] = verdi

    @property
    def linje(self) -> int:
        """Line where the mapping begins, counted from 1."""
        return int(self.node.start_mark.line) + 1

    def linje_for(self, navn: str) -> int:
        """Line of a field's value, or of the mapping when the field is missing."""
        return int(self._verdier.get(navn, self.node).start_mark.line) + 1

    def si(self, navn: str, melding: str, hva: str = "") -> None:
        """Note that something is wrong with a field."""
        self.feil.append(Linjefeil(self.linje_for(navn), melding, hva))

    def _noter(self, node: yaml.Node, melding: str, hva: str) -> None:
        self.feil.append(Linjefeil(node.start_mark.line + 1, melding, hva))

    def kjenn(self, *navn: str) -> None:
        """Note every field that has another name than these: most often a misspelling."""
        for noekkel, _ in self.node.value:
            if isinstance(noekkel, yaml.ScalarNode) and noekkel.value not in navn:
                self._noter(noekkel, N_("ukjent felt «%(hva)s»"), str(noekkel.value)[:40])

    def _verdi(self, navn: str, *, paakrevd: bool) -> yaml.Node | None:
        node = self._verdier.get(navn)
        blank = isinstance(node, yaml.ScalarNode) and not node.value.strip()
        tom = node is None or blank or node.tag == f"{_TAG}null"
        if tom and paakrevd:
            self.feil.append(Linjefeil(self.linje, N_("feltet «%(hva)s» mangler"), navn))
        return None if tom else node

    def valgfri(self, navn: str, *, paakrevd: bool = False) -> str | None:
        """A text, or None when the field is left out or empty. A plain number counts as the text it is written as."""
        node = self._verdi(navn, paakrevd=paakrevd)
        return None if node is None else self._tekst(node, navn)

    def tekst(self, navn: str) -> str:
        """A text that must be there."""
        return self.valgfri(navn, paakrevd=True) or ""

    def _tekst(self, node: yaml.Node, navn: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or node.tag not in _SOM_TEKST:
            self._noter(node, N_("feltet «%(hva)s» skal være en tekst"), navn)
            return ""
        tekst = str(node.value).strip()
        if len(tekst) > MAKS_TEKST or any(ord(tegn) < 32 and tegn not in "\n\t" for tegn in tekst):
            self._noter(node, N_("teksten i «%(hva)s» er for lang eller har ugyldige tegn"), navn)
            return ""
        return tekst

    def ja_nei(self, navn: str) -> bool:
        """True or false; false when left out."""
        node = self._verdi(navn, paakrevd=False)
        if node is None:
            return False
        if node.tag != f"{_TAG}bool":
            self._noter(node, N_("feltet «%(hva)s» skal være true eller false"), navn)
            return False
        return str(node.value).lower() in {"true", "yes", "on"}

    def heltall(self, navn: str, *, paakrevd: bool = False) -> int | None:
        """A whole number from 0 to 9999, such as a year."""
        node = self._verdi(navn, paakrevd=paakrevd)
        if node is None:
            return None
        verdi = str(node.value)
        if node.tag != f"{_TAG}int" or not (verdi.isascii() and verdi.isdigit() and len(verdi) <= 4):
            self._noter(node, N_("feltet «%(hva)s» skal være et helt tall"), navn)
            return None
        return int(verdi)

    def tall(self, navn: str) -> float | None:
        """A number, whole or with decimals."""
        node = self._verdi(navn, paakrevd=False)
        if node is None:
            return None
        try:
            verdi = float(node.value) if node.tag in {f"{_TAG}int", f"{_TAG}float"} else None
        except (TypeError, ValueError):
            verdi = None
        if verdi is None or not abs(verdi) < 1e12:
            self._noter(node, N_("feltet «%(hva)s» skal være et tall"), navn)
            return None
        return verdi

    def kode(self, navn: str, slag: type[K], standard: K) -> K:
        """One code of a closed list; `standard` stands in where the field is wrong."""
        funnet = self._kode(self.tekst(navn), navn, slag)
        return standard if funnet is None else funnet

    def _kode(self, verdi: str, navn: str, slag: type[K]) -> K | None:
        try:
            return slag(verdi) if verdi else None
        except ValueError:
            self.si(navn, N_("ukjent verdi: %(hva)s"), f"{navn} «{verdi[:40]}» (kan være {', '.join(slag)})")
            return None

    def koder(self, navn: str, slag: type[K]) -> tuple[K, ...]:
        """A list with at least one code of a closed list."""
        tekster = self.tekster(navn, paakrevd=True)
        return tuple(dict.fromkeys(k for k in (self._kode(t, navn, slag) for t in tekster) if k is not None))

    def tekster(self, navn: str, *, paakrevd: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(t for t in (self._tekst(node, navn) for node in self._liste(navn, paakrevd=paakrevd)) if t)

    def _liste(self, navn: str, *, paakrevd: bool) -> list[yaml.Node]:
        node = self._verdi(navn, paakrevd=paakrevd)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._noter(node, N_("feltet «%(hva)s» skal være en liste"), navn)
            return []
        if paakrevd and not node.value:
            self._noter(node, N_("listen «%(hva)s» er tom"), navn)
        return list(node.value)

    def kartliste(self, navn: str, *, paakrevd: bool = True) -> Iterator["Kart"]:
        """A list of mappings."""
        for node in self._liste(navn, paakrevd=paakrevd):
            if isinstance(node, yaml.MappingNode):
                yield Kart(node, self.feil)
            else:
                self._noter(node, N_("hvert punkt i «%(hva)s» skal ha felter med navn"), navn)

    def kart(self, navn: str) -> "Kart":
        """A mapping that must be there; an empty one where it is not."""
        node = self._verdi(navn, paakrevd=True)
        if isinstance(node, yaml.MappingNode):
            return Kart(node, self.feil)
        if node is not None:
            self._noter(node, N_("feltet «%(hva)s» skal ha felter med navn"), navn)
        tom = yaml.MappingNode(f"{_TAG}map", [], self.node.start_mark, self.node.end_mark)
        return Kart(tom, [])
