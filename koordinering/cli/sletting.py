"""Retention on the command line: what is to go, the archive's file, the deletion, and again after a restore."""

import secrets
from datetime import datetime
from pathlib import Path

import click

from koordinering.cli.ramme import Framdrift, Gruppe, Valg, config, i_programmet, program, si, tabell
from koordinering.config import Config
from koordinering.db import OSLO, i_dag
from koordinering.personvern.krav.services import gjenta_toemminger
from koordinering.personvern.segl import services as segl
from koordinering.personvern.sletting import queries
from koordinering.personvern.sletting.services import arkiver, gjenta_slettinger, slett_forfalte


@click.group(cls=Gruppe)
def retention() -> None:
    """Sletting etter fristene: saker som er avsluttet, og hele dager av innsynsloggen."""


def _vis() -> None:
    """What stands where, unit by unit: those who run the installation see no case."""
    rader = [(s.enhet, str(s.slettes), str(s.venter), str(s.holdt), str(s.snart)) for s in queries.stillingen()]
    if rader:
        si(tabell(("Enhet", "Slettes nå", "Venter på arkivet", "Holdes tilbake", "Innen en måned"), rader))
    else:
        si("Ingen saker slettes nå eller innen en måned.")


def _slett_logg(innstillinger: Config, framdrift: Framdrift) -> None:
    borte = segl.utloep(
        segl.Loggsted(innstillinger.hodemappe, innstillinger.loggnoekkel),
        i_dag(),
        innstillinger.logg_aar,
        av=None,
        fortell=lambda gjort, av_alt: framdrift("Sletter dager av loggen", gjort, av_alt),
    )
    si(f"Slettet {borte.innslag} innslag i innsynsloggen, til og med {borte.til}.")


@retention.command()
@click.option("--dry-run", cls=Valg, is_flag=True, help="Vis hva som ville blitt slettet, og hva som snart blir det.")
@click.option(
    "--arkiv", cls=Valg, type=click.Path(path_type=Path, file_okay=False), metavar="MAPPE",
    help="Skriv vedtak til en ny fil her først.",
)  # fmt: skip
@click.option("--uten-logg", cls=Valg, is_flag=True, help="La innsynsloggen være.")
def run(arkiv: Path | None, *, dry_run: bool, uten_logg: bool) -> None:
    """Slett det som har nådd fristen. Kan avbrytes når som helst og kjøres på nytt. To kan gå samtidig."""
    innstillinger = config() if uten_logg else config().som_eier
    with i_programmet(program(innstillinger)):
        if dry_run:
            _vis()
            if not uten_logg:
                borte = segl.utloepte(i_dag(), innstillinger.logg_aar)
                si(f"Ville slettet {borte.innslag} innslag i innsynsloggen, til og med {borte.til}.")
            return
        framdrift = Framdrift()
        if arkiv is not None:
            _arkiver(arkiv / f"vedtak-{datetime.now(OSLO):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.jsonl")
        slettet = slett_forfalte(fortell=lambda gjort, av_alt: framdrift("Sletter saker", gjort, av_alt))
        si(f"Slettet {slettet} saker.")
        venter = len(queries.ider(queries.forfalte(i_arkiv=False)))
        if venter:
            si(f"{venter} saker har vedtak som må til arkivet først. Kjør: koordinering retention run --arkiv MAPPE")
        if not uten_logg:
            _slett_logg(innstillinger, framdrift)


def _arkiver(fil: Path) -> None:
    antall = arkiver(fil)
    si(f"Skrev {antall} vedtak til {fil}." if fil.exists() else "Ingen vedtak skal til arkivet.")


@retention.command("arkiv")
@click.option("--ut", cls=Valg, required=True, type=click.Path(path_type=Path), metavar="FIL", help="En ny fil.")
def arkiv_(ut: Path) -> None:
    """Skriv vedtakene i saker som skal slettes, til FIL (én linje JSON for hvert). Sakene kan så slettes."""
    with i_programmet():
        _arkiver(ut)


@retention.command("etter-gjenoppretting")
def etter_gjenoppretting() -> None:
    """Slett på nytt det som er slettet etter at en sikkerhetskopi ble tatt. Tjenesten gjør det selv når den starter."""
    with i_programmet():  # the opening of the databases has done it already
        gjenta_slettinger()
        gjenta_toemminger()
        si("Ingen sak i databasen står i listen over slettede.")
