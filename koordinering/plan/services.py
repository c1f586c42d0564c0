"""Loads a plan: all of it or nothing, and the same file twice changes nothing."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from koordinering import audit
from koordinering.db import db, in_transaction, now
from koordinering.errors import IngenTilgang
from koordinering.plan.models import Delmaal, Indikator, IndikatorTiltak, Plan
from koordinering.plan.rules.linjer import MAKS_TEGN, Linjefeil, PlanFeil
from koordinering.plan.rules.planfil import Enhetslinje, Indikatorlinje, Planfil, Tiltakslinje, les_enheter, les_plan
from koordinering.tekst import N_
from koordinering.tiltak.models import Strategi, Tiltak, TiltakAnsvar, TiltakMekanikk
from koordinering.users import Enhet, User

DATA = Path(__file__).parents[1] / "data"
MEDFOELGENDE = DATA / "plan.yaml"
"""The plan that is shipped with the product."""

_FOERSTE_EKSTRA = 1000
"""Order of the units that stand in no plan: after all that do."""


@dataclass(frozen=True)
class Lastet:
    """What a loading came to."""

    endret: bool
    """False when the same file was loaded before."""
    strategier: int
    tiltak: int
    enheter: int
    indikatorer: int
    utgaatt: int
    """Measures that are no longer in the plan and are kept because referrals may name them."""


def last_plan(kilde: Path | str, *, av: User | None) -> Lastet:
    """Load the plan from a file, or from a text. Inside transaction().

    `av` is None: whoever owns the installation loads it; no role holds a right to.
    Raises PlanFeil with every fault and its line; nothing has then been changed.
    """
    if not in_transaction():
        raise RuntimeError("last_plan() outside transaction()")
    if av is not None:
        raise IngenTilgang
    tekst = _les(kilde) if isinstance(kilde, Path) else kilde
    ekstra_tekst = (DATA / "enheter.yaml").read_text(encoding="utf-8")
    ekstra = les_enheter(ekstra_tekst)
    fil = les_plan(tekst, ekstra)
    sjekksum = hashlib.sha256(f"{ekstra_tekst}\0{tekst}".encode()).hexdigest()
    gammel = db.session.get(Plan, 1)
    if gammel is not None and gammel.sjekksum == sjekksum:
        return _lastet(fil, endret=False)
    _skriv(fil, ekstra, sjekksum)
    audit.record(audit.Hva.PLAN_LASTET, av=av, detalj=sjekksum[:12])
    db.session.flush()
    return _lastet(fil, endret=True)


def _les(sti: Path) -> str:
    try:
        if sti.stat().st_size > 4 * MAKS_TEGN:
            raise PlanFeil([Linjefeil(1, N_("filen er for stor"))])
        return sti.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as feil:
        linje = feil.object[: feil.start].count(b"\n") + 1
        raise PlanFeil([Linjefeil(linje, N_("filen må være lagret som UTF-8"))]) from None
    except OSError:
        raise PlanFeil([Linjefeil(1, N_("filen kan ikke leses"))]) from None


def _lastet(fil: Planfil, *, endret: bool) -> Lastet:
    utgaatt = db.session.query(Tiltak).filter(Tiltak.utgaatt).count()
    return Lastet(endret, len(fil.strategier), len(fil.tiltak), len(fil.enheter), len(fil.indikatorer), utgaatt)


def _skriv(fil: Planfil, ekstra: Iterable[Enhetslinje], sjekksum: str) -> None:
    session: Session = db.session()
    egne = {enhet.id for enhet in fil.enheter}
    for orden, enhet in enumerate(fil.enheter):
        session.merge(Enhet(**asdict(enhet), orden=orden))
    for orden, enhet in enumerate(e for e in ekstra if e.id not in egne):
        session.merge(Enhet(**asdict(enhet), orden=_FOERSTE_EKSTRA + orden))
    session.flush()
    for orden, strategi in enumerate(fil.strategier):
        session.merge(Strategi(id=strategi.id, hovedstrategi=strategi.hovedstrategi, tekst=strategi.tekst, orden=orden))
    session.flush()
    _skriv_tiltak(session, fil.tiltak)
    session.execute(delete(IndikatorTiltak))
    session.execute(delete(Indikator))
    session.execute(delete(Delmaal))
    session.expire_all()
    session.add_all(Delmaal(**asdict(delmaal), orden=orden) for orden, delmaal in enumerate(fil.delmaal))
    session.add_all(_indikator(linje, orden) for orden, linje in enumerate(fil.indikatorer))
    session.merge(Plan(id=1, **asdict(fil.hode), sjekksum=sjekksum, lastet=now()))
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


def _indikator(linje: Indikatorlinje, orden: int) -> Indikator:
    felt = asdict(linje)
    del felt["tiltak"]
    felt["slag"] = linje.slag.value
    return Indikator(
        **felt,
        orden=orden,
        tiltak=[IndikatorTiltak(indikator_id=linje.id, tiltak_id=tiltak) for tiltak in linje.tiltak],
    )
