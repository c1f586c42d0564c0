"""Puts the report together from what is approved and released: nothing is counted here."""

from collections.abc import Iterable, Sequence

from koordinering.access import require
from koordinering.db import i_dag
from koordinering.plan import queries as planen
from koordinering.plan.aktiviteter import queries as aktiviteter
from koordinering.plan.aktiviteter.rules import Aktivitetskrav
from koordinering.plan.bilder import kan_tegnes, velg
from koordinering.plan.evaluering import queries as evaluering
from koordinering.plan.evaluering.queries import Tiltaksstand
from koordinering.plan.evaluering.rules import Vurderingslinje
from koordinering.plan.rapport.rules import celler
from koordinering.plan.rapport.rules.aarstall import hovedserie
from koordinering.plan.rapport.rules.innhold import (
    Avsnitt,
    Bildedel,
    Kilde,
    Kravrad,
    Rapport,
    Strategidel,
    Tiltaksdel,
)
from koordinering.plan.rullering import queries as rullering
from koordinering.plan.serier import queries as serier
from koordinering.plan.serier.rules import Opphav, Serie
from koordinering.roles import Rettighet, Rolle
from koordinering.statistikk import services as statistikk
from koordinering.statistikk.disclosure import Tegn
from koordinering.statistikk.services import Aarsutgivelse
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak
from koordinering.users import Rolletildeling, User

_UKJENT = N_("Ikke oppgitt")
_SERIE_MINST = 2
"""Points that a picture must have: one number is read faster than it is seen."""
_OPPFYLT = N_("Oppfylt")
_MANGLER = N_("Mangler: %(deler)s")
_GAAR = N_("Ikke ferdig ennå")
_KRAV = N_("%(antall)s %(per)s")
_GRENSE = N_("Tall under %(terskel)s er skjult, og flere der de ellers kunne regnes ut.")
_VERSJON = N_("Versjon %(nr)s, gjelder fra %(dag)s")


def eier() -> User:
    """Whoever owns the installation, reading as a coordinator does; an account of nobody, and never stored."""
    user = User(brukernavn="", visningsnavn="")
    user.rolletildelinger = [Rolletildeling(rolle=Rolle.KOORDINATOR, enhet_id="", fra=i_dag())]
    user.laast = False
    return user


def sett_sammen(aar: int, *, av: User) -> Rapport:
    """The report of a year as it is today. A handful of queries, however large the plan is."""
    require(av, Rettighet.RAPPORT_LAG)
    alle = serier.serier(av, aar)
    kilder = statistikk.utgivelser_av(aar, av=av)
    hode = _hodet(av)
    return Rapport(
        aar=aar,
        tittel=hode["tittel"],
        kommune=hode["kommune"],
        periode=hode["periode"],
        vedtak=hode["vedtak"],
        planversjon=_versjonen(),
        laget=f"{i_dag():%d.%m.%Y}",
        delmaal=tuple(Avsnitt(d.navn, d.tekst) for d in planen.delmaal(av)),
        hovedtall=tuple(
            celler.tallrad(serie, aar) for serie in alle if serie.opphav is Opphav.TALT and not serie.tiltak
        ),
        strategier=_strategiene(av, aar, alle),
        krav=tuple(_kravrad(krav) for krav in aktiviteter.opptelling(av, aar)),
        definisjoner=celler.definisjoner(alle),
        skjult=_om_skjulte(kilder),
        tegn=tuple(Avsnitt(tegn.value, tegn.tekst) for tegn in Tegn),
        kilder=tuple(Kilde(k.nummer, k.aar, f"{k.publisert:%d.%m.%Y}", k.sha256) for k in kilder),
    )


def _hodet(av: User) -> dict[str, str]:
    plan = planen.plan(av)
    felt = ("tittel", "kommune", "periode", "vedtak")
    return {navn: str(getattr(plan, navn)) if plan is not None else "" for navn in felt}


def _versjonen() -> str:
    versjon = rullering.gjeldende()
    if versjon is None:
        return ""
    dag = f"{versjon.gjelder_fra:%d.%m.%Y}" if versjon.gjelder_fra else _UKJENT
    return _VERSJON % {"nr": versjon.nr, "dag": dag}


def _om_skjulte(kilder: Iterable[Aarsutgivelse]) -> tuple[str, ...]:
    ut = dict.fromkeys(_GRENSE % {"terskel": kilde.terskel} for kilde in kilder)
    for kilde in kilder:
        ut |= dict.fromkeys(kilde.forklaring)
    return tuple(ut)


# --- The matrix -------------------------------------------------------------------------------------------------


def _strategiene(av: User, aar: int, alle: Sequence[Serie]) -> tuple[Strategidel, ...]:
    etter_tiltak: dict[str, list[Serie]] = {}
    for serie in alle:
        for tiltak_id in serie.tiltak:
            etter_tiltak.setdefault(tiltak_id, []).append(serie)
    standen = {stand.tiltak.id: stand for stand in evaluering.stand(av, i_dag())}
    vurderinger = evaluering.vurderinger(av, aar)
    deler = []
    for rad in planen.matrise(av):
        tiltak = tuple(
            _tiltaksdel(t, aar, standen.get(t.id), vurderinger.get(t.id), etter_tiltak.get(t.id, []))
            for t in rad.tiltak
        )
        tall = tuple(celler.tallrad(serie, aar, hvilke) for serie, hvilke in _serier_i(rad.tiltak, etter_tiltak))
        bilder = _bildene(rad.strategi.id, rad.tiltak, aar, etter_tiltak)
        deler.append(Strategidel(rad.strategi.id, rad.strategi.tekst, tiltak, tall, bilder))
    return tuple(deler)


def _serier_i(tiltak: Iterable[Tiltak], etter_tiltak: dict[str, list[Serie]]) -> Iterable[tuple[Serie, str]]:
    """Each series of these measures once, with the measures that it tells of."""
    funnet: dict[str, tuple[Serie, list[str]]] = {}
    for en in tiltak:
        for serie in etter_tiltak.get(en.id, []):
            funnet.setdefault(serie.id, (serie, []))[1].append(en.id)
    return [(serie, ", ".join(ider)) for serie, ider in funnet.values()]


def _tiltaksdel(
    tiltak: Tiltak,
    aar: int,
    stand: Tiltaksstand | None,
    vurdering: Vurderingslinje | None,
    egne: Sequence[Serie],
) -> Tiltaksdel:
    hoved = [a.enhet for a in tiltak.ansvar if a.hovedansvar]
    godkjent = vurdering is not None and vurdering.godkjent is not None and vurdering.konklusjon is not None
    return Tiltaksdel(
        id=tiltak.id,
        navn=tiltak.navn,
        ansvar=tuple(a.enhet.navn for a in tiltak.ansvar),
        evalueres=tiltak.evalueres,
        vurdert=godkjent,
        konklusjon=vurdering.konklusjon.tekst if vurdering is not None and vurdering.konklusjon is not None else "",
        celle=celler.celle(
            aar,
            vurdering,
            stand.som_status if stand is not None else None,
            hoved[0].kortnavn if hoved else None,
            celler.hovedtall(hovedserie(egne, aar), aar),
            _tidligere(stand, aar),
        ),
    )


def _tidligere(stand: Tiltaksstand | None, aar: int) -> str:
    """The conclusion of the newest assessment before the year, in a word."""
    sist = stand.sist if stand is not None else None
    if sist is None or sist.konklusjon is None or sist.aar >= aar:
        return ""
    return f"{sist.aar}: {sist.konklusjon.tekst}."


def _bildene(
    strategi: str, tiltak: Iterable[Tiltak], aar: int, etter_tiltak: dict[str, list[Serie]]
) -> tuple[Bildedel, ...]:
    """One picture of each measure's leading series, where it has something to show; the same series once."""
    valgte: dict[str, Serie] = {}
    for en in tiltak:
        serie = hovedserie(etter_tiltak.get(en.id, []), aar)
        if serie is not None and len(serie.punkter) >= _SERIE_MINST and kan_tegnes(serie):
            valgte.setdefault(serie.id, serie)
    bilder = (velg(serie, merke=f"-{strategi}-{nr}") for nr, serie in enumerate(valgte.values()))
    return tuple(Bildedel(str(b.svg), b.tittel, b.beskrivelse) for b in bilder)


def _kravrad(krav: Aktivitetskrav) -> Kravrad:
    return Kravrad(
        tiltak=f"{krav.tiltak_id} {krav.tiltak}",
        hva=krav.slag.tekst,
        krav=_KRAV % {"antall": krav.krevd, "per": krav.per.tekst},
        antall=str(krav.funnet),
        mangler=_utfall(krav),
    )


def _utfall(krav: Aktivitetskrav) -> str:
    if krav.oppfylt:
        return _OPPFYLT
    mangler = krav.mangler(i_dag())
    return _MANGLER % {"deler": ", ".join(mangler)} if mangler else _GAAR
