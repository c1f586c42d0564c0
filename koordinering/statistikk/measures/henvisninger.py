"""Questions about referrals: what was asked for, what came of it, and how long it took."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from koordinering.db import OSLO
from koordinering.saker.rules.overganger import (
    Avslagsgrunn,
    Avslutningsgrunn,
    PaaVentGrunn,
    Status,
    Videresendingsgrunn,
)
from koordinering.statistikk.disclosure import Kategori, Noekkel
from koordinering.statistikk.measures import klasser
from koordinering.statistikk.measures.barn import ikke_begynt, kvartal
from koordinering.statistikk.measures.grunnlag import Grunnlag
from koordinering.statistikk.measures.klasser import ANNET, GITT, IKKE_GITT, VENTELISTE, slag_av
from koordinering.statistikk.measures.lesing import Henvist
from koordinering.statistikk.measures.rutenett import Enheter, Personer, rekke
from koordinering.statistikk.measures.spoersmaal import Delt, Sammenheng, Spoersmaal
from koordinering.tiltak.rules import FORMIDLES, Mekanikk

ARRANGOERER = "arrangoerer"


def _utfall(g: Grunnlag, h: Henvist) -> str:
    if h.id in g.lest.gitt:
        return GITT
    return VENTELISTE if h.status == Status.VENTELISTE else ANNET


def _tiltak(g: Grunnlag) -> Delt:
    return Delt(klasser.tiltak(g.lest.tiltak), [h.tiltak for h in g.henvist])


def _slag(g: Grunnlag) -> Delt:
    av = {t.id: slag_av(t).value for t in g.lest.tiltak}
    return Delt(klasser.slag(g.lest.tiltak), [av[h.tiltak] for h in g.henvist])


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
    """Referrals by measure and outcome."""
    g = alt.grunnlag
    delt = Delt(klasser.UTFALL, [_utfall(g, h) for h in g.henvist])
    return Spoersmaal(g.henvisninger, (_tiltak(g), delt), _bare_vist_til(g, (GITT, VENTELISTE)))


def _status(g: Grunnlag, h: Henvist) -> str:
    utfall = _utfall(g, h)
    if utfall is VENTELISTE:
        return VENTELISTE
    kode = f"{'g' if utfall is GITT else 's'}_{h.status}"
    ellers = klasser.GITT_ELLERS if utfall is GITT else f"s_{Status.SENDT.value}"
    return kode if kode in _STATUSKODER else ellers


_STATUSKODER = frozenset(k.kode for k in klasser.STATUS)


def tiltak_status(alt: Sammenheng) -> Spoersmaal:
    """Referrals by kind of measure and where they stand."""
    g = alt.grunnlag
    delt = Delt(klasser.STATUS, [_status(g, h) for h in g.henvist])
    return Spoersmaal(g.henvisninger, (_slag(g), delt), _bare_vist_til(g, _koder(klasser.STATUS, GITT, VENTELISTE)))


def henvist_kvartal(alt: Sammenheng) -> Spoersmaal:
    """Referrals by quarter and kind of measure."""
    g = alt.grunnlag
    delt = Delt(klasser.KVARTAL, [kvartal(g.dag(h)) for h in g.henvist])
    return Spoersmaal(g.henvisninger, (delt, _slag(g)), ikke_begynt(alt))


def _avslag(h: Henvist) -> str:
    return klasser.med_grunn("a", h.grunn, Avslagsgrunn, Avslagsgrunn.ANNET)


def _er_avslaatt(g: Grunnlag, h: Henvist) -> bool:
    return h.status == Status.AVSLAATT and h.id not in g.lest.gitt


def avslag(alt: Sammenheng) -> Spoersmaal:
    """Refused referrals by reason."""
    g = alt.grunnlag
    av = [_avslag(h) if _er_avslaatt(g, h) else klasser.IKKE_AVSLAATT for h in g.henvist]
    return Spoersmaal(g.henvisninger, (Delt(klasser.AVSLAG, av),))


_VENTEGRUNNER = frozenset(PaaVentGrunn)


def _hindring(g: Grunnlag, h: Henvist) -> str:
    """The one hindrance that a referral counts under: the last to stop it comes first."""
    if _er_avslaatt(g, h):
        return _avslag(h)
    if h.status == Status.AVSLUTTET and h.grunn == Avslutningsgrunn.AVBRUTT:
        return klasser.AVBRUTT
    if h.videresendt_grunn is not None:
        return klasser.med_grunn("v", h.videresendt_grunn, Videresendingsgrunn, Videresendingsgrunn.ANNET)
    grunn = g.lest.ventegrunn.get(h.id)
    return f"p_{grunn}" if grunn in _VENTEGRUNNER else klasser.INGEN


def hindringer(alt: Sammenheng) -> Spoersmaal:
    """Referrals by what stood in the way."""
    g = alt.grunnlag
    return Spoersmaal(g.henvisninger, (Delt(klasser.HINDRING, [_hindring(g, h) for h in g.henvist]),))


def ventetid(alt: Sammenheng) -> Spoersmaal:
    """What was given, by kind of measure and days from sent to given."""
    g = alt.grunnlag

    def klasse(h: Henvist) -> str:
        gitt = g.lest.gitt.get(h.id)
        if gitt is None:
            return IKKE_GITT
        return klasser.ventedager("d", g.dag(h), gitt.naar.astimezone(OSLO).date())

    uten = _koder(klasser.VENTETID, GITT)
    return Spoersmaal(
        g.henvisninger, (_slag(g), Delt(klasser.VENTETID, map(klasse, g.henvist))), _bare_vist_til(g, uten)
    )


def venter_ved_aarets_slutt(alt: Sammenheng) -> Spoersmaal:
    """The year's referrals on the waiting list at its end, by kind of measure and days since they were sent."""
    g = alt.grunnlag
    dagen = g.lest.slutt.astimezone(OSLO).date()

    def klasse(h: Henvist) -> str:
        if _utfall(g, h) is not VENTELISTE:
            return "ikke_venteliste"
        return klasser.ventedager("w", g.dag(h), dagen)

    uten = _koder(klasser.VENTET, VENTELISTE)
    return Spoersmaal(g.henvisninger, (_slag(g), Delt(klasser.VENTET, map(klasse, g.henvist))), _bare_vist_til(g, uten))


def gitt(alt: Sammenheng) -> Spoersmaal:
    """What was given, by kind and measure."""
    g = alt.grunnlag
    delt = Delt(klasser.tiltak_under_slag(g.lest.tiltak), [h.tiltak for h in g.henvist])
    av = Delt(klasser.GITT_ELLER_IKKE, [GITT if h.id in g.lest.gitt else IKKE_GITT for h in g.henvist])
    return Spoersmaal(g.henvisninger, (delt, av), _bare_vist_til(g, (GITT,)))


def aktivitet(alt: Sammenheng) -> Spoersmaal:
    """Places given or paid for, by type of activity, with the clubs that the children came to."""
    g = alt.grunnlag
    slag = Delt(_FRIPLASS_ELLER_IKKE, [_friplass(kode) for kode in _slag(g).klasser])
    aktiviteter = {k.kode for k in klasser.AKTIVITET if k.forelder == GITT} - {klasser.UTEN_AKTIVITET}

    def klasse(h: Henvist) -> str:
        faatt = g.lest.gitt.get(h.id)
        if faatt is None:
            return IKKE_GITT
        if faatt.aktivitet:
            return f"akt_{faatt.aktivitet}"
        return klasser.BETALT_PLASS if faatt.betalt else klasser.UTEN_AKTIVITET

    return Spoersmaal(
        _med_arrangoerer(g),
        (slag, Delt(klasser.AKTIVITET, map(klasse, g.henvist))),
        lambda noekkel: noekkel[0] == IKKE_FRIPLASS and noekkel[1] in aktiviteter,
    )


IKKE_FRIPLASS = "ikke_friplass"
_FRIPLASS_ELLER_IKKE = (
    Kategori(Mekanikk.FRIPLASS.value, Mekanikk.FRIPLASS.tekst),
    Kategori(IKKE_FRIPLASS, klasser.ANDRE_TILTAK),
)


def _friplass(slag: str) -> str:
    return slag if slag == Mekanikk.FRIPLASS else IKKE_FRIPLASS


def _med_arrangoerer(g: Grunnlag) -> Enheter:
    nummer: dict[str, int] = {}
    par = [
        (nr, nummer.setdefault(faatt.arrangoer, len(nummer)))
        for nr, h in enumerate(g.henvist)
        if (faatt := g.lest.gitt.get(h.id)) is not None and faatt.arrangoer
    ]
    enheter = g.henvisninger
    personer = Personer(rekke([nr for nr, _ in par]), rekke([klubb for _, klubb in par]))
    return replace(enheter, bak={**enheter.bak, ARRANGOERER: personer})


def fra_tidligere_aar(alt: Sammenheng) -> Spoersmaal:
    """Referrals of earlier years that were given something in this year, or waited at its end."""
    g = alt.tidligere
    delt = Delt(klasser.FRA_TIDLIGERE, [GITT if h.id in g.lest.gitt else VENTELISTE for h in g.henvist])
    return Spoersmaal(g.henvisninger, (_slag(g), delt), _bare_vist_til(g, (GITT, VENTELISTE)))
