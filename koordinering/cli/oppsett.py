"""Sets an installation up: database, keys, plan; and, in the demo, users and a town."""

import os
import sys
from datetime import date
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from koordinering import crypto, migrering, signatur
from koordinering.cli.ramme import (
    Framdrift,
    Kommando,
    UgyldigVerdi,
    Valg,
    config,
    database,
    gi_tjenesten,
    i_programmet,
    krev_demo,
    program,
    si,
    tabell,
)
from koordinering.cli.tjener import krev_ledig_port, tjen
from koordinering.config import Config
from koordinering.db import db, i_dag, transaction
from koordinering.demo import brukere, by, indikatortall, publiseringer, rullering
from koordinering.errors import ConfigError, KoordineringError
from koordinering.konto import services as konto
from koordinering.konto.faktor import services as faktor
from koordinering.konto.faktor.queries import har_faktor
from koordinering.konto.faktor.rules import krever_faktor
from koordinering.konto.rules import midlertidig_passord
from koordinering.personvern.segl.services import dager
from koordinering.personvern.sletting.services import slett_forfalte
from koordinering.plan.models import Plan
from koordinering.plan.services import MEDFOELGENDE, last_plan
from koordinering.roles import Rolle
from koordinering.saker.models import Sak
from koordinering.saker.services import last_hjemler
from koordinering.tiltak.midler.services import last_formaal
from koordinering.tiltak.moeteplass.services import last_moeteplasser
from koordinering.users import Koblingsmodus, Kommune, Rolletildeling

_FORVALTERENHET = "ikt"
"""Unit of the first system administrator (data/enheter.yaml)."""
_DEMO_DPIA = date(2023, 11, 1)

FAMILIER, AAR, FROE = 100, (2024, 2026), 3405
"""What the demo holds unless told: families a year, the years, the seed."""


def grunndata(app: Flask, *, demo: bool) -> None:
    """Plan, units, the municipality's row and the code list of authorities. A plan that is loaded is left alone."""
    with app.app_context(), transaction() as session:
        if session.get(Plan, 1) is None:
            last_plan(MEDFOELGENDE, av=None)
        last_hjemler()
        last_moeteplasser(av=None)
        last_formaal()
        if session.get(Kommune, 1) is None:
            session.add(_kommune(session, demo=demo))


def _kommune(session: Session, *, demo: bool) -> Kommune:
    navn = session.get_one(Plan, 1).kommune
    if not demo:
        return Kommune(id=1, navn=navn)
    return Kommune(
        id=1,
        navn=navn,
        koblingsmodus=Koblingsmodus.NUMMER,
        dpia_dato=_DEMO_DPIA,
        dpia_referanse="demo",
        innsyn_enhet_id="nav",
    )


def klargjoer(innstillinger: Config) -> Flask:
    """Database with the newest schema, keys and base data; safe to repeat."""
    with database(innstillinger.som_eier) as (engine, lager):
        foer = migrering.status(engine)
        if innstillinger.noekler is None and not innstillinger.noekkelfil.exists():
            if foer.naa is not None and _i_bruk(engine):
                raise ConfigError(
                    f"Databasen er i bruk, men nøkkelfilen {innstillinger.noekkelfil} mangler. "
                    "Hent den tilbake fra sikkerhetskopien."
                )
            crypto.lag_noekler(innstillinger.noekkelfil, demo=innstillinger.demo)
        _loggnoekkel(innstillinger)
        if not foer.gjeldende:
            innstillinger.kilde.les()  # no table is made beside keys that cannot be used
            migrering.oppgrader(engine, lager=lager)
        gi_tjenesten(innstillinger, engine, lager)
    app = program(innstillinger)
    grunndata(app, demo=innstillinger.demo)
    return app


def _i_bruk(engine: Engine) -> bool:
    """Whether it was ever set up: a schema that «db upgrade» made in an empty place holds nothing that keys opened."""
    with engine.connect() as connection:
        return connection.scalar(select(Plan.id).limit(1)) is not None


def _loggnoekkel(innstillinger: Config) -> None:
    """The key of the access log, the first time; never a new one beside heads that another has signed."""
    if innstillinger.loggnoekkel.exists():
        return
    if dager(innstillinger.hodemappe):
        raise ConfigError(
            f"Innsynsloggen er forseglet, men nøkkelfilen {innstillinger.loggnoekkel} mangler. "
            "Hent den tilbake fra kopien. Finnes den ikke mer: koordinering audit rotate --uten-gammel"
        )
    signatur.lag_noekkel(innstillinger.loggnoekkel)


@click.command(cls=Kommando)
@click.option("--brukernavn", cls=Valg, help="Den første systemforvalteren. Spør når det ikke er oppgitt.")
@click.option("--navn", cls=Valg, default="Systemforvalter", show_default=True, help="Tittel som kollegene kjenner.")
def init(brukernavn: str | None, navn: str) -> None:
    """Sett opp databasen, nøklene og planen. I produksjon lages også den første systemforvalteren."""
    innstillinger = config()
    app = klargjoer(innstillinger)
    si(f"Database, nøkler og plan er på plass ({innstillinger.miljoe.tekst}). Data ligger i {innstillinger.data}.")
    if innstillinger.demo:
        return
    with i_programmet(app):
        finnes = db.session.scalar(select(Rolletildeling.id).where(Rolletildeling.rolle == Rolle.SYSTEMFORVALTER))
        if finnes is not None:
            si("Det finnes en systemforvalter fra før.")
            return
        brukernavn = brukernavn or _spoer_om_brukernavn()
        passord = midlertidig_passord()
        with transaction():
            konto.lag_bruker(brukernavn, navn, passord, [(Rolle.SYSTEMFORVALTER, _FORVALTERENHET)], av=None)
    si(f"Systemforvalter {brukernavn} er opprettet. Midlertidig passord: {passord}")
    si("Passordet vises bare nå, og må byttes ved første innlogging.")


def _spoer_om_brukernavn() -> str:
    if not sys.stdin.isatty():
        raise UgyldigVerdi("Oppgi den første systemforvalteren med --brukernavn.")
    return str(click.prompt("Brukernavn for den første systemforvalteren"))


def demopassord(innstillinger: Config) -> str:
    """The demo users' password: from the environment, else made once and kept in the data directory."""
    if innstillinger.demo_passord:
        return innstillinger.demo_passord
    fil = innstillinger.data / "demo-passord"
    if not fil.exists():
        _skriv_hemmelig(fil, midlertidig_passord())
    return fil.read_text(encoding="utf-8").strip()


def _skriv_hemmelig(fil: Path, innhold: str) -> None:
    beskrivelse = os.open(fil, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(beskrivelse, "w", encoding="utf-8") as aapen:
        aapen.write(f"{innhold}\n")


def _klargjoer_demo(innstillinger: Config) -> Flask:
    """As klargjoer, but nothing is touched where it is production's."""
    with database(innstillinger.som_eier) as (engine, _):
        brukere.krev_demodata(innstillinger, engine)
    return klargjoer(innstillinger)


def _har_saker() -> bool:
    return db.session.scalar(select(Sak.id).limit(1)) is not None


class Aarsspenn(click.ParamType[tuple[int, int]]):
    """Years written 2024-2026."""

    name = "år"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Split; both years are included."""
        fra, _, til = str(value).partition("-")
        riktig = all(len(en) == 4 and en.isascii() and en.isdigit() for en in (fra, til)) and fra <= til
        if not riktig or not 2015 <= int(fra) <= int(til) <= i_dag().year:
            raise UgyldigVerdi(f"--aar skrives A-B, for eksempel 2024-{i_dag().year}.", ctx, param)
        return int(fra), int(til)


@click.command(cls=Kommando)
@click.option("--familier", cls=Valg, type=click.IntRange(1, 1_000_000), default=FAMILIER, show_default=True,
              metavar="N", help="Familier i året.")  # fmt: skip
@click.option("--aar", cls=Valg, type=Aarsspenn(), default="{}-{}".format(*AAR), show_default=True, metavar="A-B",
              help="Første og siste år.")  # fmt: skip
@click.option("--froe", cls=Valg, type=int, default=FROE, show_default=True, metavar="N",
              help="Samme tall gir samme by.")  # fmt: skip
def demo(familier: int, aar: tuple[int, int], froe: int) -> None:
    """Fyll en tom demo med brukere og en oppdiktet by."""
    innstillinger = config()
    krev_demo(innstillinger, "Oppdiktede data")
    app = _klargjoer_demo(innstillinger)
    with i_programmet(app):
        if _har_saker():
            raise KoordineringError("Databasen har saker fra før. Bruk en tom mappe: KOORDINERING_DATA=…")
        brukere.lag_demobrukere(demopassord(innstillinger))
        framdrift = Framdrift()
        by.lag_by(familier, aar, froe, framdrift)
        publiseringer.publiser_aarene(framdrift)
        rullering.lag_utkast()
        indikatortall.foer_tallene()
    si("Demobyen er klar.")


@click.command("start-demo", cls=Kommando)
def start_demo() -> None:
    """Start demoen: sett den opp første gang, vis innloggingene, og start tjenesten. Det «make run» gjør."""
    innstillinger = config()
    krev_demo(innstillinger, "Demoen")
    krev_ledig_port(innstillinger.port)
    app = _klargjoer_demo(innstillinger)
    passord = demopassord(innstillinger)
    with i_programmet(app):
        brukere.lag_demobrukere(passord)
        framdrift = Framdrift()
        if not _har_saker():
            click.echo("Lager en oppdiktet by. Det skjer bare første gang.", err=True)
            by.lag_by(FAMILIER, AAR, FROE, framdrift)
        # What a stop left undone.
        by.tell_aarene(framdrift)
        publiseringer.publiser_aarene(framdrift)
        # The night's deletion, which nothing else runs in a demo; what the years are counted from has been counted.
        slett_forfalte()
        rullering.lag_utkast()
        indikatortall.foer_tallene()
        koder = _demokoder(innstillinger)
    tjen(innstillinger, _innlogginger(innstillinger, passord, koder))


def _demokoder(innstillinger: Config) -> dict[str, str]:
    """The app secrets of the demo's users who are asked for a code: now, and once they have got one also later."""
    return {
        user.brukernavn: faktor.demohemmelighet(user, av=None)
        for user in brukere.demobrukere()
        if krever_faktor(user.roller, innstillinger.faktor) or har_faktor(user)
    }


def _innlogginger(innstillinger: Config, passord: str, koder: dict[str, str]) -> str:
    rader = [(en.rolle.tekst, en.brukernavn, en.proev) for en in brukere.demolisten()]
    noekler = ("", tabell(("Brukernavn", "Nøkkel til appen (TOTP)"), sorted(koder.items()))) if koder else ()
    return "\n".join(
        (
            "",
            tabell(("Rolle", "Brukernavn", "Prøv å"), rader),
            *noekler,
            "",
            f"Passord for alle: {passord}",
            f"Åpne http://localhost:{innstillinger.port}   (Ctrl+C avslutter)",
        )
    )
