"""The mark on every text a person can see, and code lists that know their label."""

from enum import StrEnum


def N_(tekst: str) -> str:  # noqa: N802 - the name that catalogue tools look for
    """Mark a bokmål text for the catalogue without translating it here."""
    return tekst


def telt(antall: int, en: str, flere: str) -> str:
    """«1 dag», «2 dager»: for the command line, which speaks bokmål alone. Pages use ngettext."""
    return f"{antall} {en if antall == 1 else flere}"


class Kode(StrEnum):
    """A closed list of codes stored as text; each member knows the bokmål label shown for it.

    Members are written `UTKAST = "utkast", N_("Utkast")`.
    """

    tekst: str

    def __new__(cls, verdi: str, tekst: str = "") -> "Kode":
        medlem = str.__new__(cls, verdi)
        medlem._value_ = verdi
        medlem.tekst = tekst or verdi
        return medlem
