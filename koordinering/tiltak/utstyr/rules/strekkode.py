"""Barcodes: what a scanner types, the code of an own label, and Code 128 as bars of 1 to 4 modules."""

import re
from dataclasses import dataclass

from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_

MAKS_NUMMER = 999_999
_EGEN = re.compile(r"[A-Z0-9][A-Z0-9./+-]{2,29}")
_KORT = re.compile(r"(?:OP)?([1-9]\d?)-(\d{6})")


def normaliser(lest: str) -> str:
    """What the scanner or the fingers typed, as it is kept: without spaces, capital letters."""
    return re.sub(r"\s", "", lest).upper()


def egen_kode(nummer: int) -> str:
    """The barcode of the label that the product prints for an item."""
    return f"U{nummer:06}"


def som_nummer(kode: str) -> int | None:
    """The item's number when that is what was typed: up to six digits, which no barcode here may be."""
    return int(kode) if re.fullmatch(r"[0-9]{1,6}", kode) else None


def sjekk_strekkode(kode: str) -> None:
    """Raise UgyldigFelt("strekkode", …) for what no label here has, or what means something else at the counter."""
    if not _EGEN.fullmatch(kode) or som_nummer(kode) is not None or _KORT.fullmatch(kode):
        raise UgyldigFelt(
            "strekkode",
            N_("Strekkoden må ha 3 til 30 tegn: bokstaver A–Z, tall, punktum, strek. Bare tall må være minst sju."),
        )


@dataclass(frozen=True, repr=False)
class Operatoerkode:
    """A personal code at the counter: the person's number and six secret digits. Its repr hides them."""

    nummer: int
    hemmelig: str

    @property
    def skrevet(self) -> str:
        """As it is typed."""
        return f"{self.nummer}-{self.hemmelig}"

    @property
    def kort(self) -> str:
        """As the person's card holds it: a scanner can read it in any scan field."""
        return f"OP{self.skrevet}"

    def __repr__(self) -> str:
        return "Operatoerkode(...)"


def som_operatoerkode(lest: str) -> Operatoerkode | None:
    """The personal code, when that is what was scanned or typed."""
    funnet = _KORT.fullmatch(normaliser(lest))
    return Operatoerkode(int(funnet[1]), funnet[2]) if funnet and lest.isascii() else None


# --- Code 128 ----------------------------------------------------------------------------------------------
#
# ISO/IEC 15417: each symbol is three bars and three spaces, eleven modules wide together; the stop has a bar more.

_TABELL = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222
123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224
111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111
111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112
"""
_BREDDER = _TABELL.split()
_START_B, _STOPP = 104, 106
STILLE = 10
"""Empty modules that a scanner needs on each side."""


@dataclass(frozen=True)
class Strek:
    """One bar: where it begins and how wide it is, in modules."""

    x: int
    bredde: int


@dataclass(frozen=True)
class Symbol:
    """A barcode ready to draw."""

    tekst: str
    bredde: int
    """Modules in all, the quiet zones included."""
    streker: tuple[Strek, ...]


def symboler(tekst: str) -> list[int]:
    """Symbol values in code set B: start, the signs, the check symbol, stop."""
    if not tekst or not all(" " <= tegn <= "~" for tegn in tekst):
        raise ValueError("code set B holds the signs from space to ~")
    verdier = [ord(tegn) - 32 for tegn in tekst]
    kontroll = (_START_B + sum(plass * verdi for plass, verdi in enumerate(verdier, 1))) % 103
    return [_START_B, *verdier, kontroll, _STOPP]


def code128(tekst: str) -> Symbol:
    """The bars of a text. Raises ValueError for signs outside code set B."""
    streker: list[Strek] = []
    x = STILLE
    for symbol in symboler(tekst):
        for nr, bredde in enumerate(int(siffer) for siffer in _BREDDER[symbol]):
            if nr % 2 == 0:
                streker.append(Strek(x, bredde))
            x += bredde
    return Symbol(tekst, x + STILLE, tuple(streker))
