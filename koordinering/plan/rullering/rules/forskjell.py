"""What differs between two plans: part by part and field by field, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koordinering.plan.rules.planfil import Planfil
from koordinering.plan.rullering.rules import HODET, Hendelse, Merke, Plandel
from koordinering.tekst import N_, Kode

FELT: Mapping[Plandel, Mapping[str, str]] = {
    Plandel.HODE: {
        "tittel": N_("Tittel"),
        "kommune": N_("Kommune"),
        "kommunenummer": N_("Kommunenummer"),
        "periode": N_("Periode"),
        "vedtak": N_("Vedtak"),
        "merknad": N_("Merknad"),
    },
    Plandel.DELMAAL: {"navn": N_("Navn"), "tekst": N_("Tekst")},
    Plandel.STRATEGI: {"hovedstrategi": N_("Hovedstrategi"), "tekst": N_("Tekst")},
    Plandel.TILTAK: {
        "strategi": N_("Strategi"),
        "navn": N_("Navn"),
        "kortnavn": N_("Kort navn"),
        "maalgruppe": N_("Målgruppe"),
        "merknad": N_("Merknad"),
        "usikker": N_("Usikker plassering"),
        "ansvar": N_("Ansvar"),
        "ansvar_tekst": N_("Ansvar slik det er skrevet"),
        "evalueres": N_("Evalueres"),
        "kadens": N_("Hvor ofte"),
        "frist": N_("Frist"),
        "rapporteres_til": N_("Rapporteres til"),
        "mekanikker": N_("Slik gis tiltaket"),
        "mottaker": N_("Behandler henvisninger"),
        "enkeltvedtak": N_("Enkeltvedtak"),
    },
    Plandel.INDIKATOR: {
        "navn": N_("Navn"),
        "slag": N_("Slags tall"),
        "verdi": N_("Tall"),
        "tekst": N_("Tekst i stedet for tall"),
        "enhet": N_("Måleenhet"),
        "aar": N_("År"),
        "periode": N_("Periode"),
        "omraade": N_("Område"),
        "gruppe": N_("Gruppe"),
        "kilde": N_("Kilde"),
        "brudd": N_("Brudd"),
        "brudd_mot": N_("Kan ikke sammenlignes med"),
        "brudd_grunn": N_("Hvorfor brudd"),
        "avsluttet": N_("Føres ikke videre"),
        "avsluttet_grunn": N_("Hvorfor den ikke føres videre"),
        "tiltak": N_("Gjelder tiltak"),
    },
    Plandel.ENHET: {
        "navn": N_("Navn"),
        "kortnavn": N_("Kort navn"),
        "henviser": N_("Henviser familier"),
        "helse": N_("Helsepersonell"),
    },
}
"""The fields of each part and what they are called on screen; every field that a plan can differ in stands here."""

REKKEFOELGE = "rekkefoelge"
_ORDEN = N_("Rekkefølge")
_MERKER = {Hendelse.NY: Merke.NY, Hendelse.ENDRET: Merke.ENDRES, Hendelse.FJERNET: Merke.AVSLUTTES}
_DELER = (Plandel.DELMAAL, Plandel.STRATEGI, Plandel.TILTAK, Plandel.INDIKATOR, Plandel.ENHET)


@dataclass(frozen=True)
class Feltendring:
    """One field, before and after, in words; None is nothing."""

    felt: str
    navn: str
    fra: str | None
    til: str | None


@dataclass(frozen=True)
class Endring:
    """What happened to one part."""

    slag: Plandel
    id: str
    navn: str
    """What it is called in the newer plan, or in the older one where it was taken out."""
    hva: Hendelse
    felter: tuple[Feltendring, ...] = ()

    @property
    def noekkel(self) -> str:
        """The key of the reason for it."""
        return f"{self.slag.value}:{self.id}"

    @property
    def merke(self) -> Merke | None:
        """What the newer plan does with a measure."""
        return _MERKER[self.hva] if self.slag is Plandel.TILTAK else None


def deler(fil: Planfil, slag: Plandel) -> Sequence[Any]:
    """The plan's parts of one kind, in its order."""
    return {
        Plandel.HODE: (fil.hode,),
        Plandel.DELMAAL: fil.delmaal,
        Plandel.STRATEGI: fil.strategier,
        Plandel.TILTAK: fil.tiltak,
        Plandel.INDIKATOR: fil.indikatorer,
        Plandel.ENHET: fil.enheter,
    }[slag]


def finn(fil: Planfil, slag: Plandel, del_id: str) -> Any | None:
    """One part, or None."""
    if slag is Plandel.HODE:
        return fil.hode if del_id == HODET else None
    return next((en for en in deler(fil, slag) if en.id == del_id), None)


def kalles(slag: Plandel, en: Any) -> str:
    """What a part is called in a list."""
    if slag is Plandel.HODE:
        return str(en.tittel)
    if slag is Plandel.STRATEGI:
        return f"{en.id} {en.tekst}"
    if slag is Plandel.TILTAK:
        return f"{en.id} {en.kortnavn}"
    if slag is Plandel.INDIKATOR:
        return " ".join(str(ledd) for ledd in (en.navn, en.aar or en.periode) if ledd)
    return str(en.navn)


def enhetsnavn(*filer: Planfil) -> dict[str, str]:
    """Short names of the units that these plans name."""
    return {enhet.id: enhet.kortnavn for fil in filer for enhet in fil.enheter}


def i_ord(felt: str, verdi: Any, navn: Mapping[str, str]) -> str | None:
    """A field's value as it is read; None where there is none. `navn`: short names of units."""
    if verdi is None or verdi in ("", ()):
        return None
    if felt == "ansvar":
        return _ansvar(verdi, navn)
    if felt == "mottaker":
        return navn.get(verdi, str(verdi))
    if isinstance(verdi, bool):
        return N_("Ja") if verdi else N_("Nei")
    return _vanlig(verdi)


def _vanlig(verdi: Any) -> str:
    if isinstance(verdi, Kode):
        return verdi.tekst
    if isinstance(verdi, tuple):
        return ", ".join(sorted(_vanlig(en) for en in verdi))
    if isinstance(verdi, float):
        return f"{verdi:.10g}".replace(".", ",")
    return str(verdi)


def _ansvar(ansvar: Iterable[tuple[str, bool]], navn: Mapping[str, str]) -> str:
    hoved = [navn.get(enhet, enhet) for enhet, er_hoved in ansvar if er_hoved]
    med = [navn.get(enhet, enhet) for enhet, er_hoved in ansvar if not er_hoved]
    ledd = [", ".join(hoved) or N_("Ingen har hovedansvar")]
    return "; ".join([*ledd, *([f"samarbeid: {', '.join(med)}"] if med else [])])


def feltene(slag: Plandel, fra: Any, til: Any, navn: Mapping[str, str]) -> tuple[Feltendring, ...]:
    """The fields in which two editions of a part differ."""
    return tuple(
        Feltendring(felt, navnet, i_ord(felt, getattr(fra, felt), navn), i_ord(felt, getattr(til, felt), navn))
        for felt, navnet in FELT[slag].items()
        if _ulik(felt, getattr(fra, felt), getattr(til, felt))
    )


def _ulik(felt: str, fra: Any, til: Any) -> bool:
    """The mechanisms of a measure, and the measures of an indicator, have no order of their own."""
    if felt in {"mekanikker", "tiltak"}:
        return set(fra) != set(til)
    return bool(fra != til)


def forskjell(fra: Planfil, til: Planfil, navn: Mapping[str, str]) -> tuple[Endring, ...]:
    """Everything that differs, in the plan's order. `navn`: short names of units that stand in neither plan."""
    navn = {**navn, **enhetsnavn(fra, til)}
    ut = []
    hodet = feltene(Plandel.HODE, fra.hode, til.hode, navn)
    if hodet:
        ut.append(Endring(Plandel.HODE, HODET, til.hode.tittel, Hendelse.ENDRET, hodet))
    for slag in _DELER:
        ut += _delene(slag, {en.id: en for en in deler(fra, slag)}, {en.id: en for en in deler(til, slag)}, navn)
    return tuple(ut)


def _delene(slag: Plandel, gamle: Mapping[str, Any], nye: Mapping[str, Any], navn: Mapping[str, str]) -> list[Endring]:
    ut = [Endring(slag, en.id, kalles(slag, en), Hendelse.FJERNET) for id_, en in gamle.items() if id_ not in nye]
    flyttet = _flyttet(gamle, nye)
    for id_, en in nye.items():
        if id_ not in gamle:
            ut.append(Endring(slag, id_, kalles(slag, en), Hendelse.NY))
            continue
        felter = feltene(slag, gamle[id_], en, navn)
        if id_ in flyttet:
            felter = (*felter, Feltendring(REKKEFOELGE, _ORDEN, *flyttet[id_]))
        if felter:
            ut.append(Endring(slag, id_, kalles(slag, en), Hendelse.ENDRET, felter))
    return ut


def _flyttet(gamle: Mapping[str, Any], nye: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Parts that stand after another one than before, of those that both plans have."""
    foer, naa = ([id_ for id_ in en if id_ in annen] for en, annen in ((gamle, nye), (nye, gamle)))
    if foer == naa:
        return {}
    etter_foer, etter_naa = (dict(zip(rekke, [None, *rekke], strict=False)) for rekke in (foer, naa))
    return {id_: (_etter(etter_foer[id_]), _etter(etter_naa[id_])) for id_ in naa if etter_foer[id_] != etter_naa[id_]}


def _etter(id_: str | None) -> str:
    return N_("Først") if id_ is None else f"Etter {id_}"


def merker(endringer: Iterable[Endring], til: Planfil) -> dict[str, Merke]:
    """What the newer plan does with each measure, also with those that it has no more."""
    ut = {en.id: Merke.VIDEREFOERES for en in til.tiltak}
    return ut | {en.id: en.merke for en in endringer if en.merke is not None}
