"""The new year of the cards: one year is closed and the next is made, after showing what will happen."""

from dataclasses import dataclass

from sqlalchemy import select

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now
from koordinering.errors import DomainError, Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Avslutningsgrunn, Part
from koordinering.tekst import N_
from koordinering.tildeling import queries
from koordinering.tildeling.rules import Tildelingstilstand
from koordinering.tildeling.services.laas import laas
from koordinering.tildeling.services.tilbake import frigi
from koordinering.tildeling.services.uten_innsyn import avslutt_uten_innsyn
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak import services as beholdning
from koordinering.tiltak.models import Kortaar, Tiltak
from koordinering.tiltak.rules import MAKS_ANTALL, Kortenhet, Plasstilstand
from koordinering.users import User


@dataclass(frozen=True)
class Aarsskifte:
    """What the routine would do now."""

    tiltak_id: str
    """The measure whose cards they are."""
    aar: int
    """The year to close."""
    neste: int
    stenges: bool
    """False: it is closed already, or was never opened."""
    i_bruk: int
    """Cards out with families; their referrals end as expired."""
    ledige: int
    tapte: int
    nye: int
    """Cards that will be made for the next year; 0 when they are there already."""
    for_tidlig: bool
    """The year is still far from over."""
    ukjent: bool
    """Long past, and there were never any cards: nothing to close."""


def planlegg(tiltak: Tiltak, aar: int, antall: int | None = None) -> Aarsskifte:
    """Work out what closing this year and opening the next would do. Changes nothing.

    `antall`: cards of the next year; None: as many as this year, else what data/kort.yaml says. Raises UgyldigFelt.
    """
    if antall is not None and not 1 <= antall <= MAKS_ANTALL:
        raise UgyldigFelt("antall", N_("Skriv et antall fra 1 til 5000."))
    gammelt, nytt = tiltaket.kortaar(tiltak.id, aar), tiltaket.kortaar(tiltak.id, aar + 1)
    tall = tiltaket.tilstander([gammelt.beholdning_id])[gammelt.beholdning_id] if gammelt else {}
    return Aarsskifte(
        tiltak_id=tiltak.id,
        aar=aar,
        neste=aar + 1,
        stenges=gammelt is not None and gammelt.stengt is None,
        i_bruk=tall.get(Plasstilstand.OPPTATT, 0),
        ledige=tall.get(Plasstilstand.LEDIG, 0),
        tapte=tall.get(Plasstilstand.TAPT, 0),
        nye=0 if nytt is not None else antall or _antall(gammelt),
        for_tidlig=not kan_stenges(aar),
        ukjent=gammelt is None and aar < i_dag().year - 1,
    )


def _antall(gammelt: Kortaar | None) -> int:
    return gammelt.beholdning.antall if gammelt is not None else beholdning.standard_kort()


def kan_stenges(aar: int) -> bool:
    """From December of the year itself: the cards are valid to 31 December."""
    dag = i_dag()
    return (dag.year, dag.month) >= (aar, 12)


def nytt_kortaar(tiltak: Tiltak, aar: int, antall: int | None = None, *, av: User | None) -> Aarsskifte:
    """Close the year's cards and make the next year's, and tell what was done. Doing it twice changes nothing more.

    `antall` as for planlegg; `av` is None for the installation itself.
    Raises DomainError before December of the year, UgyldigFelt("aar", …) for a year long past without cards.
    """
    if av is not None:
        require(av, Rettighet.KORT_ENDRE)
    if not kan_stenges(aar):
        raise DomainError(N_("Året kan ikke avsluttes før i desember."))
    plan = planlegg(tiltak, aar, antall)
    if plan.ukjent:
        raise UgyldigFelt("aar", N_("Det finnes ingen kort for dette året."))
    gammelt = tiltaket.kortaar(tiltak.id, aar)
    if gammelt is not None:
        _steng(gammelt, av)
    per, tak = (gammelt.per, gammelt.tak) if gammelt is not None else (Kortenhet.FAMILIE, 1)
    beholdning.opprett_kortaar(tiltak, aar + 1, antall=antall or _antall(gammelt), per=per, tak=tak, av=av)
    return plan


def _steng(kortaar: Kortaar, av: User | None) -> None:
    """No more cards from this year; those that are out expire. A closed year is left as it is."""
    db.session.execute(select(Kortaar.id).where(Kortaar.id == kortaar.id).with_for_update())
    db.session.refresh(kortaar, ["stengt"])
    if kortaar.stengt is not None:
        return
    kortaar.stengt = now()
    db.session.flush()
    beholdning.ta_ut_ledige(kortaar.beholdning_id)
    for henvisning_id in queries.aapne_i_beholdning(kortaar.beholdning_id):
        _utloep(db.session.get_one(Henvisning, henvisning_id), av)
    # A card that was given back by somebody else while we waited for its referral has come free again.
    beholdning.ta_ut_ledige(kortaar.beholdning_id)
    gjelder = Ting("kortaar", kortaar.id)
    audit.record(Hva.KORT_AVSLUTTET, av=av, gjelder=gjelder, detalj=str(kortaar.aar))


def _utloep(henvisning: Henvisning, av: User | None) -> None:
    laas(henvisning)
    try:
        tildeling = frigi(henvisning, Tildelingstilstand.AVSLUTTET, til=Plasstilstand.STENGT, av=av)
    except Endret:
        return
    if tildeling is not None:
        avslutt_uten_innsyn(henvisning, Avslutningsgrunn.UTLOEPT, part=Part.SYSTEM, av=av)
