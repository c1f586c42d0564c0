"""What the commands share: help in bokmål, faults in one line, the running program, progress and tables of text."""

import gc
import os
import sys
import time
from collections import UserDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, cast

import click
from flask import Flask
from sqlalchemy import Engine
from werkzeug.utils import import_string

from koordinering import dager, noekkellager, rettigheter
from koordinering.config import Config, les_config
from koordinering.databasevalg import rollen
from koordinering.db import db
from koordinering.errors import KoordineringError

FABRIKK = "koordinering.app:create_app"
"""Named and not imported: app stands above the command line."""

OK, AVVIST, FEIL_BRUK, AVBRUTT = 0, 1, 2, 130
"""Exit codes: done, refused or failed, wrong use, stopped by the user."""


class Valg(click.Option):
    """An option whose help is all bokmål."""

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Say «påkrevd» and «uten valget: …» instead of click's own words."""
        ekstra = super().get_help_extra(ctx)
        standard = ekstra.get("default")
        ord_ = ["påkrevd" if self.required else "", f"uten valget: {standard}" if standard else ""]
        tekst = ", ".join(en for en in ord_ if en)
        return {"required": tekst} if tekst else {}


class Kommando(click.Command):
    """A command whose help is bokmål."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[VALG]")
        super().__init__(*args, **kwargs)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Head the usage line «Bruk:»."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="Bruk: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Head the options «Valg»."""
        linjer = [linje for valg in self.get_params(ctx) if (linje := valg.get_help_record(ctx)) is not None]
        with formatter.section("Valg"):
            formatter.write_dl(linjer)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Tell in bokmål what --help does."""
        valg = super().get_help_option(ctx)
        if valg is not None:
            valg.help = "Vis denne hjelpen og avslutt."
        return valg


class Gruppe(Kommando, click.Group):
    """A command with commands under it."""

    command_class = Kommando
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("subcommand_metavar", "KOMMANDO …")
        super().__init__(*args, **kwargs)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options first, then the commands."""
        Kommando.format_options(self, ctx, formatter)
        linjer = [(navn, en.get_short_help_str(80)) for navn, en in sorted(self.commands.items()) if not en.hidden]
        with formatter.section("Kommandoer"):
            formatter.write_dl(linjer)


def hent(sted: str) -> Any:
    """What stands there («module:name»), with what comes along put out of the collector's way (cli/__init__.py)."""
    gc.disable()
    try:
        return import_string(sted)
    finally:
        gc.freeze()
        gc.enable()


class Sene(UserDict[str, click.Command]):
    """Commands, each imported when somebody asks for it: whoever runs one needs none of the others."""

    def __init__(self, steder: Mapping[str, str]) -> None:
        super().__init__()
        self._steder = steder

    def __missing__(self, navn: str) -> click.Command:
        self.data[navn] = kommando = hent(self._steder[navn])
        return cast("click.Command", kommando)

    def __contains__(self, navn: object) -> bool:
        return navn in self._steder

    def __iter__(self) -> Iterator[str]:
        return iter(self._steder)

    def __len__(self) -> int:
        return len(self._steder)


class UgyldigVerdi(click.BadParameter):
    """A value that cannot be used; the message is ours and is shown."""


class Dag(click.ParamType[date]):
    """A day, written as 2026-11-29 or 29.11.2026. One that no month has is told as that."""

    name = "dato"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it."""
        tekst = str(value).strip()
        try:
            return dager.les_dag(tekst)
        except ValueError:
            hvorfor = dager.finnes_ikke(tekst) or "skriv datoen som 2026-11-29 eller 29.11.2026."
            raise UgyldigVerdi(f"{param.opts[0] if param else 'Datoen'}: {hvorfor}", ctx, param) from None


def config() -> Config:
    """The settings of this installation."""
    return les_config(os.environ)


def krev_demo(innstillinger: Config, hva: str) -> None:
    """Stop where real families are."""
    if not innstillinger.demo:
        raise KoordineringError(f"{hva} finnes bare i demo. Sett KOORDINERING_MILJOE=demo hvis dette er en demo.")


def program(innstillinger: Config | None = None) -> Flask:
    """The application, made as the server makes it. Raises ConfigError when something is missing or unsafe."""
    fabrikk = cast("Callable[[Config | None], Flask]", hent(FABRIKK))
    return fabrikk(innstillinger)


@contextmanager
def i_programmet(app: Flask | None = None) -> Iterator[Flask]:
    """Inside the application's context, with its connections closed at the end."""
    app = app or program()
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            noekkellager.lukk()


@contextmanager
def database(innstillinger: Config) -> Iterator[tuple[Engine, Engine]]:
    """The same where there may be no folder yet: it is made."""
    innstillinger.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with basene(innstillinger) as begge:
        yield begge


def basene(innstillinger: Config) -> AbstractContextManager[tuple[Engine, Engine]]:
    """The database and the key store alone, before there are keys or a schema."""
    return noekkellager.begge(innstillinger.database_url, innstillinger.noekkellager_url)


def gi_tjenesten(innstillinger: Config, eier: Engine, lager: Engine) -> str | None:
    """Where the tables have an owner of their own: give the service's role its rights. The role, where there is one.

    The tables that an upgrade makes are closed to it until then.
    """
    rolle = rollen(innstillinger.database_url)
    if innstillinger.database.eier is None or rolle in {None, eier.url.username}:
        return None
    rettigheter.gi(eier, lager, str(rolle))
    return rolle


overskriv_valg = click.option("--overskriv", cls=Valg, is_flag=True, help="Skriv over det som finnes fra før.")
"""Of every command that writes to a file that somebody names."""


def krev_nytt(ut: Path, *, overskriv: bool) -> None:
    """Stop, before anything is done, where a file would be written over unseen. Raises KoordineringError.

    A terminal or a pipe is there to be written to.
    """
    if ut.is_file() and not overskriv:
        raise KoordineringError(f"{ut} finnes fra før. Velg et annet navn, eller legg til --overskriv.")


def si(tekst: str) -> None:
    """What the command came to, on stdout."""
    click.echo(tekst)


def tabell(overskrifter: Sequence[str], rader: Sequence[Sequence[str]]) -> str:
    """Text in columns that line up."""
    alle = [list(overskrifter), *(list(rad) for rad in rader)]
    bredder = [max(len(rad[nr]) for rad in alle) for nr in range(len(overskrifter))]
    alle.insert(1, ["-" * bredde for bredde in bredder])
    return "\n".join("  ".join(celle.ljust(b) for celle, b in zip(rad, bredder, strict=True)).rstrip() for rad in alle)


class Framdrift:
    """Tells on stderr how far something has come, once it has lasted two seconds."""

    def __init__(self) -> None:
        self._sist = time.monotonic()
        self._vist = False

    def __call__(self, tekst: str, gjort: int, av_alt: int) -> None:
        """`gjort` of `av_alt`; 0 of 0 is not known yet."""
        naa = time.monotonic()
        ferdig = self._vist and gjort == av_alt
        if naa - self._sist < 2 and not ferdig:
            return
        self._sist, self._vist = naa, True
        antall = f" {gjort} av {av_alt}" if av_alt else ""
        if sys.stderr.isatty():
            click.echo(f"\r{tekst}{antall} …\033[K", nl=ferdig, err=True)
        else:
            click.echo(f"{tekst}{antall} …", err=True)
