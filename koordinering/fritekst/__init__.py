"""The guard on free text: what must not stand in a text, and what to ask about. Plain Python, below every package.

A text is a line about an activity, never about who the family is. What can identify somebody, and words that belong
in another record, are refused. A pair of words that looks like a name is asked about, since a club can look the same.
"""

from koordinering.fritekst.funn import Funn, Treff, finn, navnelike, sjekk
from koordinering.fritekst.ordliste import FILNAVN, Ordliste, gjeldende, les_ordliste, ta_i_bruk
from koordinering.fritekst.sifre import har_identitetsnummer, uten_identitetsnummer

__all__ = [
    "FILNAVN",
    "Funn",
    "Ordliste",
    "Treff",
    "finn",
    "gjeldende",
    "har_identitetsnummer",
    "les_ordliste",
    "navnelike",
    "sjekk",
    "ta_i_bruk",
    "uten_identitetsnummer",
]
