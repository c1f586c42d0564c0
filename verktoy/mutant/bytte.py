"""A fault put into functions that are loaded already, and into a module that is yet to be imported."""

import ast
import builtins
import gc
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

ROT = Path(__file__).parents[2]


def funksjoner(modul: str) -> dict[str, list[FunctionType]]:
    """The module's living functions by qualified name, decorated ones and properties too."""
    sti, funnet = str(ROT / modul), dict[str, list[FunctionType]]()
    for ting in gc.get_objects():
        if isinstance(ting, FunctionType) and ting.__code__.co_filename == sti:
            funnet.setdefault(ting.__code__.co_qualname, []).append(ting)
    return funnet


def bytt(levende: dict[str, list[FunctionType]], kilde: str, sti: str, funksjon: str) -> bool:
    """Give the living function the code it has in this source; whoever holds the function has the fault at once.

    False where that cannot be done: it is gone, stands twice, or is bound otherwise.
    """
    nye = [kode for kode in _koder(compile(kilde, sti, "exec")) if kode.co_qualname == funksjon]
    gamle = levende.get(funksjon, [])
    if len(nye) != 1 or not gamle or any(len(g.__code__.co_freevars) != len(nye[0].co_freevars) for g in gamle):
        return False
    for gammel in gamle:
        gammel.__code__ = nye[0]
    return True


def _koder(kode: CodeType) -> Iterator[CodeType]:
    yield kode
    for indre in kode.co_consts:
        if isinstance(indre, CodeType):
            yield from _koder(indre)


KALT = "__mutant_kalt__"
"""Where functions tell that they were called: a set beside the builtins."""


def merket(kilde: str) -> ast.Module:
    """The module, with every outermost function telling that it is called."""
    tre = ast.parse(kilde)
    setattr(builtins, KALT, set())
    for navn, funksjon in _ytterste(tre.body, ""):
        sted = 1 if ast.get_docstring(funksjon) is not None else 0
        funksjon.body[sted:sted] = ast.parse(f"{KALT}.add({navn!r})").body
    return ast.fix_missing_locations(tre)


def _ytterste(kropp: Sequence[ast.stmt], foran: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for setning in kropp:
        if isinstance(setning, ast.FunctionDef):
            yield foran + setning.name, setning
        elif isinstance(setning, ast.ClassDef):
            yield from _ytterste(setning.body, f"{foran}{setning.name}.")


class _Leser(SourceFileLoader):
    """Loads the module from the source with the fault, never from its file."""

    def __init__(self, navn: str, sti: str, kilde: str | ast.Module) -> None:
        super().__init__(navn, sti)
        self._kilde = kilde

    def get_code(self, fullname: str) -> CodeType:
        """The code of the source with the fault."""
        return compile(self._kilde, self.path, "exec")


class Mutert(MetaPathFinder):
    """Stands first where modules are looked for."""

    def __init__(self, modul: str, kilde: str | ast.Module) -> None:
        self._navn = modul.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self._sti, self._kilde, self._pakke = str(ROT / modul), kilde, modul.endswith("__init__.py")

    def find_spec(self, navn: str, sti: Sequence[str] | None, maal: ModuleType | None = None) -> ModuleSpec | None:
        """How the module with the fault is loaded; None for every other."""
        if navn != self._navn:
            return None
        return spec_from_loader(navn, _Leser(navn, self._sti, self._kilde), is_package=self._pakke)

    def sett_inn(self) -> None:
        """Before everything else."""
        sys.meta_path.insert(0, self)
