"""Every small fault that is put into a module: mutmut's own operators, and a few for what they leave alone.

mutmut leaves tables, guards (`if …: raise`) and decorated methods as they are, and these are what rights are made of.
Texts for people are no faults by rule: what stands in N_(…), what an exception is raised with, docstrings.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, CodeSpan, MetadataWrapper
from mutmut.mutation.mutators import mutation_operators, operator_assignment

ROT = Path(__file__).parents[2]
_BYTTES = {"any": "all", "all": "any", "min": "max", "max": "min"}
_REKKEVIDDER = ("ENHET", "MOTTATT", "ALLE")
_UROERT = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
_KALL_UROERT = {"TypeVar", "N_"}


@dataclass(frozen=True)
class Mutant:
    """One fault in one module, known again by where it stands and what it changes, not by its line."""

    modul: str
    funksjon: str
    """The outermost function it lies in, «Class.method»; empty when it lies in the module's own tables."""
    fra: str
    til: str
    nr: int
    """Which of several with the same change in the same function."""
    linje: int
    kilde: str
    """The whole module with the fault."""

    @property
    def merke(self) -> tuple[str, str, str, str, int]:
        """What it is known again by."""
        return self.modul, self.funksjon, self.fra, self.til, self.nr


def mutanter(modul: str) -> Sequence[Mutant]:
    """Every mutant of the module (its path from the root), in the order they stand; each compiles."""
    kilde = (ROT / modul).read_text(encoding="utf-8")
    samler = _Samler()
    tre = MetadataWrapper(cst.parse_module(kilde), unsafe_skip_copy=True)
    steder = tre.resolve(ByteSpanPositionProvider)
    tre.visit(samler)
    sett, funnet, antall = {kilde}, [], dict[tuple[str, str, str, str], int]()
    for funksjon, node, ny in samler.funnet:
        mutert = _med(tre.module, kilde, steder.get(node), node, ny)
        if mutert in sett or not _gaar_an(mutert):
            continue
        sett.add(mutert)
        linje, fra, til = _forskjell(kilde, mutert)
        merke = (modul, funksjon, fra, til)
        antall[merke] = antall.get(merke, 0) + 1
        funnet.append(Mutant(*merke, antall[merke], linje, mutert))
    return funnet


def _med(modul: cst.Module, kilde: str, sted: CodeSpan | None, node: cst.CSTNode, ny: cst.CSTNode) -> str:
    """The source with the new node in the place of the old: spliced in, where its text is all that it is."""
    if sted is not None:
        byte, slutt = kilde.encode(), sted.start + sted.length
        if byte[sted.start : slutt].decode() == modul.code_for_node(node):
            return (byte[: sted.start] + modul.code_for_node(ny).encode() + byte[slutt:]).decode()
    mutert = modul.deep_replace(node, ny)
    return cst.ensure_type(mutert, cst.Module).code


def _gaar_an(kilde: str) -> bool:
    try:
        compile(kilde, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _forskjell(kilde: str, mutert: str) -> tuple[int, str, str]:
    """The first line that differs (from 1), and what the lines that differ were and are."""
    foer, etter = kilde.splitlines(), mutert.splitlines()
    like = _like_fra_start(foer, etter)
    bak = _like_fra_start(foer[like:][::-1], etter[like:][::-1])
    return like + 1, _en_linje(foer[like : len(foer) - bak]), _en_linje(etter[like : len(etter) - bak])


def _like_fra_start(foer: Sequence[str], etter: Sequence[str]) -> int:
    par = enumerate(zip(foer, etter, strict=False))
    return next((nr for nr, (a, b) in par if a != b), min(len(foer), len(etter)))


def _en_linje(linjer: Sequence[str]) -> str:
    """The lines as one, without their comments."""
    return " ".join(linje.split("  # ")[0].strip() for linje in linjer)


@dataclass(frozen=True)
class _Sted:
    funksjon: str = ""
    i_kropp: bool = False
    klasser: tuple[str, ...] = ()
    koder: bool = False
    """Inside a list of codes (Kode): there only the codes themselves are changed."""
    tekst: bool = False
    """Inside what an exception is raised with."""


class _Samler(cst.CSTVisitor):
    """Walks the module and keeps each node with what it may become."""

    def __init__(self) -> None:
        self.funnet: list[tuple[str, cst.CSTNode, cst.CSTNode]] = []
        self._stier: list[_Sted] = [_Sted()]

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Take what the operators make of the node, and go on inside it where it may be changed."""
        sted = _innenfor(self._stier[-1], node)
        self._stier.append(sted)
        if isinstance(node, _UROERT) or _heter(node, _KALL_UROERT):
            return False
        funksjon = sted.funksjon if sted.i_kropp else ""
        self.funnet.extend((funksjon, node, ny) for ny in _blir(node, sted))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        """Out of the node again."""
        self._stier.pop()


def _innenfor(sted: _Sted, node: cst.CSTNode) -> _Sted:
    if isinstance(node, cst.ClassDef):
        koder = any(isinstance(b.value, cst.Name) and b.value.value == "Kode" for b in node.bases)
        return replace(sted, klasser=(*sted.klasser, node.name.value), koder=koder)
    if isinstance(node, cst.FunctionDef) and not sted.i_kropp:
        return replace(sted, funksjon=".".join((*sted.klasser, node.name.value)), koder=False)
    if isinstance(node, cst.IndentedBlock) and sted.funksjon:
        return replace(sted, i_kropp=True)
    if isinstance(node, cst.Raise):
        return replace(sted, tekst=True)
    return sted


def _heter(node: cst.CSTNode, navn: Iterable[str]) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in navn


def _blir(node: cst.CSTNode, sted: _Sted) -> Iterator[cst.CSTNode]:
    if sted.koder:
        if isinstance(node, cst.SimpleString) and not node.value.startswith('"""'):
            yield node.with_changes(value=f'"XX{node.value[1:-1]}XX"')
        return
    if sted.tekst and _er_setning(node):
        return
    for slag, lag in mutation_operators:
        if isinstance(node, slag) and not (lag is operator_assignment and _er_tekst(node)):
            yield from (ny for ny in lag(node) if not _bare_tekst(node, ny, sted))
    for egen in (_betingelse, _setning, _uten_ett, _annen_rekkevidde, _annet_navn, _uten_filter):
        yield from egen(node)


def _er_tekst(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Assign | cst.AnnAssign) and node.value is not None and _heter(node.value, _KALL_UROERT)


def _er_setning(node: cst.CSTNode) -> bool:
    """Whether it is a sentence and not a name: an exception's field is a name."""
    return isinstance(node, cst.FormattedString | cst.ConcatenatedString) or (
        isinstance(node, cst.SimpleString) and " " in node.value
    )


def _bare_tekst(node: cst.CSTNode, ny: cst.CSTNode, sted: _Sted) -> bool:
    """Whether the mutant differs only in a text for people that became None."""
    if not isinstance(node, cst.Call) or not isinstance(ny, cst.Call) or len(node.args) != len(ny.args):
        return False
    endret = [foer.value for foer, etter in zip(node.args, ny.args, strict=True) if foer is not etter]
    return bool(endret) and all(_heter(en, {"N_"}) or (sted.tekst and _er_setning(en)) for en in endret)


def _betingelse(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """`if x` becomes `if not (x)`; mutmut turns a comparison and a `not` around by itself."""
    if isinstance(node, cst.If | cst.While) and not isinstance(node.test, cst.Comparison | cst.UnaryOperation):
        test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), test))


def _setning(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A raise, or a call whose answer nobody keeps, is left out."""
    if isinstance(node, cst.Raise) or (isinstance(node, cst.Expr) and isinstance(node.value, cst.Call)):
        yield cst.Pass()


def _uten_ett(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A table, a set or a tuple lacks one of its members."""
    if isinstance(node, cst.Dict | cst.Set | cst.Tuple | cst.List):
        for nr in range(len(node.elements)):
            rest = [*node.elements[:nr], *node.elements[nr + 1 :]]
            if rest or not isinstance(node, cst.Set):
                yield node.with_changes(elements=_med_komma(node, rest))


def _med_komma(node: cst.CSTNode, rest: list[cst.BaseElement]) -> list[cst.BaseElement]:
    return [rest[0].with_changes(comma=cst.Comma())] if isinstance(node, cst.Tuple) and len(rest) == 1 else rest


def _annen_rekkevidde(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Omfang.ENHET becomes each of the others."""
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name) and node.value.value == "Omfang":
        andre = (en for en in _REKKEVIDDER if en != node.attr.value)
        yield from (node.with_changes(attr=cst.Name(en)) for en in andre)


def _annet_navn(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """any() becomes all(), min() max(), and the other way round."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in _BYTTES:
        yield node.with_changes(func=cst.Name(_BYTTES[node.func.value]))


def _uten_filter(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """`for x in y if z` takes everything."""
    if isinstance(node, cst.CompFor):
        for nr in range(len(node.ifs)):
            yield node.with_changes(ifs=[*node.ifs[:nr], *node.ifs[nr + 1 :]])
