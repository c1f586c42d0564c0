"""The root command, and what each kind of fault becomes: one line and an exit code."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from koordinering.cli.ramme import AVBRUTT, AVVIST, FEIL_BRUK, OK, Gruppe, Sene, UgyldigVerdi
from koordinering.driftsfeil import er_basens, om_basen, om_filen
from koordinering.errors import KoordineringError

KOMMANDOER = {
    "init": "oppsett:init",
    "demo": "oppsett:demo",
    "start-demo": "oppsett:start_demo",
    "serve": "tjener:serve",
    "jobb": "tjener:jobb",
    "db": "flytting:db_gruppe",
    "keys": "noekler:keys",
    "user": "brukere:user",
    "oidc": "oidc:oidc",
    "matrise": "roller:matrise",
    "papirer": "papirer:papirer",
    "plan": "planen:plan",
    "kommune": "kommunen:kommune",
    "statistikk": "tall:statistikk",
    "aarsskifte": "aaret:aarsskifte",
    "audit": "loggen:audit",
    "retention": "sletting:retention",
    "backup": "kopier:backup",
    "restore": "kopier:restore",
    "sjekk": "sjekk:sjekk",
    "epost": "epost:epost",
    "eksempler": "eksempler:eksempler",
}
"""Where each command is, in this package."""


@click.group(cls=Gruppe, commands=Sene({navn: f"{__package__}.{sted}" for navn, sted in KOMMANDOER.items()}))
def koordinering() -> None:
    """Koordinering av tiltak for barn og familier med lite penger.

    KOORDINERING_MILJOE er demo eller produksjon. KOORDINERING_DATA er mappen med database og nøkler.
    """


def _bruksfeil(feil: click.UsageError) -> str:
    """What was wrong with the command, in bokmål: click's own messages are English."""
    if isinstance(feil, UgyldigVerdi):
        return feil.message
    navn = getattr(feil, "param", None)
    hva = navn.opts[0] if isinstance(navn, click.Option) else (navn.make_metavar(feil.ctx) if navn and feil.ctx else "")
    if isinstance(feil, click.MissingParameter):
        return f"{hva} mangler."
    if isinstance(feil, click.BadParameter):
        fil = navn is not None and isinstance(navn.type, click.Path)
        hvorfor = " Se på om det er en fil eller en mappe, og hvem som eier den." if fil else ""
        return f"Verdien til {hva} kan ikke brukes.{hvorfor}"
    if isinstance(feil, click.NoSuchOption):
        return f"Valget {feil.option_name} finnes ikke."
    if isinstance(feil, click.NoSuchCommand):
        return "Kommandoen finnes ikke."
    return "Kommandoen er skrevet feil."


def _kjoer(argumenter: Sequence[str] | None) -> int:
    try:
        kode = koordinering.main(args=argumenter, prog_name="koordinering", standalone_mode=False)
        return kode if isinstance(kode, int) else OK
    except click.exceptions.NoArgsIsHelpError as feil:
        click.echo(feil.message)
        return FEIL_BRUK
    except click.UsageError as feil:
        sti = feil.ctx.command_path if feil.ctx else "koordinering"
        click.echo(f"{_bruksfeil(feil)} Se: {sti} --help", err=True)
        return FEIL_BRUK
    except (click.Abort, KeyboardInterrupt):
        click.echo("Avbrutt.", err=True)
        return AVBRUTT
    except KoordineringError as feil:
        click.echo(_linje(str(feil), feil), err=True)
    except BrokenPipeError:
        sys.stderr.close()
    except Exception as feil:
        click.echo(_linje(_driftsfeil(feil), feil), err=True)
    return AVVIST


def _linje(tekst: str, feil: Exception) -> str:
    """The fault, and what somebody on its way has noted of what stands."""
    notater = getattr(feil, "__notes__", [])
    return " ".join([tekst.rstrip(".") + "." if notater else tekst, *notater])


def _driftsfeil(feil: Exception) -> str:
    """What the disk or the database says. Anything else is a fault of ours, and is raised again."""
    if isinstance(feil, OSError):
        return om_filen(feil)
    if er_basens(feil):
        return om_basen(feil)
    raise feil


def main(argumenter: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end with its code: 0 done, 1 refused or failed, 2 wrong use."""
    sys.exit(_kjoer(argumenter))
