"""Single sign-on from the command line: is an issuer set up right, and the first administrator's own connection."""

import os
from urllib.parse import urlsplit

import click
from sqlalchemy import select

from koordinering.cli.ramme import AVVIST, OK, Gruppe, config, i_programmet, si
from koordinering.config import Config
from koordinering.db import db, transaction
from koordinering.errors import KoordineringError
from koordinering.konto.oidc import services
from koordinering.konto.oidc.models import OidcForespoersel
from koordinering.konto.oidc.rules import Utsteder

_MERKE = {services.Alvor.OK: "ok      ", services.Alvor.ADVARSEL: "advarsel", services.Alvor.FEIL: "feil    "}


@click.group(cls=Gruppe)
def oidc() -> None:
    """Innlogging med jobbkontoen: sjekk oppsettet og koble en bruker."""


def _adresse(innstillinger: Config) -> str:
    vert = innstillinger.verter[0]
    if innstillinger.https:
        return f"https://{vert}"
    return f"http://{vert}:{innstillinger.port}"


def _valgt(utstedere: dict[str, Utsteder], navn: str) -> Utsteder:
    for utsteder in utstedere.values():
        if navn in {utsteder.kode, utsteder.issuer}:
            return utsteder
    kjente = ", ".join(utstedere) or "ingen"
    raad = "" if urlsplit(navn).scheme == "" else " Adressen må være skrevet som i filen."
    raise KoordineringError(f"Utstederen står ikke i filen. Den har: {kjente}.{raad}")


@oidc.command()
@click.argument("utsteder", metavar="UTSTEDER")
def check(utsteder: str) -> int:
    """Sjekk UTSTEDER, og si med ord hva som er galt. Slutter med 1 når noe må rettes."""
    innstillinger = config()
    if innstillinger.oidc is None:
        raise KoordineringError(
            "Det er ingen fil med utstedere. Lag oidc.toml i datamappen, eller sett KOORDINERING_OIDC."
        )
    utstedere = services.les_utstedere(innstillinger.oidc, os.environ, demo=innstillinger.demo)
    valgt = _valgt(utstedere, utsteder)
    grunn = _adresse(innstillinger)
    feil = 0
    for funn in services.sjekk(valgt, f"{grunn}/logg-inn/hos/{valgt.kode}/svar", f"{grunn}/logg-inn"):
        si(f"{_MERKE[funn.alvor]}  {funn.tekst}")
        feil += funn.alvor is services.Alvor.FEIL
    si("Alt som må være på plass, er det." if not feil else f"{feil} må rettes.")
    return AVVIST if feil else OK


@oidc.command()
@click.argument("kode", metavar="KODE")
@click.argument("brukernavn", metavar="BRUKERNAVN")
def link(kode: str, brukernavn: str) -> None:
    """Koble den som venter med KODE, til BRUKERNAVN. For den første systemforvalteren."""
    with i_programmet(), transaction():
        rad = db.session.scalar(select(OidcForespoersel).where(OidcForespoersel.kode == kode.strip().upper()))
        if rad is None:
            raise KoordineringError("Ingen venter med den koden.")
        services.koble(rad, brukernavn, av=None)
    si(f"{brukernavn} kan logge inn med jobbkontoen.")
