"""Linking by a code that the family carries: what is kept of it, and its children's indexes (DESIGN.md section 6)."""

from collections.abc import Sequence

from koordinering import crypto
from koordinering.saker.models import Sak
from koordinering.saker.rules.koblingskode import barnas_plass
from koordinering.saker.services.forsegling import aapne, forsegl
from koordinering.users import Koblingsmodus, kommune


class Koblingskode:
    """A family's code with its indexes, each computed once: make it ready before the transaction.

    It can stand in a command or a trace: it never tells what it is.
    """

    def __init__(self, kode: str) -> None:
        """`kode`: as rules.koblingskode.normaliser returns it."""
        self._kode = kode
        self._indekser: dict[tuple[int, ...], bytes] = {}

    @classmethod
    def klar(cls, kode: str, foedselsaar: Sequence[int]) -> "Koblingskode":
        """A code with all that a case with these children needs. Slow, and equally so for any code."""
        ny = cls(kode)
        ny._indeks()
        ny.barnas(foedselsaar)
        return ny

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    @property
    def kode(self) -> str:
        """The code, to be sealed or printed for the family."""
        return self._kode

    @property
    def indeks(self) -> bytes:
        """Says «same code» of two cases."""
        return self._indeks()

    def barnas(self, foedselsaar: Sequence[int]) -> list[bytes]:
        """The index of each child of a case, in the case's order."""
        return [self._indeks(*plass) for plass in barnas_plass(foedselsaar)]

    def _indeks(self, *plass: int) -> bytes:
        if plass not in self._indekser:
            self._indekser[plass] = crypto.kodeindeks(crypto.gjeldende(), self._kode, *plass)
        return self._indekser[plass]


def bruker_koder() -> bool:
    """Whether the municipality links by code today."""
    return kommune().koblingsmodus is Koblingsmodus.REFERANSE


def les_koblingskode(sak: Sak) -> str | None:
    """The family's code, while the municipality links by code; None where the case has none, or its key is gone."""
    return aapne(sak, "koblingskode") if sak.koblingskode is not None and bruker_koder() else None


def klar_kode(sak: Sak, foedselsaar: Sequence[int]) -> Koblingskode | None:
    """The case's code with the indexes of these children, for a change that is about to be made. Slow."""
    kode = les_koblingskode(sak)
    if kode is None:
        return None
    klar = Koblingskode(kode)
    klar.barnas(foedselsaar)
    return klar


def sett_koblingskode(sak: Sak, kode: Koblingskode | None) -> None:
    """Link the case by this code and by no other; None: by none. What number a child had is forgotten with a code."""
    hadde = sak.kodeindeks is not None
    if kode is None:
        sak.koblingskode = sak.kodeindeks = None
        indekser: Sequence[bytes | None] = [None] * len(sak.barn)
    else:
        sak.koblingskode, sak.kodeindeks = forsegl(sak, "koblingskode", kode.kode), kode.indeks
        indekser = kode.barnas([barn.foedselsaar for barn in sak.barn])
    if hadde or kode is not None:
        for barn, indeks in zip(sak.barn, indekser, strict=True):
            barn.blindindeks = indeks


def koble_barna(sak: Sak, klar: Koblingskode | None) -> None:
    """Link the children anew after one was added, removed or got another birth year. Nothing where there is no code.

    `klar` saves computing while the case is locked; it is not used where the code has been changed meanwhile.
    """
    kode = les_koblingskode(sak)
    if kode is None:
        return
    if klar is None or klar.kode != kode:
        klar = Koblingskode(kode)
    for barn, indeks in zip(sak.barn, klar.barnas([barn.foedselsaar for barn in sak.barn]), strict=True):
        barn.blindindeks = indeks
