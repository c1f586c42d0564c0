"""Series in words and numbers, for pages, pictures and reports alike. Texts pass through `oversett`."""

from collections.abc import Callable
from itertools import pairwise

from koordinering.plan.serier.rules import Enhetsslag, Punkt, Serie
from koordinering.plan.serier.rules.periode import MAANEDER, Periodeslag, les_periode
from koordinering.plan.serier.rules.sammenligning import endringer
from koordinering.statistikk.disclosure import Tegn
from koordinering.tekst import N_

Oversett = Callable[[str], str]
"""From bokmål to the reader's language: gettext on a page, `str` where there is none."""

_JA, _NEI = N_("Ja"), N_("Nei")
_HALVAAR = N_("%(nr)d. halvår %(aar)d")
_FLERE_AAR = N_("%(fra)d–%(til)d")
_OPP, _NED, _LIKT = N_("opp %(endring)s"), N_("ned %(endring)s"), N_("uendret")
_PROSENT, _POENG = N_("%(tall)s prosent"), N_("%(tall)s prosentpoeng")


def tall(verdi: float, desimaler: int = 2) -> str:
    """A number as Norwegians write it; no more decimals than it has."""
    avrundet = round(verdi, desimaler)
    tekst = f"{avrundet:,.{desimaler}f}".rstrip("0").rstrip(".") if desimaler else f"{avrundet:,.0f}"
    return tekst.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",").replace("-", "\N{MINUS SIGN}")


def periodetekst(periode: str, oversett: Oversett = str) -> str:
    """«2015», «1. halvår 2015», «januar 2015», «2011–2013»; words as they are."""
    tid = les_periode(periode)
    if tid is None:
        return oversett(periode)
    aar, maaned = tid.fra
    if tid.slag is Periodeslag.MAANED:
        return f"{oversett(MAANEDER[maaned - 1])} {aar}"
    if tid.slag is Periodeslag.HALVAAR:
        return oversett(_HALVAAR) % {"nr": 1 if maaned == 1 else 2, "aar": aar}
    return oversett(_FLERE_AAR) % {"fra": aar, "til": tid.slutt[0]} if tid.slag is Periodeslag.FLERE_AAR else str(aar)


def verditekst(serie: Serie, punkt: Punkt, oversett: Oversett = str) -> str:
    """What stands in a table: a number, an interval, a sign, or the source's own words."""
    if punkt.verdi is not None:
        if serie.enhetsslag is Enhetsslag.JA_NEI:
            return oversett(_JA if punkt.verdi else _NEI)
        return tall(punkt.verdi)
    if punkt.intervall is not None:
        return f"{tall(punkt.intervall[0])}–{tall(punkt.intervall[1])}"
    return punkt.tegn or punkt.tekst or Tegn.MANGLER.value


def tegnforklaring(punkt: Punkt) -> str:
    """What the sign means; empty where there is a number. Not translated."""
    return Tegn(punkt.tegn).tekst if punkt.tegn else ""


def endringstekst(serie: Serie, endring: float | None, oversett: Oversett = str) -> str:
    """«opp 12 prosent», «ned 0,4 prosentpoeng»; empty where nothing may be said."""
    if endring is None:
        return ""
    stoerrelse = tall(abs(endring), 1)
    if stoerrelse == "0":
        return oversett(_LIKT)
    i_prosent = oversett(_POENG if serie.enhetsslag is Enhetsslag.PROSENT else _PROSENT) % {"tall": stoerrelse}
    return oversett(_OPP if endring > 0 else _NED) % {"endring": i_prosent}


def rader(serie: Serie, oversett: Oversett = str) -> list[tuple[Punkt, str, str, str]]:
    """Each point, newest first, with its period, its figure and its change in words."""
    return [
        (punkt, periodetekst(punkt.periode, oversett), verditekst(serie, punkt, oversett),
         endringstekst(serie, endring, oversett))
        for punkt, endring in reversed(list(endringer(serie)))
    ]  # fmt: skip


_ANTALL = N_("%(antall)d tall fra %(fra)s til %(til)s, i %(enhet)s.")
_ETT = N_("Ett tall: %(verdi)s %(enhet)s, %(fra)s.")
_YTTER = N_("Lavest %(lavest)s (%(naar_lavest)s), høyest %(hoeyest)s (%(naar_hoeyest)s), sist %(siste)s.")
_BRUDD = N_("Brudd %(nr)d, før %(naar)s: %(grunn)s")
_TEGN = N_("%(naar)s: %(tegn)s")
_MAAL = N_("Målet er %(maal)s.")


def beskrivelse(serie: Serie, oversett: Oversett = str) -> str:
    """What a picture of the series shows, in words: how much, from when to when, breaks with their reasons, gaps."""
    deler = [_omfang(serie, oversett)]
    med_tid = [p for p in serie.punkter if p.tid is not None]
    bruddene = [p for foer, p in pairwise(med_tid) if p.brudd]
    for nr, punkt in enumerate(bruddene, 1):
        grunn = oversett(punkt.brudd_grunn or "")
        deler.append(oversett(_BRUDD) % {"nr": nr, "naar": periodetekst(punkt.periode, oversett), "grunn": grunn})
    for punkt in med_tid:
        if punkt.tegn or punkt.intervall:
            om = oversett(tegnforklaring(punkt)) if punkt.tegn else verditekst(serie, punkt, oversett)
            deler.append(oversett(_TEGN) % {"naar": periodetekst(punkt.periode, oversett), "tegn": om})
    if serie.maal is not None:
        deler.append(oversett(_MAAL) % {"maal": tall(serie.maal)})
    return " ".join(del_ if del_.endswith(".") else f"{del_}." for del_ in deler if del_)


def _omfang(serie: Serie, oversett: Oversett) -> str:
    vist = [p for p in serie.punkter if p.verdi is not None and p.tid is not None]
    if not vist:
        return ""
    fra, til = (periodetekst(p.periode, oversett) for p in (vist[0], vist[-1]))
    if len(vist) == 1:
        return oversett(_ETT) % {"verdi": verditekst(serie, vist[0], oversett), "enhet": serie.enhet, "fra": fra}
    lavest, hoeyest = min(vist, key=lambda p: p.verdi or 0), max(vist, key=lambda p: p.verdi or 0)
    antall = oversett(_ANTALL) % {"antall": len(vist), "fra": fra, "til": til, "enhet": serie.enhet}
    ytter = oversett(_YTTER) % {
        "lavest": verditekst(serie, lavest, oversett),
        "naar_lavest": periodetekst(lavest.periode, oversett),
        "hoeyest": verditekst(serie, hoeyest, oversett),
        "naar_hoeyest": periodetekst(hoeyest.periode, oversett),
        "siste": verditekst(serie, vist[-1], oversett),
    }
    return f"{antall} {ytter}"
