"""Moves the data from SQLite to PostgreSQL or back, and verifies the access log where it has come."""

from dataclasses import replace

import click

from koordinering.cli.database import db_gruppe
from koordinering.cli.ramme import (
    AVVIST,
    OK,
    Framdrift,
    Kommando,
    UgyldigVerdi,
    Valg,
    config,
    i_programmet,
    program,
    si,
)
from koordinering.config import Config
from koordinering.databasevalg import les_url
from koordinering.db import db
from koordinering.errors import ConfigError
from koordinering.flytting import Sted, flytt
from koordinering.personvern.segl import services as segl


def _adresse(tekst: str, navn: str) -> str:
    """An address as in the settings, or the path of a file."""
    try:
        return les_url(tekst if ":" in tekst else f"sqlite:///{tekst}", navn)
    except ConfigError as feil:
        raise UgyldigVerdi(str(feil)) from None


def _sted(url: str, lager: str | None, navn: str, innstillinger: Config) -> Sted:
    """The key store is where it is by itself, unless told, or set for this very database."""
    if lager is not None:
        lager = _adresse(lager, f"--noekkellager-{navn}")
    elif url == innstillinger.database_url:
        lager = innstillinger.noekkellager_url
    else:
        lager = replace(innstillinger, database_url=url, lager_url=None).noekkellager_ved_siden
    sted = Sted(url, lager)
    if sted.sqlite != lager.startswith("sqlite"):
        raise UgyldigVerdi(f"Nøkkellageret ({navn}) må være samme slag database.")
    return sted


@db_gruppe.command("move", cls=Kommando)
@click.argument("kilde", metavar="KILDE")
@click.argument("maal", metavar="MÅL")
@click.option("--noekkellager-fra", cls=Valg, metavar="ADRESSE", help="Når det ikke er der det pleier for KILDE.")
@click.option("--noekkellager-til", cls=Valg, metavar="ADRESSE", help="Når det ikke skal være der det pleier for MÅL.")
def move(kilde: str, maal: str, noekkellager_fra: str | None, noekkellager_til: str | None) -> int:
    """Flytt alt fra KILDE til et tomt MÅL: sqlite:///sti, en sti, eller postgresql://…

    Stopp tjenesten først. Kan avbrytes og kjøres på nytt med det samme. KILDE endres ikke.
    """
    innstillinger = config()
    fra = _sted(_adresse(kilde, "KILDE"), noekkellager_fra, "fra", innstillinger)
    til = _sted(_adresse(maal, "MÅL"), noekkellager_til, "til", innstillinger)
    svar = flytt(fra, til, Framdrift())
    si(f"Flyttet {svar.rader} rader i {len(svar.tabeller)} tabeller fra {fra.i_ord} til {til.i_ord}.")
    si("Alt er kommet: antall rader og sjekksum er like i alle tabellene.")
    try:
        return _se_etter(replace(innstillinger, database_url=til.url, lager_url=til.lager_url))
    except Exception:
        si("Det nye er ikke åpnet, og innsynsloggen er ikke kontrollert. Flytt ikke på nytt. Det som er igjen:")
        si("1. Rett det meldingen under sier. 2. Pek KOORDINERING_DATABASE_URL på det nye.")
        si("3. Kjør: koordinering audit verify. 4. Start tjenesten. Slett det gamle når dere er trygge.")
        raise


def _se_etter(innstillinger: Config) -> int:
    """Open what has come with the keys of this installation, and read the access log whole."""
    framdrift = Framdrift()
    with i_programmet(program(innstillinger)):
        kontroll = segl.kontroller(
            db.session(),
            segl.Loggsted(innstillinger.hodemappe, innstillinger.loggnoekkel),
            dag=None,
            fortell=lambda antall: framdrift("Leser innslag", antall, 0),
        )
        db.session.rollback()
    for funn in kontroll.funn:
        si(str(funn))
    if not kontroll.i_orden:
        si("Innsynsloggen er ikke i orden. Kjør «koordinering audit verify» på kilden: var den det før?")
        return AVVIST
    si(f"Innsynsloggen er i orden: {kontroll.antall} forseglede innslag. Nøklene passer.")
    si("Pek KOORDINERING_DATABASE_URL på det nye, og start tjenesten. Slett det gamle når dere er trygge.")
    return OK
