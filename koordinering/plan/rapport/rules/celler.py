"""What stands in the report's cells: an assessment, or what is missing and whose turn it is; and a row of figures."""

from collections.abc import Iterable, Sequence

from koordinering.plan.evaluering.rules import FELTENE, Evalueringsstatus, Vurderingslinje, Vurderingsstatus
from koordinering.plan.rapport.rules.aarstall import Aarstall, aarstall, tidligere
from koordinering.plan.rapport.rules.innhold import Avsnitt, Tallrad
from koordinering.plan.serier.rules import Punkt, Serie
from koordinering.plan.serier.visning import endringstekst, periodetekst, verditekst
from koordinering.statistikk.disclosure import Tegn
from koordinering.tekst import N_

KONKLUSJON = N_("Konklusjon")
MANGLER = N_("Mangler")
TALL = N_("Tall")
TIDLIGERE = N_("Tidligere")
INGEN = "–"
_KOORDINATOREN = N_("Koordinatoren")

_VENTER = {
    Vurderingsstatus.UTKAST: N_("Vurderingen er begynt og ikke sendt. Tur: %(tur)s."),
    Vurderingsstatus.RETURNERT: N_("Vurderingen er sendt tilbake til enheten. Tur: %(tur)s."),
    Vurderingsstatus.SENDT: N_("Vurderingen er sendt og ikke godkjent. Tur: %(tur)s."),
}
_INGEN_VURDERING = N_("Vurderingen er ikke skrevet. Tur: %(tur)s.")
_IKKE_FOR_AARET = N_("Skulle ikke vurderes for %(aar)s. Neste dato er %(dato)s. Tur: %(tur)s.")
_UTEN_DATO = N_("Har ingen dato for vurdering nå. Tur: %(tur)s.")


def celle(
    aar: int,
    vurdering: Vurderingslinje | None,
    status: Evalueringsstatus | None,
    hovedansvar: str | None,
    hovedtall: str,
    tidligere: str = "",
) -> tuple[Avsnitt, ...]:
    """The last column of the matrix. Never empty.

    `hovedansvar`: the short name of the unit that answers; `hovedtall`: the leading figure in words, or nothing.
    """
    if vurdering is not None and vurdering.status is Vurderingsstatus.GODKJENT:
        deler = _vurdert(vurdering)
    else:
        deler = [Avsnitt(MANGLER, _mangler(aar, vurdering, status, hovedansvar))]
        if tidligere:
            deler.append(Avsnitt(TIDLIGERE, tidligere))
    return (*deler, *([Avsnitt(TALL, hovedtall)] if hovedtall else []))


def _vurdert(v: Vurderingslinje) -> list[Avsnitt]:
    konklusjon = [Avsnitt(KONKLUSJON, f"{v.konklusjon.tekst}.")] if v.konklusjon is not None else []
    return konklusjon + [Avsnitt(navn, tekst) for felt, navn in FELTENE.items() if (tekst := getattr(v, felt))]


def _mangler(
    aar: int, vurdering: Vurderingslinje | None, status: Evalueringsstatus | None, hovedansvar: str | None
) -> str:
    enhet = hovedansvar or _KOORDINATOREN
    if vurdering is not None:
        hos_enheten = vurdering.status is not Vurderingsstatus.SENDT
        return _VENTER[vurdering.status] % {"tur": vurdering.enhet if hos_enheten else _KOORDINATOREN}
    if status is None or status.neste is None:
        return _UTEN_DATO % {"tur": enhet}
    if status.neste.year > aar + 1:
        return _IKKE_FOR_AARET % {"aar": aar, "dato": f"{status.neste:%d.%m.%Y}", "tur": enhet}
    return _INGEN_VURDERING % {"tur": enhet}


# --- Figures ----------------------------------------------------------------------------------------------------

_SISTE = N_("Siste tall er for %(naar)s: %(tall)s.")
_IKKE_RAPPORTERT = N_("Ikke rapportert.")
_BRUDD = N_("Kan ikke sammenlignes med året før. %(grunn)s")
_GJELDER = N_("Tallet er for %(naar)s.")
_SKJULT = N_("Tallet er skjult.")
_I_PLANEN = N_("Planen sier %(tall)s (%(naar)s).")
_UTEN_AARSTALL = N_("Planen sier %(tall)s, uten årstall.")


def tallrad(serie: Serie, aar: int, tiltak_id: str = "") -> Tallrad:
    """A row of figures."""
    tall = aarstall(serie, aar)
    return Tallrad(
        tiltak=tiltak_id,
        hva=_navn(serie),
        enhet=serie.enhet,
        naa=_verdi(serie, tall.naa),
        fjor=_verdi(serie, tall.fjor),
        endring=endringstekst(serie, tall.endring),
        tidligere=", ".join(f"{p.periode}: {_verdi(serie, p)}" for p in tidligere(tall)),
        merknad=" ".join(_merknader(tall)),
    )


def _navn(serie: Serie) -> str:
    hvor = ", ".join(del_ for del_ in (serie.omraade, serie.gruppe) if del_)
    return f"{serie.navn} ({hvor})" if hvor else serie.navn


def _verdi(serie: Serie, punkt: Punkt | None) -> str:
    return INGEN if punkt is None else verditekst(serie, punkt)


def _merknader(tall: Aarstall) -> Iterable[str]:
    if tall.naa is None:
        yield _sist(tall)
    elif tall.naa.periode != str(tall.aar):
        yield _GJELDER % {"naar": periodetekst(tall.naa.periode)}
    if tall.brudd is not None:
        yield (_BRUDD % {"grunn": tall.brudd}).strip()
    if any(p is not None and p.tegn == Tegn.SKJULT.value for p in (tall.naa, tall.fjor)):
        yield _SKJULT


def _sist(tall: Aarstall) -> str:
    punkt = tall.siste or (tall.serie.punkter[-1] if tall.serie.punkter else None)
    if punkt is None:
        return _IKKE_RAPPORTERT
    if punkt.tid is None and punkt.fra_planen:
        form = _I_PLANEN if any(tegn.isdigit() for tegn in punkt.periode) else _UTEN_AARSTALL
        return form % {"tall": verditekst(tall.serie, punkt), "naar": punkt.periode}
    return _SISTE % {"naar": periodetekst(punkt.periode), "tall": verditekst(tall.serie, punkt)}


_SKJULT_I_AARET = N_("%(hva)s: tallet for %(naar)s er skjult.")
_I_AARET = N_("%(hva)s: %(naa)s i %(naar)s.")
_MED_FJOR = N_("%(hva)s: %(naa)s i %(naar)s, %(fjor)s året før (%(endring)s).")


def hovedtall(serie: Serie | None, aar: int) -> str:
    """The leading figure of a measure in a sentence; nothing where the year has none."""
    if serie is None:
        return ""
    tall = aarstall(serie, aar)
    if tall.naa is None:
        return ""
    felles = {
        "hva": serie.navn.partition(":")[0],
        "naa": _verdi(serie, tall.naa),
        "naar": periodetekst(tall.naa.periode),
    }
    if tall.naa.tegn is not None:
        return _SKJULT_I_AARET % felles
    endret = endringstekst(serie, tall.endring)
    if tall.fjor is None or not endret:
        return _I_AARET % felles
    return _MED_FJOR % {**felles, "fjor": _verdi(serie, tall.fjor), "endring": endret}


def definisjoner(serier: Sequence[Serie]) -> tuple[Avsnitt, ...]:
    """How each figure is counted, once: what is counted in the same way stands together."""
    etter_tekst: dict[str, list[str]] = {}
    for serie in serier:
        if serie.telledefinisjon:
            navn = serie.navn.partition(":")[0]
            har = etter_tekst.setdefault(serie.telledefinisjon, [])
            if navn not in har:
                har.append(navn)
    return tuple(Avsnitt(", ".join(navn), tekst) for tekst, navn in etter_tekst.items())
