"""Accounts from the command line: whoever runs it owns the installation."""

from datetime import date, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from koordinering.cli.ramme import Gruppe, UgyldigVerdi, Valg, config, i_programmet, program, si, tabell
from koordinering.db import OSLO, db, i_dag, transaction
from koordinering.errors import KoordineringError
from koordinering.konto import services
from koordinering.konto.faktor import services as faktor
from koordinering.konto.rules import Periode, midlertidig_passord, normaliser
from koordinering.roles import Rolle
from koordinering.users import Rolletildeling, User


class Rolleslag(click.ParamType[tuple[Rolle, str]]):
    """A role in a unit, written role:unit."""

    name = "rolle"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Rolle, str]:
        """Split, and know the role."""
        rolle, skille, enhet = str(value).partition(":")
        if not skille or not enhet or rolle not in set(Rolle):
            raise UgyldigVerdi(f"--rolle skrives rolle:enhet. Rollene er {', '.join(Rolle)}.", ctx, param)
        return Rolle(rolle), enhet


@click.group(cls=Gruppe)
def user() -> None:
    """Brukere: opprett, vis, lås, gi og avslutt roller, og gi nytt passord."""


def _finn(brukernavn: str) -> User:
    funnet = db.session.scalar(select(User).where(User.brukernavn == normaliser(brukernavn)))
    if funnet is None:
        raise KoordineringError("Brukeren finnes ikke.")
    return funnet


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
@click.option("--navn", cls=Valg, default="", help="Tittel som kollegene kjenner, for eksempel «Nav-veileder 3».")
@click.option(
    "--rolle", "roller", cls=Valg, multiple=True, required=True, type=Rolleslag(), metavar="ROLLE:ENHET",
    help="Rolle i en enhet, for eksempel henviser:nav. Kan gjentas.",
)  # fmt: skip
def add(brukernavn: str, navn: str, roller: tuple[tuple[Rolle, str], ...]) -> None:
    """Opprett BRUKERNAVN og skriv ut et midlertidig passord."""
    passord = midlertidig_passord()
    with i_programmet(), transaction():
        services.lag_bruker(brukernavn, navn or brukernavn, passord, roller, av=None)
    si(f"Opprettet {brukernavn}. Midlertidig passord: {passord}")


@user.command("list")
def list_() -> None:
    """Vis alle brukere."""
    with i_programmet():
        alle = db.session.scalars(
            select(User).options(selectinload(User.rolletildelinger)).order_by(User.brukernavn)
        ).all()
        rader = [
            (
                en.brukernavn,
                en.visningsnavn,
                ", ".join(f"{r.rolle.value}:{r.enhet_id}" for r in en.gjeldende) or "ingen",
                "låst" if en.laast else "",
                en.sist_inne.astimezone(OSLO).strftime("%d.%m.%Y %H.%M") if en.sist_inne else "aldri",
            )
            for en in alle
        ]
    si(tabell(("Brukernavn", "Navn", "Roller", "Låst", "Sist inne"), rader))


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
def lock(brukernavn: str) -> None:
    """Lås BRUKERNAVN og avslutt øktene."""
    with i_programmet(), transaction():
        services.laas(_finn(brukernavn), av=None)
    si(f"{brukernavn} er låst.")


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
def unlock(brukernavn: str) -> None:
    """Lås opp BRUKERNAVN."""
    with i_programmet(), transaction():
        services.laas_opp(_finn(brukernavn), av=None)
    si(f"{brukernavn} er låst opp.")


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
def password(brukernavn: str) -> None:
    """Gi BRUKERNAVN et nytt passord, skriv det ut og avslutt øktene."""
    passord = midlertidig_passord()
    with i_programmet(), transaction():
        services.sett_passord(_finn(brukernavn), passord, av=None)
    si(f"Nytt midlertidig passord for {brukernavn}: {passord}")


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
def link(brukernavn: str) -> None:
    """Lag en lenke som gir BRUKERNAVN ny innlogging én gang, når ingen annen systemforvalter kan."""
    innstillinger = config()
    with i_programmet(program(innstillinger)), transaction():
        token = faktor.lag_lenke(_finn(brukernavn), innstillinger.lenke_timer, av=None)
    si(f"Åpnes etter adressen til tjenesten: /ny-innlogging/{token}")
    si("Lenken virker én gang. Passord, passkeys, app og koder fra før slutter å virke når den brukes.")


_ROLLE = click.argument("rolle", metavar="ROLLE:ENHET", type=Rolleslag())
_DAG = click.DateTime(["%Y-%m-%d", "%d.%m.%Y"])


def _dato(verdi: datetime | None) -> date | None:
    return verdi.date() if verdi is not None else None


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
@_ROLLE
@click.option("--fra", cls=Valg, type=_DAG, default=None, metavar="DATO", help="Første dag. Ellers i dag.")
@click.option("--til", cls=Valg, type=_DAG, default=None, metavar="DATO", help="Siste dag. Ellers ingen slutt.")
def grant(brukernavn: str, rolle: tuple[Rolle, str], fra: datetime | None, til: datetime | None) -> None:
    """Gi BRUKERNAVN en rolle i en enhet."""
    with i_programmet(), transaction():
        services.gi_rolle(_finn(brukernavn), *rolle, Periode(_dato(fra) or i_dag(), _dato(til)), av=None)
    si(f"{brukernavn} har fått rollen {rolle[0]} i {rolle[1]}.")


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
@_ROLLE
@click.option("--til", cls=Valg, type=_DAG, default=None, metavar="DATO", help="Siste dag. Ellers med en gang.")
def end(brukernavn: str, rolle: tuple[Rolle, str], til: datetime | None) -> None:
    """Avslutt en rolle BRUKERNAVN har i en enhet, og øktene."""
    with i_programmet(), transaction():
        services.avslutt_rolle(_rollen(brukernavn, rolle), _dato(til), av=None)
    si(f"Rollen {rolle[0]} i {rolle[1]} er avsluttet for {brukernavn}.")


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
@_ROLLE
def confirm(brukernavn: str, rolle: tuple[Rolle, str]) -> None:
    """Bekreft at BRUKERNAVN fortsatt trenger rollen, når ingen andre kan."""
    with i_programmet(), transaction():
        services.bekreft_rolle(_rollen(brukernavn, rolle), av=None)
    si(f"Rollen {rolle[0]} i {rolle[1]} er bekreftet for {brukernavn}.")


def _rollen(brukernavn: str, rolle: tuple[Rolle, str]) -> Rolletildeling:
    dag = i_dag()
    for en in _finn(brukernavn).rolletildelinger:
        if (en.rolle, en.enhet_id) == rolle and (en.til is None or en.til >= dag):
            return en
    raise KoordineringError("Brukeren har ikke rollen i enheten.")
