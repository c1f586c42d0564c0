"""Accounts from the command line: whoever runs it owns the installation."""

from datetime import date

import click
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from koordinering.cli.ramme import Dag, Gruppe, UgyldigVerdi, Valg, config, i_programmet, program, si, tabell
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
    """Vis alle brukere, med rollene de har og dem de skal få."""
    dag = i_dag()
    with i_programmet():
        alle = db.session.scalars(
            select(User).options(selectinload(User.rolletildelinger)).order_by(User.brukernavn)
        ).all()
        rader = [
            (
                en.brukernavn,
                en.visningsnavn,
                ", ".join(_i_listen(r, dag) for r in _ikke_over(en, dag)) or "ingen",
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


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
@_ROLLE
@click.option("--fra", cls=Valg, type=Dag(), default=None, metavar="DATO", help="Første dag. Ellers i dag.")
@click.option("--til", cls=Valg, type=Dag(), default=None, metavar="DATO", help="Siste dag. Ellers ingen slutt.")
def grant(brukernavn: str, rolle: tuple[Rolle, str], fra: date | None, til: date | None) -> None:
    """Gi BRUKERNAVN en rolle i en enhet."""
    with i_programmet(), transaction():
        services.gi_rolle(_finn(brukernavn), *rolle, Periode(fra or i_dag(), til), av=None)
    si(f"{brukernavn} har fått rollen {rolle[0]} i {rolle[1]}.")


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
@_ROLLE
@click.option("--til", cls=Valg, type=Dag(), default=None, metavar="DATO", help="Siste dag. Ellers med en gang.")
def end(brukernavn: str, rolle: tuple[Rolle, str], til: date | None) -> None:
    """Avslutt en rolle BRUKERNAVN har i en enhet, og øktene. Har brukeren den i flere perioder, tas den første."""
    with i_programmet(), transaction():
        foerst, *flere = _rollene(brukernavn, rolle)
        hvilken, begynt = _periode(foerst), foerst.fra <= i_dag()
        flere_perioder = [_periode(en) for en in flere]
        services.avslutt_rolle(foerst, til, av=None)
    slutt = f"Siste dag er {til:%d.%m.%Y}." if til else ("Den gjelder ikke lenger." if begynt else "Den begynner ikke.")
    si(f"Rollen {rolle[0]} i {rolle[1]} ({hvilken}) er avsluttet for {brukernavn}. {slutt}")
    if flere_perioder:
        si(f"Brukeren har rollen også {' og '.join(flere_perioder)}. Kjør kommandoen igjen for å avslutte den.")


@user.command()
@click.argument("brukernavn", metavar="BRUKERNAVN")
@_ROLLE
def confirm(brukernavn: str, rolle: tuple[Rolle, str]) -> None:
    """Bekreft at BRUKERNAVN fortsatt trenger rollen, når ingen andre kan."""
    with i_programmet(), transaction():
        services.bekreft_rolle(_rollene(brukernavn, rolle)[0], av=None)
    si(f"Rollen {rolle[0]} i {rolle[1]} er bekreftet for {brukernavn}.")


def _rollene(brukernavn: str, rolle: tuple[Rolle, str]) -> list[Rolletildeling]:
    """The periods of a role that are not over, the earliest first. Raises KoordineringError where there is none."""
    funnet = [en for en in _ikke_over(_finn(brukernavn), i_dag()) if (en.rolle, en.enhet_id) == rolle]
    if not funnet:
        raise KoordineringError("Brukeren har ikke rollen i enheten.")
    return funnet


def _ikke_over(user: User, dag: date) -> list[Rolletildeling]:
    return sorted((en for en in user.rolletildelinger if en.til is None or en.til >= dag), key=lambda en: en.fra)


def _i_listen(en: Rolletildeling, dag: date) -> str:
    """A role that holds now is told without its first day."""
    fra = f" fra {en.fra:%d.%m.%Y}" if en.fra > dag else ""
    return f"{en.rolle.value}:{en.enhet_id}{fra}{_til(en)}"


def _periode(en: Rolletildeling) -> str:
    return f"fra {en.fra:%d.%m.%Y}{_til(en)}"


def _til(en: Rolletildeling) -> str:
    return f" til {en.til:%d.%m.%Y}" if en.til is not None else ""
