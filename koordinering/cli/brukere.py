"""Accounts from the command line: whoever runs it owns the installation."""

import secrets

import click
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from koordinering.cli.ramme import Gruppe, UgyldigVerdi, Valg, i_programmet, si, tabell
from koordinering.db import OSLO, db, transaction
from koordinering.errors import KoordineringError
from koordinering.konto import services
from koordinering.konto.rules import normaliser
from koordinering.roles import Rolle
from koordinering.users import User

_TEGN = "abcdefghjkmnpqrstuvwxyz23456789"
"""No character that is taken for another when it is read aloud."""


def nytt_passord() -> str:
    """A password of 78 random bits, written so that it can be copied by hand."""
    return "-".join("".join(secrets.choice(_TEGN) for _ in range(4)) for _ in range(4))


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
    """Brukere: opprett, vis, lås og gi nytt passord."""


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
    passord = nytt_passord()
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
    passord = nytt_passord()
    with i_programmet(), transaction():
        services.sett_passord(_finn(brukernavn), passord, av=None)
    si(f"Nytt midlertidig passord for {brukernavn}: {passord}")
