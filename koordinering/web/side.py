"""Template filters and what side.html needs on every page."""

import hashlib
from collections.abc import Collection, MutableMapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, has_request_context, request, url_for
from flask.templating import Environment
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined

from koordinering.access import can, rettighetene
from koordinering.db import OSLO
from koordinering.roles import Rettighet
from koordinering.sider import STOERRELSER, TELLES_TIL, Side, foran, valgt_stoerrelse
from koordinering.tekst import N_, Kode
from koordinering.users import User, kommune
from koordinering.web.feltmeldinger import blant_andre
from koordinering.web.huset import huset, me
from koordinering.web.kaker import Oktkaker
from koordinering.web.sprak import gettext, kodetekst

csrf = CSRFProtect()

_MENY: tuple[tuple[str, str, tuple[Rettighet, ...]], ...] = (
    (N_("Mine saker"), "saker.liste", (Rettighet.SAK_LES,)),
    (N_("Finn en sak"), "saker.finn", (Rettighet.SAK_LES,)),
    (N_("Registrer familie"), "tildeling.ny", (Rettighet.SAK_REGISTRER,)),
    (N_("Til enheten"), "tildeling.innboks", (Rettighet.HENVISNING_MOTTA,)),
    (N_("Fordel plasser"), "tildeling.fordel", (Rettighet.TILBUD_ENDRE,)),
    (N_("Kort"), "tildeling.kort", (Rettighet.TILDELING_GI, Rettighet.KORT_ENDRE)),
    (N_("Tilbud"), "tiltak.tilbudsliste", (Rettighet.TILBUD_LES,)),
    (N_("Besøk"), "moeteplass.besoek", (Rettighet.MOETEPLASS_FOER,)),
    (N_("Møteplasser"), "moeteplass.liste", (Rettighet.MOETEPLASS_LES, Rettighet.MOETEPLASS_ENDRE)),
    (N_("Klubbesøk"), "klubbesoek.liste", (Rettighet.KLUBBESOEK_FOER,)),
    (N_("Disken"), "utstyr.vis_disk", (Rettighet.UTSTYR_LAAN,)),
    (N_("Utlån"), "utstyr.utlaansliste", (Rettighet.UTSTYR_LAAN,)),
    (N_("Reservert"), "utstyr.reservasjoner", (Rettighet.UTSTYR_LAAN,)),
    (N_("Utstyr"), "utstyr.enheter", (Rettighet.UTSTYR_LAAN,)),
    (N_("Varetelling"), "utstyr.telling", (Rettighet.UTSTYR_ENDRE,)),
    (N_("Utlånstall"), "utstyr.tall", (Rettighet.UTSTYR_ENDRE,)),
    (N_("Operatører"), "utstyr.operatoerer", (Rettighet.UTSTYR_OPERATOER,)),
    (N_("Lag"), "lag.liste", (Rettighet.LAG_LES,)),
    (N_("Midler"), "midler.oversikt", (Rettighet.MIDLER_LES,)),
    (N_("Utbetalinger"), "midler.utbetalinger", (Rettighet.UTBETALING_GODKJENN,)),
    (N_("Tall"), "statistikk.katalog", (Rettighet.STATISTIKK_LES,)),
    (N_("Publiseringer"), "statistikk.publiseringer", (Rettighet.STATISTIKK_PUBLISERT_LES,)),
    (N_("Jobber"), "jobb.liste", (Rettighet.STATISTIKK_TELL,)),
    (N_("Innsynslogg"), "personvern.logg", (Rettighet.LOGG_LES,)),
    (N_("Krav fra familier"), "krav.liste", (Rettighet.KRAV_BEHANDLE,)),
    (N_("Samlet innsyn"), "krav.samlede", (Rettighet.KRAV_SAMLE,)),
    (N_("Svar på krav"), "krav.tilsyn", (Rettighet.KRAV_TILSYN,)),
    (N_("Papirer"), "papirer.liste", (Rettighet.PAPIRER_LES,)),
    (N_("Brukere"), "konto.brukere", (Rettighet.BRUKER_LES,)),
    (N_("Rettigheter"), "konto.rettigheter", (Rettighet.RETTIGHET_BEKREFT,)),
    (N_("Venter på rolle"), "oidc.ventende", (Rettighet.BRUKER_LES,)),
    (N_("Kommunens valg"), "konto.kommunen", (Rettighet.KOMMUNE_ENDRE,)),
    (N_("Driftsstatus"), "drift.oversikt", (Rettighet.DRIFT_LES,)),
    (N_("Hjemler"), "saker.hjemler", (Rettighet.HJEMMEL_ENDRE,)),
    (N_("Evaluering"), "evaluering.oversikt", (Rettighet.EVALUERING_STYR,)),
    (N_("Mine vurderinger"), "evaluering.mine", (Rettighet.VURDERING_SKRIV,)),
    (N_("Aktiviteter"), "aktiviteter.liste", (Rettighet.AKTIVITET_FOER,)),
    (N_("Planen"), "plan.matrise", (Rettighet.PLAN_LES,)),
)


@dataclass(frozen=True)
class Menypunkt:
    """One entry of the navigation."""

    tekst: str
    href: str
    aktiv: bool


@dataclass(frozen=True)
class Sidelenker:
    """Addresses of the neighbouring pages of a list, None where there is none."""

    forste: str | None
    forrige: str | None
    neste: str | None
    siste: str | None
    antall_tekst: str
    stoerrelser: tuple[tuple[int, str | None], ...]
    """Page sizes to choose between and where each leads; None for the one shown. Empty when one page holds all."""


def sidelenker(side: Side[Any]) -> Sidelenker:
    """Turn a page's keys into addresses that keep the filters."""

    if request.endpoint is None:
        raise RuntimeError("a list outside a page")
    # not by url_for: an address may have names in it that say something else to url_for
    filtre = urlencode([(navn, verdi) for navn, verdi in request.args.items(multi=True) if navn != "side"])
    sti, valgt = url_for(request.endpoint, **{**(request.view_args or {}), "side": None}), _stoerrelsen()
    rot, med_side = (f"{sti}?{filtre}", f"{sti}?{filtre}&side=") if filtre else (sti, f"{sti}?side=")

    def til(noekkel: str | None) -> str | None:
        """A key has no sign that an address writes otherwise (sider.py)."""
        if noekkel is None:
            return None
        return f"{med_side}{noekkel or valgt}" if noekkel or valgt else rot

    return Sidelenker(
        til(side.forste),
        til(side.forrige),
        til(side.neste),
        til(side.siste),
        antall_tekst(side.antall),
        tuple((s, til(foran(s)) if s != side.stoerrelse else None) for s in STOERRELSER)
        if side.antall > min(STOERRELSER)
        else (),
    )


_STORT_TALL = 7_177_000_000_000_000_000
"""Stands in an address for the number that is put in afterwards."""


def adressemal(endpoint: str, tall: str) -> str:
    """An address to put a number in (`adressemal("saker.vis", "sak_id") % sak.id`), for a link on each row of a list.

    url_for finds the route anew for each row, and comes to the same but for the number.
    """
    verdier: dict[str, Any] = {tall: _STORT_TALL}
    return url_for(endpoint, **verdier).replace("%", "%%").replace(str(_STORT_TALL), "%d")


def _stoerrelsen() -> str:
    """The page size in the address, as the address has it; empty when none is chosen."""
    noekkel = request.args["side"] if "side" in request.args else ""  # noqa: SIM401 - get() raises within, and catches
    return foran(valgt_stoerrelse(noekkel)[0]) if noekkel else ""


def _behold_stoerrelsen(endpoint: str, verdier: dict[str, Any]) -> None:
    """A link from a list to itself, such as a filter, keeps the page size that is chosen."""
    if not has_request_context() or request._get_current_object().endpoint != endpoint:  # type: ignore[attr-defined]
        return
    if valgt := _stoerrelsen():
        verdier.setdefault("side", valgt)


def antall_tekst(antall: int) -> str:
    """A count that is exact up to TELLES_TIL and says «over 1 000» beyond it."""
    return gettext(N_("over 1 000")) if antall > TELLES_TIL else str(antall)


def dato(verdi: date | datetime | None) -> str:
    """dd.mm.yyyy, as a day in Norway."""
    if verdi is None:
        return ""
    dag = verdi.astimezone(OSLO) if isinstance(verdi, datetime) else verdi
    return f"{dag.day:02d}.{dag.month:02d}.{dag.year}"


def tidspunkt(verdi: datetime | None) -> str:
    """dd.mm.yyyy kl. hh.mm, Norwegian time."""
    return verdi.astimezone(OSLO).strftime("%d.%m.%Y kl. %H.%M") if verdi else ""


def barna(barn: Collection[Any]) -> str:
    """How many children, and the years in which they were born, the eldest first: 2 (født 2012, 2015)."""
    return _barna(tuple(sorted([b.foedselsaar for b in barn])))


@lru_cache(maxsize=1024)
def _barna(foedselsaar: tuple[int, ...]) -> str:
    aar = ", ".join(map(str, foedselsaar))
    return f"{len(foedselsaar)} ({gettext(N_('født %(aar)s')) % {'aar': aar}})"


def kroner(oere: int) -> str:
    """Øre as kroner on screen: 1 250 kr, 99,50 kr."""
    hele, rest = divmod(oere, 100)
    tekst = f"{hele:,}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{tekst}{f',{rest:02d}' if rest else ''}\N{NO-BREAK SPACE}kr"


def tall(verdi: float) -> str:
    """A number as Norwegians write it: space between thousands, comma for decimals."""
    hel = verdi == int(verdi)
    tekst = f"{int(verdi):,}".replace(",", "\N{NO-BREAK SPACE}") if hel else f"{verdi:g}".replace(".", ",")
    return tekst.replace("-", "\N{MINUS SIGN}")


def tekst(kode: Kode | None) -> str:
    """The label of a code, from the catalogue; nothing for none."""
    return kodetekst(kode) if kode is not None else ""


@lru_cache(maxsize=256)
def _menyen(rot: str, egne: frozenset[Rettighet]) -> tuple[tuple[str, Menypunkt], ...]:
    """The menu of who holds these rights, as it is for a page outside it; `rot` is where the application begins."""
    return tuple(
        (endpoint, Menypunkt(gettext(navn), url_for(endpoint, side=None), aktiv=False))
        for navn, endpoint, rettigheter in _MENY
        if not egne.isdisjoint(rettigheter)
    )


def _meny(user: User) -> list[Menypunkt]:
    naa = request.endpoint
    alle = _menyen(request.root_path, rettighetene(user))
    # the page's own address keeps the size that is chosen
    return [
        replace(punkt, href=url_for(endpoint), aktiv=True) if endpoint == naa else punkt for endpoint, punkt in alle
    ]


def _paa_hver_side() -> dict[str, Any]:
    felles: dict[str, Any] = {
        "miljoe": huset().config.miljoe.value,
        "meny": [],
        "bruker_navn": None,
        "bruker_rolle": None,
        "okt_sekunder": None,
        "okt_tomgang": int(huset().config.tomgang.total_seconds()),
        "personvern_href": url_for("papirer.familieside"),
        "can": lambda rett, objekt=None: can(me(), Rettighet(rett), objekt),
    }
    if current_user.is_authenticated:
        user = me()
        felles["meny"] = [] if user.passord_midlertidig or huset().usikret(user) else _meny(user)
        felles["bruker_navn"] = user.visningsnavn
        felles["bruker_rolle"] = ", ".join(
            dict.fromkeys(f"{gettext(r.rolle.tekst)}, {r.enhet.kortnavn}" for r in user.gjeldende)
        )
        felles["okt_sekunder"] = huset().okt_sekunder()
    return felles


def _statisk(sti: str) -> str:
    return f"/static/{huset().statisk_versjon}/{sti}"


def _meldeplikt_lenke() -> str | None:
    """The municipality's own page about the duty to report."""
    return kommune().meldeplikt_lenke


def statisk_versjon(mappe: Path) -> str:
    """A short hash of all static files: their addresses change when any of them does."""
    sum_ = hashlib.sha256()
    for fil in sorted(mappe.rglob("*")):
        if fil.is_file():
            sum_.update(fil.relative_to(mappe).as_posix().encode())
            sum_.update(fil.read_bytes())
    return sum_.hexdigest()[:12]


class Maler(Environment):
    """What every template knows is complete before the first is read."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dict, and not Jinja's chain of two: it is copied and compared for each import on each page."""
        return {**self.globals, **(d or {})}


def init_app(app: Flask) -> None:
    """Make templates strict and give them what every page needs."""
    app.session_interface = Oktkaker()
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(dato=dato, tidspunkt=tidspunkt, kroner=kroner, tall=tall)
    app.jinja_env.filters.update(tekst=tekst, antall_tekst=antall_tekst, barna=barna, blant_andre=blant_andre)
    app.jinja_env.globals.update(statisk=_statisk, adressemal=adressemal, sidelenker=sidelenker, TELLES_TIL=TELLES_TIL)
    app.jinja_env.globals.update(sidestoerrelsen=_stoerrelsen, meldeplikt_lenke=_meldeplikt_lenke)
    app.url_defaults(_behold_stoerrelsen)
    app.context_processor(_paa_hver_side)
    _menyen.cache_clear()
    _barna.cache_clear()
    csrf.init_app(app)
