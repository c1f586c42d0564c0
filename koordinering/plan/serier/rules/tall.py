"""A figure as somebody writes it: a number, yes or no, or a sign for one that is not there."""

import re

from koordinering.errors import UgyldigFelt
from koordinering.plan.serier.rules.enhet import HELE, Enhetsslag
from koordinering.plan.serier.rules.foering import sjekk_verdi
from koordinering.statistikk.disclosure import Tegn
from koordinering.tallskrift import PUNKTUM, har_tusenpunktum
from koordinering.tekst import N_

MAKS_TEGN = 30
_TALL = re.compile(r"-?\d{1,13}(?:\.\d{1,6})?")
_JA_NEI = {"ja": 1.0, "nei": 0.0, "1": 1.0, "0": 0.0}
_TEGN = {tegn.value for tegn in Tegn}


def les_tall(skrevet: str, slag: Enhetsslag) -> tuple[float | None, str | None]:
    """The number or the sign: «1 250», «60,5», «60,5 %», «ja», «:», «.», «..». Raises UgyldigFelt for `verdi`."""
    tekst = skrevet.strip()
    if tekst in _TEGN:
        return None, tekst
    if not tekst:
        raise UgyldigFelt("verdi", N_("Skriv et tall, eller .. hvis tallet mangler."))
    if slag is Enhetsslag.JA_NEI:
        if tekst.casefold() not in _JA_NEI:
            raise UgyldigFelt("verdi", N_("Skriv ja eller nei."))
        return _JA_NEI[tekst.casefold()], None
    if slag is Enhetsslag.PROSENT:
        tekst = tekst.removesuffix("%")
    if slag in HELE | {Enhetsslag.KRONER} and har_tusenpunktum(tekst):
        raise UgyldigFelt("verdi", PUNKTUM)
    rent = re.sub(r"\s", "", tekst).replace(",", ".").replace("\u2212", "-")
    if len(skrevet) > MAKS_TEGN or not rent.isascii() or not _TALL.fullmatch(rent):
        raise UgyldigFelt(
            "verdi", N_("Skriv et tall, for eksempel 48 eller 60,5. Bruk : for skjult og .. for mangler.")
        )
    verdi = float(rent)
    sjekk_verdi(slag, verdi)
    return verdi, None
