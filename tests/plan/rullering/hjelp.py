"""Ways to edit the plan in tests: through the services, as a coordinator."""

from typing import Any

from koordinering.db import db, i_dag, transaction
from koordinering.plan.rules.planfil import Planfil
from koordinering.plan.rullering import queries
from koordinering.plan.rullering.rules import Plandel, Versjonsstatus
from koordinering.plan.rullering.rules.dokument import fra_innhold
from koordinering.plan.rullering.rules.endring import avtrykk
from koordinering.plan.rullering.rules.forskjell import finn
from koordinering.plan.rullering.services import rediger, versjoner
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import Mekanikk
from tests.fabrikk import bruker

UTKAST, GJELDENDE = Versjonsstatus.UTKAST, Versjonsstatus.GJELDENDE


def planen(hvor: Versjonsstatus = GJELDENDE) -> Planfil:
    """The document of the draft, or of the version in force, as it is now."""
    db.session.rollback()
    utgave = queries.gjeldende() if hvor is GJELDENDE else queries.utkast(bruker("koordinator1"))
    assert utgave is not None
    return fra_innhold(utgave.innhold)


def start() -> int:
    """Begin a draft; its number."""
    with transaction():
        return versjoner.start_utkast(av=bruker("koordinator1")).nr


def endre(hvor: Versjonsstatus, slag: Plandel, del_id: str, grunn: str | None = "Prøve", **felter: Any) -> bool:
    """Change fields of a part, as a page that was opened just now."""
    sett = avtrykk(finn(planen(hvor), slag, del_id))
    db.session.rollback()
    with transaction():
        rettelse = rediger.Rettelse(slag, del_id, felter, sett, grunn)
        return rediger.endre(hvor, rettelse, av=bruker("koordinator1"))


def tatt_i_bruk(organ: str = "Kommunestyret") -> int:
    """Put the draft in force; its number."""
    utgave = queries.utkast(bruker("koordinator1"))
    assert utgave is not None
    sett = utgave.sjekksum
    db.session.rollback()
    with transaction():
        return versjoner.vedta(versjoner.Vedtak(organ, i_dag(), "23/27"), sett, av=bruker("koordinator1")).nr


def i_tabellene() -> dict[str, tuple[Any, ...]]:
    """What the tables say of every measure of the plan: what everything else in the product reads."""
    return {
        en.id: (
            en.strategi_id, en.navn, en.kortnavn, en.evalueres, en.kadens, en.frist, en.rapporteres_til,
            en.maalgruppe, en.usikker, en.merknad, en.mottaker_id, en.enkeltvedtak,
            frozenset(Mekanikk(m.mekanikk) for m in en.mekanikker),
            tuple((a.enhet_id, a.hovedansvar) for a in en.ansvar),
        )
        for en in db.session.query(Tiltak).filter(~Tiltak.utgaatt).order_by(Tiltak.orden)
    }  # fmt: skip


def i_dokumentet(fil: Planfil) -> dict[str, tuple[Any, ...]]:
    """The same of the document."""
    return {
        en.id: (
            en.strategi, en.navn, en.kortnavn, en.evalueres, en.kadens, en.frist, en.rapporteres_til,
            en.maalgruppe, en.usikker, en.merknad, en.mottaker, en.enkeltvedtak,
            frozenset(en.mekanikker), en.ansvar,
        )
        for en in fil.tiltak
    }  # fmt: skip
