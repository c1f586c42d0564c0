"""Writes the papers that a municipality needs."""

from pathlib import Path

import click

from koordinering.cli.ramme import Kommando, Valg, config, i_programmet, si
from koordinering.personvern.papirer import queries, services
from koordinering.personvern.papirer.rules.skriv import FORMATER
from koordinering.personvern.papirer.visning import Opplysninger


@click.command(cls=Kommando)
@click.option("--ut", cls=Valg, default="papirer", show_default=True, metavar="MAPPE", help="mappen papirene skrives i")
@click.option(
    "--format", "formater", cls=Valg, multiple=True, type=click.Choice(list(FORMATER)), help="kan gjentas; ellers begge"
)
@click.option("--mal", cls=Valg, is_flag=True, help="uten kommunens valg; trenger ingen database")
def papirer(ut: str, formater: tuple[str, ...], mal: bool) -> None:
    """Skriv papirene kommunen trenger: grunnlag, protokoll, avtaler, rollematrise og siden for familiene."""
    valgte = formater or tuple(FORMATER)
    if mal:
        skrevet = services.skriv(Opplysninger(), Path(ut), valgte)
    else:
        with i_programmet():
            skrevet = services.skriv(queries.kommunens(), Path(ut), valgte, config().data / "familier")
    for fil in skrevet:
        si(str(fil))
