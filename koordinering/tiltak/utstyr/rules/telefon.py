"""Telephone numbers of borrowers: how they are written, and how long they are kept."""

import re
from datetime import timedelta

from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_

TELEFON_BLIR = timedelta(days=30)
"""The number is removed so long after the item came back (DESIGN.md section 5)."""

_NORSK = re.compile(r"[2-9]\d{7}")
_UTENLANDSK = re.compile(r"\+(?!47)[1-9]\d{6,14}")


def normaliser(skrevet: str) -> str:
    """The number as it is kept: eight digits, or + and the country's code. Raises UgyldigFelt("telefon", …)."""
    tett = re.sub(r"[\s().-]", "", skrevet)
    if tett.startswith("00"):
        tett = f"+{tett[2:]}"
    if tett.startswith("+47"):
        tett = tett[3:]
    if not (_NORSK.fullmatch(tett) or _UTENLANDSK.fullmatch(tett)) or not tett.isascii():
        raise UgyldigFelt("telefon", N_("Skriv et telefonnummer med åtte sifre, eller med + og landkode."))
    return tett


def som_lest(nummer: str) -> str:
    """As people read it: 412 34 567 becomes «41 23 45 67»; a foreign number stands as it is."""
    if len(nummer) != 8:
        return nummer
    return " ".join(nummer[i : i + 2] for i in range(0, 8, 2))
