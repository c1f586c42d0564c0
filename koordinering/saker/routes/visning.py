"""What happened, in words: events of cases and referrals as the history shows them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TypedDict

from koordinering.saker.models import Barn, Hendelse, Hjemmelendring, Sak, Sakshendelse
from koordinering.saker.rules.behov import Behov, JaNeiVetIkke, Kjoenn, Rettegrunn, Spoersmaal, Spurt, Svar
from koordinering.saker.rules.overganger import GRUNNER, Avslagsgrunn, Status
from koordinering.saker.rules.samtykke import FAMILIEN
from koordinering.saker.rules.tilbakehold import Holdegrunn
from koordinering.saker.services import les_fritekst
from koordinering.tekst import N_, Kode
from koordinering.tiltak.queries import Henvisbart
from koordinering.tiltak.rules import Aktivitet, Ledighet, Mekanikk
from koordinering.web.side import dato, tidspunkt
from koordinering.web.sprak import gettext


class Linje(TypedDict):
    """One line of a history, as the macro takes it."""

    tid: str
    iso: str
    tittel: str
    hvem: str
    tekst: str


_FELT: Mapping[str, str] = MappingProxyType(
    {
        "i_maalgruppe": N_("I målgruppen"),
        "egen_referanse": N_("Enhetens egen referanse"),
        "behov": N_("Behov"),
        "foedselsaar": N_("Fødselsår"),
        "deltar": N_("Deltar fast"),
        "spurt": N_("Barnet er spurt"),
        "kjoenn": N_("Kjønn"),
        "oensker": N_("Ønsker"),
        "nummer": N_("Nummer skrevet på nytt"),
        "koblingskode": N_("Familiens kode"),
        "barn": N_("Hvem det gjelder"),
    }
)
_LISTER: Mapping[str, type[Kode]] = MappingProxyType(
    {
        "behov": Behov,
        "deltar": JaNeiVetIkke,
        "spurt": Spurt,
        "kjoenn": Kjoenn,
        "oensker": Aktivitet,
        "i_maalgruppe": JaNeiVetIkke,
    }
)
_SAK: Mapping[str, str] = MappingProxyType(
    {
        "registrert": N_("Saken ble registrert"),
        "rettet": N_("Rettet"),
        "barn_lagt_til": N_("Et barn ble lagt til"),
        "barn_fjernet": N_("Et feilregistrert barn ble fjernet"),
        "utkast_slettet": N_("Et utkast til henvisning ble slettet"),
        "samtykke": N_("Samtykke eller hjemmel ble registrert"),
        "samtykke_trukket": N_("Samtykket ble trukket"),
        "begrenset": N_("Behandlingen ble begrenset etter krav fra familien"),
        "begrensning_opphevet": N_("Begrensningen ble opphevet"),
        "toemt": N_("Innholdet ble slettet etter krav fra familien"),
        "overlevert": N_("Saken ble overlevert til en kollega"),
        "holdt": N_("Saken holdes tilbake fra sletting"),
        "sluppet": N_("Saken holdes ikke tilbake lenger"),
        "arkivert": N_("Vedtakene ble skrevet til fil for arkivet"),
        "samordning": N_("Samtykke til samordning ble registrert"),
        "samordning_trukket": N_("Samtykket til samordning ble trukket"),
    }
)


def _ord(slag: type[Kode], kode: str | None) -> str:
    return gettext(slag(kode).tekst) if kode is not None and kode in set(slag) else (kode or "")


def _verdi(felt: str, koder: str | None) -> str:
    """A stored value in words; lists are codes with commas between."""
    if not koder:
        return "–"
    if felt == "barn":
        return gettext(N_("hele familien")) if koder == "familien" else koder
    slag = _LISTER.get(felt)
    return ", ".join(_ord(slag, kode) for kode in koder.split(",")) if slag else koder


def _rettelse(felt: str | None, fra: str | None, til: str | None, grunn: str | None) -> str:
    """«Barn 2, Ønsker: Fotball → Dans. Skrevet feil»."""
    *barn, navn = (felt or "").split(" ")
    hvem = gettext(N_("Barn %(nr)s, ")) % {"nr": barn[1]} if len(barn) == 2 else ""
    endring = f": {_verdi(navn, fra)} → {_verdi(navn, til)}" if fra or til else ""
    hvorfor = f". {_ord(Rettegrunn, grunn)}" if grunn else ""
    return f"{hvem}{gettext(_FELT.get(navn, navn))}{endring}{hvorfor}"


def sakslinjer(hendelser: Iterable[Sakshendelse], navn: Mapping[int, str]) -> list[Linje]:
    """The history of a case."""
    return [_linje(h, navn, gettext(_SAK.get(h.slag, h.slag)), _sakstekst(h, navn)) for h in hendelser]


def _sakstekst(h: Sakshendelse, navn: Mapping[int, str]) -> str:
    if h.slag == "rettet":
        return _rettelse(h.felt, h.fra, h.til, h.grunn)
    if h.slag == "overlevert" and h.til and h.til.isdigit():
        return navn.get(int(h.til), "")
    if h.slag == "holdt" and h.til:
        til = gettext(N_("Til og med %(dato)s")) % {"dato": dato(date.fromisoformat(h.til))}
        return f"{til}. {_ord(Holdegrunn, h.grunn)}"
    return ""


def hvem_det_gjelder(gjelder: Collection[str] | None, barna: Iterable[Barn]) -> str:
    """Whom a consent is for, in words; nothing for an authority, and for a consent from before it was kept."""
    if gjelder is None:
        return ""
    numre = [str(barn.lopenummer) for barn in barna if str(barn.id) in gjelder]
    nummer = gettext(N_("barn %(nr)s")) % {"nr": ", ".join(numre)} if numre else ""
    deler = [gettext(N_("hele familien"))] if FAMILIEN in gjelder else []
    return ": ".join([*deler, *([nummer] if nummer else [])])


def henvisningslinjer(
    sak: Sak, hendelser: Iterable[Hendelse], navn: Mapping[int, str], *, mottaker: bool = False
) -> list[Linje]:
    """The history of a referral, with notes opened. `mottaker`: for the unit that refuses, which sees why exactly."""
    return [_linje(h, navn, *_hendelse(sak, h, mottaker)) for h in hendelser]


def rettet_av_henviser(linje: Linje, hendelse: Hendelse, dekket: Collection[str]) -> Linje:
    """A correction as its receiver sees it: which field, not by whom; its values only where `dekket` by the consent."""
    felt = hendelse.felt or ""
    navn = gettext(_FELT[felt]) if felt in _FELT else ""
    tekst = _rettelse(felt, hendelse.fra, hendelse.til, None) if felt in dekket else navn
    return {**linje, "tittel": gettext(N_("Rettet av henviser")), "hvem": "", "tekst": tekst}


_HJEMMEL: Mapping[str, str] = MappingProxyType(
    {
        "lagt_inn": N_("Lagt inn"),
        "tekst": N_("Teksten ble endret"),
        "fra": N_("Første dag ble endret"),
        "til": N_("Siste dag ble endret"),
    }
)


def hjemmellinjer(endringer: Iterable[Hjemmelendring], navn: Mapping[int, str]) -> list[Linje]:
    """The history of an authority in the code list."""
    return [
        _linje(e, navn, gettext(_HJEMMEL[e.felt]), "" if e.felt == "lagt_inn" else f"{_dag(e.fra)} → {_dag(e.til)}")
        for e in endringer
    ]


def _dag(verdi: str | None) -> str:
    """A stored day as it is written on pages; words as they are."""
    try:
        return dato(date.fromisoformat(verdi)) if verdi else gettext(N_("ingen slutt"))
    except ValueError:
        return f"«{verdi}»"


def _linje(h: Hendelse | Sakshendelse | Hjemmelendring, navn: Mapping[int, str], tittel: str, tekst: str) -> Linje:
    hvem = navn.get(h.user_id, "") if h.user_id is not None else gettext(N_("Koordinering"))
    return {"tid": tidspunkt(h.tid), "iso": h.tid.isoformat(), "tittel": tittel, "hvem": hvem, "tekst": tekst}


def _status(sak: Sak, h: Hendelse, mottaker: bool) -> tuple[str, str]:
    deler = [grunntekst(h.til, h.grunn, mottaker=mottaker), les_fritekst(sak, h) or ""]
    return _ord(Status, h.til), ". ".join(d for d in deler if d)


def _rettet(h: Hendelse) -> tuple[str, str]:
    return gettext(N_("Rettet")), _rettelse(h.felt, h.fra, h.til, h.grunn)


def _spurt(h: Hendelse) -> tuple[str, str]:
    return gettext(N_("Mottakeren spurte")), _ord(Spoersmaal, h.til)


def _svart(h: Hendelse) -> tuple[str, str]:
    return gettext(N_("Svarte mottakeren")), _ord(Svar, h.svar)


def _gitt(h: Hendelse) -> tuple[str, str]:
    return gettext(N_("Gitt")), gettext(N_("Nummer %(nr)s")) % {"nr": h.til} if h.til else ""


def _forbi(h: Hendelse) -> str:
    """How many who stood in front it went past: the receiving unit's own, and told to it alone."""
    if h.felt != "forbi":
        return ""
    en, flere = N_("Forbi én som sto foran i køen"), N_("Forbi %(n)s som sto foran i køen")
    return str(gettext(en) if h.fra == "1" else gettext(flere) % {"n": h.fra})


def _beskjed(_h: Hendelse) -> tuple[str, str]:
    return gettext(N_("Familien har fått beskjed")), ""


_OM_PLASSEN: Mapping[str, str] = MappingProxyType(
    {
        "tilbudt": N_("Tilbudt plass med svarfrist"),
        "takket_ja": N_("Takket ja til plassen"),
        "takket_nei": N_("Takket nei til plassen"),
        "tilbud_utloept": N_("Svarfristen gikk ut"),
        "tilbud_trukket": N_("Tilbudet om plass ble trukket"),
        "angret": N_("Tildelingen ble angret"),
    }
)


def _om_plassen(h: Hendelse) -> tuple[str, str]:
    return gettext(_OM_PLASSEN[h.slag]), gettext(N_("Nummer %(nr)s")) % {"nr": h.til} if h.til else ""


def _flyttet(_h: Hendelse) -> tuple[str, str]:
    # Where and why is the receiving unit's own assessment; that it happened is told to both.
    return gettext(N_("Flyttet i køen")), ""


def _soesken(h: Hendelse) -> tuple[str, str]:
    if not h.til:  # taken out when the family had the content erased
        return gettext(N_("Ønsket om plass for søsken ble endret")), ""
    ja, nei = N_("Søsknene skal ha plass i samme tilbud"), N_("Søsknene kan ha plass i ulike tilbud")
    return gettext(ja if h.til == "ja" else nei), ""


_HENVISNING: Mapping[str, Callable[[Hendelse], tuple[str, str]]] = MappingProxyType(
    {
        "rettet": _rettet,
        "spurt": _spurt,
        "svart": _svart,
        "gitt": _gitt,
        "beskjed": _beskjed,
        "flyttet": _flyttet,
        "soesken": _soesken,
        **dict.fromkeys(_OM_PLASSEN, _om_plassen),
    }
)


def _hendelse(sak: Sak, h: Hendelse, mottaker: bool) -> tuple[str, str]:
    if h.slag == "status":
        return _status(sak, h, mottaker)
    vis = _HENVISNING.get(h.slag)
    tittel, tekst = vis(h) if vis else (h.slag, "")
    return tittel, ". ".join(d for d in (tekst, _forbi(h) if mottaker else "") if d)


def grunntekst(status: str | None, grunn: str | None, *, mottaker: bool = False) -> str:
    """The words of a reason; which list it is from follows from the status it led to.

    The sender's words unless told that the reader is the receiver.
    """
    if not grunn or status not in set(Status):
        return ""
    slag = GRUNNER.get(Status(status))
    if slag is Avslagsgrunn and grunn in set(Avslagsgrunn) and not mottaker:
        noeytral: str = gettext(Avslagsgrunn(grunn).for_henviser)
        return noeytral
    return _ord(slag, grunn) if slag else ""


def ledigtekster(tiltak: Sequence[Henvisbart], ledighet: Mapping[str, Ledighet]) -> dict[str, str]:
    """What is left of each measure that has a stock, in words."""
    kort, plass = N_("%(ledig)d av %(antall)d kort ledig"), N_("%(ledig)d av %(antall)d plasser ledig")
    return {
        t.id: gettext(kort if Mekanikk.KORT in t.slag else plass)
        % {"ledig": ledighet[t.id].ledig, "antall": ledighet[t.id].antall}
        for t in tiltak
        if t.id in ledighet
    }
