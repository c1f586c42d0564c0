"""The new year over every kind: cards, places whose season is over, and money. Shown first, then done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from koordinering.access import require
from koordinering.db import db, i_dag
from koordinering.errors import DomainError, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Avslutningsgrunn, Part
from koordinering.tekst import N_
from koordinering.tildeling import queries
from koordinering.tildeling.queries import nyttaar as spoer
from koordinering.tildeling.rules import Tildelingstilstand
from koordinering.tildeling.services.aarsskifte import Aarsskifte, kan_stenges, nytt_kortaar, planlegg
from koordinering.tildeling.services.laas import laas
from koordinering.tildeling.services.tilbake import frigi
from koordinering.tildeling.services.tilby import slipp_tilbudet
from koordinering.tildeling.services.uten_innsyn import avslutt_uten_innsyn
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.kort.queries import maaneder_uten_tall as steder_uten_tall
from koordinering.tiltak.midler import queries as midlene
from koordinering.tiltak.midler import services as midler
from koordinering.tiltak.moeteplass.queries import maaneder_uten_tall as moeteplasser_uten_tall
from koordinering.users import User


@dataclass(frozen=True)
class Nyttaar:
    """What the routine would do now, and what somebody should see to before."""

    aar: int
    """The year to close."""
    neste: int
    kort: tuple[tuple[str, Aarsskifte], ...]
    """Each measure with cards, by its short name."""
    tilbud: int
    """Offers whose season is over and in which children still have places."""
    barn: int
    """Those places; their referrals end."""
    venter_svar: int
    """Places of such offers that wait for an answer; they are taken back."""
    midler_stenges: bool
    midler_bundet_oere: int
    """Bound and not yet paid; it can still be paid."""
    midler_aapnes: bool
    uavgjorte: int
    """Applications that nobody has decided: the year's money stays open as long as there are any."""
    steder_uten_tall: int
    """Months that the card's venues have not told of, all venues together."""
    moeteplasser_uten_tall: int
    for_tidlig: bool
    ukjent: bool
    """Long past, and there was never anything: nothing to close."""


def planlegg_aaret(aar: int, nye_kort: Mapping[str, int] = MappingProxyType({})) -> Nyttaar:
    """Work out what closing this year and opening the next would do. Changes nothing.

    `nye_kort`: cards of the next year, by measure; the others follow the year that closes. Raises UgyldigFelt.
    """
    kort = tuple((t.kortnavn or t.id, planlegg(t, aar, nye_kort.get(t.id))) for t in tiltaket.korttiltak())
    holder = spoer.holder_etter_sesongen(_siste_dag(aar))
    penger, uavgjorte = midlene.midleraar(aar), spoer.uavgjorte_soeknader(aar)
    return Nyttaar(
        aar=aar,
        neste=aar + 1,
        kort=kort,
        tilbud=len({tilbud_id for _, tilbud_id in holder}),
        barn=len(holder),
        venter_svar=len(spoer.tilbudt_etter_sesongen(_siste_dag(aar))),
        midler_stenges=penger is not None and penger.stengt is None and not uavgjorte,
        midler_bundet_oere=sum(b.bundet_oere for b in midlene.budsjettene(aar)),
        midler_aapnes=midlene.midleraar(aar + 1) is None,
        uavgjorte=uavgjorte,
        steder_uten_tall=steder_uten_tall(aar, _siste_maaned(aar)),
        moeteplasser_uten_tall=moeteplasser_uten_tall(aar, _siste_maaned(aar)),
        for_tidlig=not kan_stenges(aar),
        ukjent=penger is None and all(plan.ukjent for _, plan in kort) and aar < i_dag().year - 1,
    )


def _siste_dag(aar: int) -> date:
    """The last day of the year that is over."""
    return min(date(aar, 12, 31), i_dag() - timedelta(days=1))


def _siste_maaned(aar: int) -> date:
    """The last day of the year's last month that is over: the month that goes on is not missing yet."""
    return min(date(aar, 12, 31), i_dag().replace(day=1) - timedelta(days=1))


def skift_aar(aar: int, nye_kort: Mapping[str, int] = MappingProxyType({}), *, av: User | None) -> Nyttaar:
    """Close the year and open the next, and tell what was done. Doing it twice changes nothing more.

    `nye_kort` as for planlegg_aaret; `av` is None for the installation itself. Raises DomainError before December of
    the year, UgyldigFelt("aar", …) for a year long past with nothing in it.
    """
    if av is not None:
        require(av, Rettighet.AAR_AVSLUTT)
    if not kan_stenges(aar):
        raise DomainError(N_("Året kan ikke avsluttes før i desember."))
    plan = planlegg_aaret(aar, nye_kort)
    if plan.ukjent:
        raise UgyldigFelt("aar", N_("Det finnes ingenting å avslutte for dette året."))
    _skift_kort(aar, nye_kort, av)
    _avslutt_plasser(_siste_dag(aar), av)
    _skift_midler(plan, av)
    return plan


def _skift_kort(aar: int, nye_kort: Mapping[str, int], av: User | None) -> None:
    for tiltak in tiltaket.korttiltak():
        if not planlegg(tiltak, aar).ukjent:
            nytt_kortaar(tiltak, aar, nye_kort.get(tiltak.id), av=av)


def _avslutt_plasser(siste: date, av: User | None) -> None:
    """Nobody has a place in a season that is over: what has been in use is completed, the rest has expired."""
    for henvisning_id in spoer.tilbudt_etter_sesongen(siste):
        henvisning = db.session.get_one(Henvisning, henvisning_id)
        laas(henvisning)
        slipp_tilbudet(henvisning, part=Part.SYSTEM, av=av)
    for henvisning_id, tilbud_id in spoer.holder_etter_sesongen(siste):
        _avslutt_plass(db.session.get_one(Henvisning, henvisning_id), tilbud_id, av)


def _avslutt_plass(henvisning: Henvisning, tilbud_id: int, av: User | None) -> None:
    laas(henvisning)
    tildeling = queries.aapen_tildeling(henvisning)
    tilbud = queries.tilbud_til(tildeling) if tildeling is not None else None
    if tildeling is None or tilbud is None or tilbud.id != tilbud_id:
        return  # ended, or given something else, while we waited for it
    i_bruk = tildeling.tilstand is Tildelingstilstand.STARTET
    frigi(henvisning, Tildelingstilstand.AVSLUTTET, av=av)
    grunn = Avslutningsgrunn.FULLFOERT if i_bruk else Avslutningsgrunn.UTLOEPT
    avslutt_uten_innsyn(henvisning, grunn, part=Part.SYSTEM, av=av)


def _skift_midler(plan: Nyttaar, av: User | None) -> None:
    gammelt = midlene.midleraar(plan.aar)
    midler.opprett_aar(plan.neste, av=av)
    if gammelt is not None and plan.midler_stenges:
        midler.steng_aar(gammelt, av=av)
