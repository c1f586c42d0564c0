"""Questions about referrals: what was asked for, what came of it, and how long it took."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from koordinering.saker.rules.overganger import (
    Avslagsgrunn,
    Avslutningsgrunn,
    PaaVentGrunn,
    Status,
    Videresendingsgrunn,
    mulige,
)
from koordinering.statistikk.disclosure import Kategori, Noekkel
from koordinering.statistikk.measures import klasser
from koordinering.statistikk.measures.barn import ikke_begynt
from koordinering.statistikk.measures.grunnlag import Grunnlag
from koordinering.statistikk.measures.klasser import ANNET, GITT, IKKE_GITT, VENTELISTE, slag_av
from koordinering.statistikk.measures.kolonner import rekke
from koordinering.statistikk.measures.lest import Kjennetegn
from koordinering.statistikk.measures.rutenett import Delt, Enheter, Personer, plasser
from koordinering.statistikk.measures.spoersmaal import Sammenheng, Spoersmaal
from koordinering.tiltak.rules import FORMIDLES, Mekanikk

ARRANGOERER = "arrangoerer"


def _utfall(k: Kjennetegn) -> str:
    if k.gitt:
        return GITT
    return VENTELISTE if k.status == Status.VENTELISTE else ANNET


def _tiltak(g: Grunnlag) -> Delt:
    return g.delt(klasser.tiltak_under_slag(g.lest.tiltak), lambda k: k.tiltak)


def _slag(g: Grunnlag) -> Delt:
    av = {t.id: slag_av(t).value for t in g.lest.tiltak}
    return g.delt(klasser.slag(g.lest.tiltak), lambda k: av[k.tiltak])


def _gis_ikke(g: Grunnlag) -> frozenset[str]:
    """Measures and kinds of which nothing is given: families are only shown the way."""
    tiltak = {t.id for t in g.lest.tiltak if not t.slag & FORMIDLES}
    return frozenset(tiltak | {slag.value for slag in Mekanikk if slag not in FORMIDLES})


def _bare_vist_til(g: Grunnlag, meningsloese: Iterable[str]) -> Callable[[Noekkel], bool]:
    """Cells of a table by measure (or kind) and outcome without meaning for what is never given."""
    uten, gis_ikke = frozenset(meningsloese), _gis_ikke(g)
    return lambda noekkel: noekkel[0] in gis_ikke and noekkel[1] in uten


def _koder(kategorier: Iterable[Kategori], *over: str) -> frozenset[str]:
    return frozenset(k.kode for k in kategorier if k.kode in over or k.forelder in over)


def tiltak(alt: Sammenheng) -> Spoersmaal:
    """Referrals by kind and measure, and outcome. The kinds stand here too: the tables by kind add up to them."""
    g = alt.grunnlag
    return Spoersmaal(
        g.henvisninger, (_tiltak(g), g.delt(klasser.UTFALL, _utfall)), _bare_vist_til(g, (GITT, VENTELISTE))
    )


def _status(k: Kjennetegn) -> str:
    utfall = _utfall(k)
    if utfall is VENTELISTE:
        return VENTELISTE
    kode = f"{'g' if utfall is GITT else 's'}_{k.status}"
    ellers = klasser.GITT_ELLERS if utfall is GITT else f"s_{Status.SENDT.value}"
    return kode if kode in _STATUSKODER else ellers


_STATUSKODER = frozenset(k.kode for k in klasser.STATUS)


def tiltak_status(alt: Sammenheng) -> Spoersmaal:
    """Referrals by kind of measure and where they stand."""
    g = alt.grunnlag
    gis_ikke, aldri = _bare_vist_til(g, _koder(klasser.STATUS, GITT, VENTELISTE)), _aldri_der(g)
    return Spoersmaal(
        g.henvisninger,
        (_slag(g), g.delt(klasser.STATUS, _status)),
        lambda noekkel: gis_ikke(noekkel) or aldri(noekkel),
    )


def _aldri_der(g: Grunnlag) -> Callable[[Noekkel], bool]:
    """Statuses that no measure of the kind leads to. Everybody can know it, so that such a nought hides nothing."""
    kan: dict[str, set[str]] = {}
    for t in g.lest.tiltak:
        der = mulige(har_mottaker=t.mottaker_id is not None, enkeltvedtak=t.enkeltvedtak)
        kan.setdefault(slag_av(t).value, set()).update(f"s_{status.value}" for status in der)
    statuser = {k.kode for k in klasser.STATUS if k.forelder == ANNET}
    return lambda noekkel: noekkel[1] in statuser and noekkel[1] not in kan.get(noekkel[0], statuser)


def henvist_kvartal(alt: Sammenheng) -> Spoersmaal:
    """Referrals by quarter and kind of measure."""
    g = alt.grunnlag
    return Spoersmaal(g.henvisninger, (Delt(klasser.KVARTAL, g.arter.kvartal), _slag(g)), ikke_begynt(alt))


def _avslag(k: Kjennetegn) -> str:
    return klasser.med_grunn("a", k.grunn, Avslagsgrunn, Avslagsgrunn.ANNET)


def _er_avslaatt(k: Kjennetegn) -> bool:
    return k.status == Status.AVSLAATT and not k.gitt


def avslag(alt: Sammenheng) -> Spoersmaal:
    """Refused referrals by reason."""
    g = alt.grunnlag
    grunn = g.delt(klasser.AVSLAG, lambda k: _avslag(k) if _er_avslaatt(k) else klasser.IKKE_AVSLAATT)
    return Spoersmaal(g.henvisninger, (grunn,))


_VENTEGRUNNER = frozenset(PaaVentGrunn)


def _hindring(k: Kjennetegn) -> str:
    """The one hindrance that a referral counts under: the last to stop it comes first."""
    if _er_avslaatt(k):
        return _avslag(k)
    if k.status == Status.AVSLUTTET and k.grunn == Avslutningsgrunn.AVBRUTT:
        return klasser.AVBRUTT
    if k.videresendt_grunn is not None:
        return klasser.med_grunn("v", k.videresendt_grunn, Videresendingsgrunn, Videresendingsgrunn.ANNET)
    return f"p_{k.ventegrunn}" if k.ventegrunn in _VENTEGRUNNER else klasser.INGEN


def hindringer(alt: Sammenheng) -> Spoersmaal:
    """Referrals by what stood in the way."""
    g = alt.grunnlag
    return Spoersmaal(g.henvisninger, (g.delt(klasser.HINDRING, _hindring),))


def ventetid(alt: Sammenheng) -> Spoersmaal:
    """What was given, by kind of measure and days from sent to given."""
    g = alt.grunnlag
    ventet = _ventet(g, klasser.VENTETID, "d", lambda k: k.gitt, IKKE_GITT)
    return Spoersmaal(g.henvisninger, (_slag(g), ventet), _bare_vist_til(g, _koder(klasser.VENTETID, GITT)))


def venter_ved_aarets_slutt(alt: Sammenheng) -> Spoersmaal:
    """The year's referrals on the waiting list at its end, by kind of measure and days since they were sent."""
    g = alt.grunnlag
    ventet = _ventet(g, klasser.VENTET, "w", lambda k: _utfall(k) is VENTELISTE, "ikke_venteliste")
    return Spoersmaal(g.henvisninger, (_slag(g), ventet), _bare_vist_til(g, _koder(klasser.VENTET, VENTELISTE)))


def _ventet(
    g: Grunnlag, kategorier: tuple[Kategori, ...], bokstav: str, hvem: Callable[[Kjennetegn], bool], ellers: str
) -> Delt:
    """By days of waiting, for those who did; `ellers` for the rest."""
    plass = plasser(kategorier)
    trinn = rekke([plass[kode] for kode in klasser.ventekoder(bokstav)])
    return Delt(kategorier, np.where(g.har(hvem)[g.arter.kjenn], trinn[g.arter.ventet], plass[ellers]))


def gitt(alt: Sammenheng) -> Spoersmaal:
    """What was given, by kind and measure."""
    g = alt.grunnlag
    om_gitt = g.delt(klasser.GITT_ELLER_IKKE, lambda k: GITT if k.gitt else IKKE_GITT)
    return Spoersmaal(g.henvisninger, (_tiltak(g), om_gitt), _bare_vist_til(g, (GITT,)))


def _aktivitet(k: Kjennetegn) -> str:
    if not k.gitt:
        return IKKE_GITT
    if k.aktivitet:
        return f"akt_{k.aktivitet}"
    return klasser.BETALT_PLASS if k.betalt else klasser.UTEN_AKTIVITET


def aktivitet(alt: Sammenheng) -> Spoersmaal:
    """Places given or paid for, by type of activity, with the clubs that the children came to."""
    g = alt.grunnlag
    friplass = {t.id for t in g.lest.tiltak if slag_av(t) is Mekanikk.FRIPLASS}
    slag = g.delt(_FRIPLASS_ELLER_IKKE, lambda k: Mekanikk.FRIPLASS.value if k.tiltak in friplass else IKKE_FRIPLASS)
    aktiviteter = {k.kode for k in klasser.AKTIVITET if k.forelder == GITT} - {klasser.UTEN_AKTIVITET}
    return Spoersmaal(
        _med_arrangoerer(g),
        (slag, g.delt(klasser.AKTIVITET, _aktivitet)),
        lambda noekkel: noekkel[0] == IKKE_FRIPLASS and noekkel[1] in aktiviteter,
    )


IKKE_FRIPLASS = "ikke_friplass"
_FRIPLASS_ELLER_IKKE = (
    Kategori(Mekanikk.FRIPLASS.value, Mekanikk.FRIPLASS.tekst),
    Kategori(IKKE_FRIPLASS, klasser.ANDRE_TILTAK),
)


def _med_arrangoerer(g: Grunnlag) -> Enheter:
    enheter = g.henvisninger
    hos = np.flatnonzero(g.henvist.arrangoer >= 0)
    return replace(enheter, bak={**enheter.bak, ARRANGOERER: Personer(hos, g.henvist.arrangoer[hos])})


def fra_tidligere_aar(alt: Sammenheng) -> Spoersmaal:
    """Referrals of earlier years that were given something in this year, or waited at its end."""
    g = alt.tidligere
    utfall = g.delt(klasser.FRA_TIDLIGERE, lambda k: GITT if k.gitt else VENTELISTE)
    return Spoersmaal(g.henvisninger, (_slag(g), utfall), _bare_vist_til(g, (GITT, VENTELISTE)))
