"""Edits one part of the draft, or corrects one of the plan in force; every field that changes leaves a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db
from koordinering.errors import Endret, FinnesIkke, UgyldigFelt
from koordinering.plan.models import Plan
from koordinering.plan.rules.planfil import Planfil
from koordinering.plan.rullering.models import Planendring, Planversjon
from koordinering.plan.rullering.queries import alle_enheter, gjeldende
from koordinering.plan.rullering.rules import Hendelse, IngenUtkast, Plandel, Versjonsstatus
from koordinering.plan.rullering.rules import endring as regler
from koordinering.plan.rullering.rules.dokument import fra_innhold, sjekksum, til_innhold
from koordinering.plan.rullering.rules.forskjell import Endring, finn, forskjell
from koordinering.plan.rullering.services.skriving import skriv_plan
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak
from koordinering.users import User

FASTE = frozenset({"strategi", "mekanikker", "mottaker", "enkeltvedtak", "henviser", "helse"})
"""Fields that a correction of the plan in force leaves alone: referrals under way and counts rest on them."""


@dataclass(frozen=True)
class Rettelse:
    """New values of some fields of one part. `avtrykk`: of the part as the user's page showed it."""

    slag: Plandel
    del_id: str
    felter: Mapping[str, Any]
    avtrykk: str
    grunn: str | None


def laas(hvor: Versjonsstatus) -> Planversjon:
    """The draft or the version in force, locked for writing. Raises IngenUtkast, FinnesIkke.

    Whoever waited for somebody who put a draft in force finds the row changed under her: she looks once more.
    """
    query = (
        select(Planversjon)
        .where(Planversjon.status == hvor)
        .options(undefer(Planversjon.innhold), undefer(Planversjon.grunner))
        .with_for_update(of=Planversjon)
    )
    funnet = db.session.scalar(query) or db.session.scalar(query)
    if funnet is None:
        raise IngenUtkast if hvor is Versjonsstatus.UTKAST else FinnesIkke
    return funnet


def endre(hvor: Versjonsstatus, rettelse: Rettelse, *, av: User) -> bool:
    """Change fields of one part; False when they were so already. Inside transaction().

    A correction of the plan in force says why, and is made in the draft too where nobody has changed the field there.
    Raises Endret when somebody else has changed the part since, UgyldigFelt, IngenUtkast, FinnesIkke.
    """
    require(av, Rettighet.PLAN_ENDRE)
    utgave = laas(hvor)
    fil = fra_innhold(utgave.innhold)
    naa = finn(fil, rettelse.slag, rettelse.del_id)
    if naa is None:
        raise FinnesIkke
    if regler.avtrykk(naa) != rettelse.avtrykk:
        raise Endret
    if hvor is Versjonsstatus.GJELDENDE:
        _krev_liten(rettelse)
    ny = regler.bytt(fil, rettelse.slag, rettelse.del_id, **rettelse.felter)
    regler.krev_gyldig(ny, rettelse.slag, rettelse.del_id, alle_enheter())
    endringer = lagre(utgave, fil, ny, rettelse.grunn, _om(rettelse.slag, rettelse.del_id), av=av)
    if endringer and hvor is Versjonsstatus.GJELDENDE:
        plan = db.session.get_one(Plan, 1)
        skriv_plan(ny, plan.sjekksum)
        _foer_inn_i_utkastet(fil, ny, endringer, rettelse.grunn, av)
    return bool(endringer)


def _krev_liten(rettelse: Rettelse) -> None:
    if FASTE & rettelse.felter.keys():
        raise FinnesIkke
    if not rettelse.grunn:
        raise UgyldigFelt("grunn", N_("Skriv kort hvorfor du retter planen som gjelder."))


def _foer_inn_i_utkastet(
    gammel: Planfil, ny: Planfil, endringer: tuple[Endring, ...], grunn: str | None, av: User
) -> None:
    """What is corrected in the plan in force must not come back as a change when the draft is put in force."""
    try:
        utkastet = laas(Versjonsstatus.UTKAST)
    except IngenUtkast:
        return
    foer = til = fra_innhold(utkastet.innhold)
    for endring in endringer:
        hadde, har = (finn(en, endring.slag, endring.id) for en in (gammel, ny))
        i_utkastet = finn(til, endring.slag, endring.id)
        felter = {
            en.felt: getattr(har, en.felt)
            for en in endring.felter
            if i_utkastet is not None and getattr(i_utkastet, en.felt) == getattr(hadde, en.felt)
        }
        if felter:
            til = regler.bytt(til, endring.slag, endring.id, **felter)
    lagre(utkastet, foer, til, grunn, av=av)


def lagre(
    utgave: Planversjon, fra: Planfil, til: Planfil, grunn: str | None, om: str | None = None, *, av: User
) -> tuple[Endring, ...]:
    """Keep a document in place of another, with a line for each field that differs; empty when nothing does.

    `om`: the part that the reason is about («tiltak:4b-2»), beside which it stands in the version.
    """
    endringer = forskjell(fra, til, alle_enheter())
    for endring in endringer:
        db.session.add_all(_linjer(utgave, endring, grunn, av))
    if grunn and om:
        utgave.grunner = {**utgave.grunner, om: grunn}
    if endringer:
        utgave.innhold = til_innhold(til)
        utgave.sjekksum = sjekksum(utgave.innhold)
        audit.record(Hva.PLAN_ENDRET, av=av, gjelder=Ting("planversjon", utgave.id), detalj=endringer[0].slag.value)
        db.session.flush()
    return endringer


def _om(slag: Plandel, del_id: str) -> str:
    return f"{slag.value}:{del_id}"


def _linjer(utgave: Planversjon, endring: Endring, grunn: str | None, av: User) -> list[Planendring]:
    def linje(felt: str | None, fra: str | None, til: str | None) -> Planendring:
        return Planendring(
            versjon_id=utgave.id,
            av_id=av.id,
            rettelse=utgave.status is Versjonsstatus.GJELDENDE,
            slag=endring.slag,
            del_id=endring.id,
            hva=endring.hva,
            felt=felt,
            fra=fra,
            til=til,
            grunn=grunn,
        )

    if endring.hva is Hendelse.ENDRET:
        return [linje(en.felt, en.fra, en.til) for en in endring.felter]
    borte = endring.hva is Hendelse.FJERNET
    return [linje(None, endring.navn if borte else None, None if borte else endring.navn)]


def legg_til(slag: Plandel, linje: Any, grunn: str | None, *, av: User) -> None:
    """A new part in the draft. Raises UgyldigFelt, IngenUtkast."""
    require(av, Rettighet.PLAN_ENDRE)
    utgave = laas(Versjonsstatus.UTKAST)
    fil = fra_innhold(utgave.innhold)
    ny = regler.legg_til(fil, slag, linje)
    if slag is Plandel.TILTAK:
        _krev_ubrukt(linje.id)
    if slag is Plandel.ENHET and linje.id in alle_enheter():
        raise UgyldigFelt("kortnavn", N_("Det finnes en enhet med dette navnet."))
    regler.krev_gyldig(ny, slag, linje.id, alle_enheter())
    lagre(utgave, fil, ny, grunn, _om(slag, linje.id), av=av)


def _krev_ubrukt(tiltak_id: str) -> None:
    """The number of a measure that has been is not given to another: its referrals and counts would become its."""
    brukt = db.session.get(Tiltak, tiltak_id)
    if brukt is not None:
        raise UgyldigFelt(
            "id",
            N_(
                "Nummeret er brukt av et tiltak som er eller har vært i planen. Velg et annet, så tallene ikke blandes."
            ),
        )


def fjern(slag: Plandel, del_id: str, grunn: str | None, *, av: User) -> None:
    """Take a part out of the draft. A measure that the plan in force has is ended, with a reason.

    Raises IBruk, UgyldigFelt, IngenUtkast, FinnesIkke.
    """
    require(av, Rettighet.PLAN_ENDRE)
    utgave = laas(Versjonsstatus.UTKAST)
    fil = fra_innhold(utgave.innhold)
    ny = regler.fjern(fil, slag, del_id)
    if slag is Plandel.TILTAK and not grunn and _i_planen(slag, del_id):
        raise UgyldigFelt("grunn", N_("Skriv kort hvorfor tiltaket avsluttes. Det vises når planen legges fram."))
    lagre(utgave, fil, ny, grunn, _om(slag, del_id), av=av)


def _i_planen(slag: Plandel, del_id: str) -> bool:
    gjelder = gjeldende()
    return gjelder is not None and finn(fra_innhold(gjelder.innhold), slag, del_id) is not None


def ta_tilbake(slag: Plandel, del_id: str, *, av: User) -> None:
    """Make a part of the draft as it is in the plan in force again. Raises IBruk, IngenUtkast, FinnesIkke."""
    require(av, Rettighet.PLAN_ENDRE)
    utgave, gjelder = laas(Versjonsstatus.UTKAST), gjeldende()
    if gjelder is None:
        raise FinnesIkke
    fil = fra_innhold(utgave.innhold)
    ny = regler.tilbake(fil, fra_innhold(gjelder.innhold), slag, del_id)
    lagre(utgave, fil, ny, None, av=av)
    utgave.grunner = {k: v for k, v in utgave.grunner.items() if k != _om(slag, del_id)}


def flytt(slag: Plandel, del_id: str, hakk: int, *, av: User) -> None:
    """Move a part of the draft one step up (-1) or down (1). Raises IngenUtkast, FinnesIkke."""
    require(av, Rettighet.PLAN_ENDRE)
    utgave = laas(Versjonsstatus.UTKAST)
    fil = fra_innhold(utgave.innhold)
    lagre(utgave, fil, regler.flytt(fil, slag, del_id, hakk), None, av=av)


def plasser(tiltak_id: str, *, sikker: bool, av: User) -> None:
    """Confirm where an uncertain measure stands in the plan in force, or take the confirmation back.

    Safe to repeat. Raises FinnesIkke.
    """
    require(av, Rettighet.PLAN_ENDRE)
    utgave = laas(Versjonsstatus.GJELDENDE)
    tiltaket = finn(fra_innhold(utgave.innhold), Plandel.TILTAK, tiltak_id)
    if tiltaket is None:
        raise FinnesIkke
    grunn = N_("Plasseringen er bekreftet.") if sikker else N_("Bekreftelsen er tatt tilbake.")
    rettelse = Rettelse(Plandel.TILTAK, tiltak_id, {"usikker": not sikker}, regler.avtrykk(tiltaket), grunn)
    endre(Versjonsstatus.GJELDENDE, rettelse, av=av)
