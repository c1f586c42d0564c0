"""Loads a plan: all of it or nothing, and the same file twice changes nothing."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from koordinering import audit
from koordinering.db import db, in_transaction
from koordinering.errors import IngenTilgang
from koordinering.plan.aktiviteter.services import fyll_krav
from koordinering.plan.models import Plan
from koordinering.plan.organer.services import fyll as fyll_organer
from koordinering.plan.rules.linjer import MAKS_TEGN, Linjefeil, PlanFeil
from koordinering.plan.rules.planfil import Planfil
from koordinering.plan.rules.planlesing import les_enheter, les_plan
from koordinering.plan.rullering.services.skriving import ny_fra_fil, skriv_plan
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak
from koordinering.users import User

DATA = Path(__file__).parents[1] / "data"
MEDFOELGENDE = DATA / "plan.yaml"
"""The plan that is shipped with the product."""


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
    skriv_plan(fil, sjekksum, ekstra)
    ny_fra_fil(fil, av=av)
    fyll_organer(av=av)
    fyll_krav(av=av)
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
