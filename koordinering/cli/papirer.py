"""Writes the papers that a municipality needs."""

from pathlib import Path

import click

from koordinering.cli.ramme import Kommando, Valg, config, i_programmet, krev_nytt, overskriv_valg, si
from koordinering.personvern.papirer import queries, services
from koordinering.personvern.papirer.rules.skriv import FORMATER
from koordinering.personvern.papirer.visning import Opplysninger


@click.command(cls=Kommando)
@click.option("--ut", cls=Valg, default="papirer", show_default=True, metavar="MAPPE", help="mappen papirene skrives i")
@click.option(
    "--format", "formater", cls=Valg, multiple=True, type=click.Choice(list(FORMATER)), help="kan gjentas; ellers begge"
)
@click.option("--mal", cls=Valg, is_flag=True, help="uten kommunens valg; trenger ingen database")
@overskriv_valg
def papirer(ut: str, formater: tuple[str, ...], mal: bool, *, overskriv: bool) -> None:
    """Skriv papirene kommunen trenger: grunnlag, protokoll, avtaler, rollematrise og siden for familiene."""
    valgte = formater or tuple(FORMATER)
    if mal:
        filer = services.som_filer(Opplysninger(), Path(ut), valgte)
    else:
        with i_programmet():
            filer = services.som_filer(queries.kommunens(), Path(ut), valgte, config().data / "familier")
    for fil in filer:  # the municipality fills them in: none is written over, and not half of them
        krev_nytt(fil, overskriv=overskriv)
    services.skriv(filer)
    for fil in filer:
        si(str(fil))
