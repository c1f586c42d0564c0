"""Begins a draft of the next version, throws it away, and puts it in force."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag
from koordinering.errors import DomainError, Endret, FinnesIkke, UgyldigFelt
from koordinering.plan.rullering.models import Planversjon
from koordinering.plan.rullering.queries import alle_enheter, gjeldende
from koordinering.plan.rullering.rules import FinnesUtkast, Versjonskilde, Versjonsstatus
from koordinering.plan.rullering.rules.dokument import fra_innhold, sjekksum, til_innhold
from koordinering.plan.rullering.rules.endring import Mangel, mangler
from koordinering.plan.rullering.rules.forskjell import forskjell
from koordinering.plan.rullering.services.rediger import laas
from koordinering.plan.rullering.services.skriving import avloes, neste_nr, skriv_plan
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import User


class IkkeFerdig(DomainError):
    """The draft cannot be put in force yet; `mangler` are all the reasons."""

    melding = N_("Utkastet kan ikke settes i kraft ennå.")

    def __init__(self, alle: tuple[Mangel, ...]) -> None:
        super().__init__()
        self.mangler = alle


@dataclass(frozen=True)
class Vedtak:
    """The decision that puts a draft in force."""

    organ: str
    dato: date
    sak: str | None

    @property
    def i_ord(self) -> str:
        """As the plan's head says it: «Kommunestyret 26.03.2027, sak 23/27»."""
        return f"{self.organ} {self.dato:%d.%m.%Y}" + (f", sak {self.sak}" if self.sak else "")


def start_utkast(*, av: User) -> Planversjon:
    """A draft of the next version, as the plan in force. Raises FinnesUtkast, FinnesIkke before a plan is loaded."""
    require(av, Rettighet.PLAN_ENDRE)
    gjelder = gjeldende()
    if gjelder is None:
        raise FinnesIkke
    ny = Planversjon(
        nr=neste_nr(),
        status=Versjonsstatus.UTKAST,
        kilde=Versjonskilde.RULLERING,
        innhold=gjelder.innhold,
        sjekksum=gjelder.sjekksum,
        grunner={},
        fra_nr=gjelder.nr,
        laget_av_id=av.id,
    )
    db.session.add(ny)
    try:
        db.session.flush()
    except IntegrityError:
        raise FinnesUtkast from None
    audit.record(Hva.PLAN_UTKAST, av=av, gjelder=Ting("planversjon", ny.id), detalj="startet")
    return ny


def kast_utkast(sett: str, *, av: User) -> None:
    """Throw the draft away. `sett`: checksum of the draft that the page showed. Raises Endret, IngenUtkast."""
    require(av, Rettighet.PLAN_ENDRE)
    utgave = laas(Versjonsstatus.UTKAST)
    if utgave.sjekksum != sett:
        raise Endret
    audit.record(Hva.PLAN_UTKAST, av=av, gjelder=Ting("planversjon", utgave.id), detalj="forkastet")
    db.session.delete(utgave)
    db.session.flush()


def vedta(vedtak: Vedtak, sett: str, *, av: User) -> Planversjon:
    """Put the draft in force from today: the tables become it, and the version before stays readable.

    `sett`: checksum of the draft that the page showed. Raises Endret when somebody has changed it since, IkkeFerdig,
    UgyldigFelt, IngenUtkast.
    """
    require(av, Rettighet.PLAN_ENDRE)
    if vedtak.dato > i_dag():
        raise UgyldigFelt("dato", N_("Datoen er ikke kommet ennå. Sett planen i kraft når den er vedtatt."))
    gjelder = laas(Versjonsstatus.GJELDENDE)  # first, as a correction does: two that wait for each other end nowhere
    utgave = laas(Versjonsstatus.UTKAST)
    if utgave.sjekksum != sett:
        raise Endret
    fil = fra_innhold(utgave.innhold)
    alle = mangler(fil, alle_enheter())
    if alle:
        raise IkkeFerdig(alle)
    if not forskjell(fra_innhold(gjelder.innhold), fil, {}):
        raise UgyldigFelt("", N_("Utkastet er likt planen som gjelder. Det er ingenting å sette i kraft."))
    fil = replace(fil, hode=replace(fil.hode, vedtak=vedtak.i_ord))
    avloes()
    utgave.innhold = til_innhold(fil)
    utgave.sjekksum = sjekksum(utgave.innhold)
    utgave.status, utgave.gjelder_fra = Versjonsstatus.GJELDENDE, i_dag()
    utgave.organ, utgave.vedtatt = vedtak.organ, vedtak.dato
    db.session.flush()
    skriv_plan(fil, utgave.sjekksum)
    audit.record(Hva.PLAN_VEDTATT, av=av, gjelder=Ting("planversjon", utgave.id), detalj=utgave.sjekksum[:12])
    db.session.flush()
    return utgave
