"""A proposal in words: how far each goal was met, and why a child did not get each better wish."""

from collections.abc import Mapping, Sequence
from typing import Any

from koordinering.tekst import N_
from koordinering.tildeling import queries as tildeling
from koordinering.tildeling.models import Forslagslinje
from koordinering.tildeling.rules import Hvorfor
from koordinering.tildeling.rules.forklaring import Aarsak
from koordinering.tildeling.rules.forslag import Maal
from koordinering.tiltak.rules import Aktivitet
from koordinering.web.sprak import gettext


def maaltekst(steg: Mapping[str, Any]) -> str:
    """One goal and how far it was met; the two that are settled child by child tell for how many it is proved."""
    maal = Maal(steg["maal"])
    naadd, bevist = N_("%(maal)s: %(verdi)d, det høyeste mulige er %(grense)d"), N_("%(maal)s: bevist for alle")
    enkeltvis = maal in {Maal.LENGST, Maal.BEST} and steg["verdi"] == steg["grense"]
    tekst: str = gettext(bevist if enkeltvis else naadd)
    return tekst % {"maal": gettext(maal.tekst), "verdi": steg["verdi"], "grense": steg["grense"]}


def forklaring(linje: Forslagslinje) -> list[str]:
    """«Ønske 1, Fotball: Alle de 4 plassene er foreslått til andre. 3 barn foran i køen passer de samme.»"""
    if not linje.henvisning.til_mottaker:
        return []
    oensker = tildeling.innsyn(linje.henvisning).oensker
    return [_fordi(f, oensker) for f in linje.fordi]


def _fordi(fordi: Mapping[str, Any], oensker: Sequence[Aktivitet]) -> str:
    aarsak, nr = Aarsak(fordi["aarsak"]), fordi["oenske"]
    tekst = _med_tall(aarsak, fordi)
    if aarsak in {Aarsak.STROEKET, Aarsak.ANNEN_HENVISNING, Aarsak.SLUPPET} or nr > len(oensker):
        return tekst
    hva = gettext(oensker[nr - 1].tekst)
    med_oenske: str = gettext(N_("Ønske %(nr)d, %(hva)s: %(hvorfor)s")) % {"nr": nr, "hva": hva, "hvorfor": tekst}
    return med_oenske


def _med_tall(aarsak: Aarsak, fordi: Mapping[str, Any]) -> str:
    grunner = " ".join(gettext(Hvorfor(g).tekst) for g in fordi["grunner"])
    if aarsak is Aarsak.PASSER_IKKE:
        return grunner
    if aarsak is Aarsak.SLUPPET:
        return f"{gettext(aarsak.tekst)} {grunner or gettext(N_('Tilbudet er ikke blant ønskene.'))}"
    if aarsak is Aarsak.FULLT:
        return _fullt(fordi)
    tekst: str = gettext(_SOESKENPLASSER if aarsak is Aarsak.SOESKENPLASSER else aarsak.tekst)
    return tekst % {"trenger": fordi["trenger"], "igjen": fordi["igjen"]} if aarsak is Aarsak.SOESKENPLASSER else tekst


_SOESKENPLASSER = N_(
    "Søsknene trenger %(trenger)d plasser i samme tilbud. "
    "Når de foran i køen og de som er låst, har fått sitt, er det %(igjen)d igjen."
)


def _fullt(fordi: Mapping[str, Any]) -> str:
    """Whose the places are: «3 barn foran i køen passer de samme. 1 barn lenger bak er låst til dem.»"""
    if not fordi["plasser"]:
        ingen: str = gettext(N_("Ingen plasser er ledige."))
        return ingen
    en = fordi["plasser"] == 1
    setninger = [
        (en, N_("Den ene plassen er foreslått til en annen.")),
        (not en, N_("Alle de %(plasser)d plassene er foreslått til andre.")),
        (fordi["foran"], N_("%(foran)d barn foran i køen passer de samme.")),
        (fordi.get("laaste"), N_("%(laaste)d barn lenger bak er låst til dem.")),
    ]
    return " ".join(gettext(setning) % fordi for gjelder, setning in setninger if gjelder)
