"""Writes a plan into the tables that everything else reads, and keeps it as the version in force."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from koordinering.db import db, i_dag, now
from koordinering.plan.models import Delmaal, Indikator, IndikatorTiltak, Plan
from koordinering.plan.rules.planfil import Enhetslinje, Indikatorlinje, Planfil, Tiltakslinje
from koordinering.plan.rullering.models import Planversjon
from koordinering.plan.rullering.queries import gjeldende
from koordinering.plan.rullering.rules import Versjonskilde, Versjonsstatus
from koordinering.plan.rullering.rules.dokument import sjekksum, til_innhold
from koordinering.tiltak.models import Strategi, Tiltak, TiltakAnsvar, TiltakMekanikk
from koordinering.users import Enhet, User

_FOERSTE_EKSTRA = 1000
"""Order of the units that stand in no plan: after all that do."""


def neste_nr() -> int:
    """The number that a new version gets."""
    return (db.session.scalar(select(func.max(Planversjon.nr))) or 0) + 1


def avloes() -> None:
    """The version in force is so no more, from today."""
    gammel = gjeldende()
    if gammel is not None:
        gammel.status, gammel.gjelder_til = Versjonsstatus.TIDLIGERE, i_dag()
        db.session.flush()


def ny_fra_fil(fil: Planfil, *, av: User | None) -> Planversjon:
    """Keep a plan that was loaded from a file as the version in force. A draft is left as it is."""
    avloes()
    utkastet = db.session.scalar(select(Planversjon).where(Planversjon.status == Versjonsstatus.UTKAST))
    nr = neste_nr()
    if utkastet is not None:
        nr, utkastet.nr = utkastet.nr, nr
        db.session.flush()
    innhold = til_innhold(fil)
    ny = Planversjon(
        nr=nr,
        status=Versjonsstatus.GJELDENDE,
        kilde=Versjonskilde.FIL,
        innhold=innhold,
        sjekksum=sjekksum(innhold),
        grunner={},
        gjelder_fra=i_dag(),
        laget_av_id=av.id if av else None,
    )
    db.session.add(ny)
    db.session.flush()
    return ny


def skriv_plan(fil: Planfil, filens_sjekksum: str, ekstra: Iterable[Enhetslinje] = ()) -> None:
    """Make the tables hold this plan. What is no longer in it and may be referred to is marked, never deleted.

    `ekstra`: units that exist besides the plan's own. `filens_sjekksum`: of the file, or of the version's document.
    """
    session: Session = db.session()
    _skriv_enheter(session, fil.enheter, ekstra)
    for orden, strategi in enumerate(fil.strategier):
        session.merge(Strategi(id=strategi.id, hovedstrategi=strategi.hovedstrategi, tekst=strategi.tekst, orden=orden))
    session.flush()
    _skriv_tiltak(session, fil.tiltak)
    _skriv_delmaal_og_indikatorer(session, fil)
    session.merge(Plan(id=1, **asdict(fil.hode), sjekksum=filens_sjekksum, lastet=now()))
    session.flush()


def _skriv_enheter(session: Session, egne: Iterable[Enhetslinje], ekstra: Iterable[Enhetslinje]) -> None:
    kjente = set()
    for orden, enhet in enumerate(egne):
        session.merge(Enhet(**asdict(enhet), orden=orden))
        kjente.add(enhet.id)
    for orden, enhet in enumerate(e for e in ekstra if e.id not in kjente):
        session.merge(Enhet(**asdict(enhet), orden=_FOERSTE_EKSTRA + orden))
    session.flush()


def _skriv_tiltak(session: Session, linjer: Iterable[Tiltakslinje]) -> None:
    """Update what is there, add what is new, and mark what is gone."""
    gamle = {tiltak.id: tiltak for tiltak in session.scalars(select(Tiltak))}
    for tiltak in gamle.values():
        tiltak.utgaatt = True
    session.execute(delete(TiltakAnsvar))
    session.execute(delete(TiltakMekanikk))
    session.flush()
    session.expire_all()
    for orden, linje in enumerate(linjer):
        session.merge(_tiltak(linje, orden))
        session.flush()


def _tiltak(linje: Tiltakslinje, orden: int) -> Tiltak:
    felt = asdict(linje)
    for navn in ("strategi", "mottaker", "mekanikker", "ansvar"):
        del felt[navn]
    return Tiltak(
        **felt,
        strategi_id=linje.strategi,
        mottaker_id=linje.mottaker,
        orden=orden,
        utgaatt=False,
        mekanikker=[TiltakMekanikk(tiltak_id=linje.id, mekanikk=mekanikk) for mekanikk in linje.mekanikker],
        ansvar=[
            TiltakAnsvar(tiltak_id=linje.id, enhet_id=enhet, hovedansvar=hoved, orden=nr)
            for nr, (enhet, hoved) in enumerate(linje.ansvar)
        ],
    )


def _skriv_delmaal_og_indikatorer(session: Session, fil: Planfil) -> None:
    """Rows that stay are updated in place, so that what names them can."""
    session.execute(delete(IndikatorTiltak))
    session.execute(delete(Indikator).where(Indikator.id.not_in([en.id for en in fil.indikatorer])))
    session.execute(delete(Delmaal).where(Delmaal.id.not_in([en.id for en in fil.delmaal])))
    session.expire_all()
    for orden, delmaal in enumerate(fil.delmaal):
        session.merge(Delmaal(**asdict(delmaal), orden=orden))
    for orden, linje in enumerate(fil.indikatorer):
        session.merge(_indikator(linje, orden))
    session.flush()


def _indikator(linje: Indikatorlinje, orden: int) -> Indikator:
    felt = asdict(linje)
    del felt["tiltak"]
    felt["slag"] = linje.slag.value
    return Indikator(
        **felt,
        orden=orden,
        tiltak=[IndikatorTiltak(indikator_id=linje.id, tiltak_id=tiltak) for tiltak in linje.tiltak],
    )
