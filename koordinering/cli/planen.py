"""Loads a plan from a file."""

from pathlib import Path

import click

from koordinering.cli.ramme import Gruppe, i_programmet, si
from koordinering.db import transaction
from koordinering.errors import KoordineringError
from koordinering.plan.rules.linjer import PlanFeil
from koordinering.plan.services import last_plan


@click.group(cls=Gruppe)
def plan() -> None:
    """Handlingsplanen."""


@plan.command()
@click.argument("fil", type=click.Path(path_type=Path), metavar="FIL")
def load(fil: Path) -> None:
    """Last handlingsplanen fra FIL. Er noe galt, sies linje og grunn, og ingenting blir lastet."""
    try:
        with i_programmet(), transaction():
            lastet = last_plan(fil, av=None)
    except PlanFeil as feil:
        raise KoordineringError("\n".join(f"{fil.name}, {en}" for en in feil.feil)) from None
    if not lastet.endret:
        si("Planen var lastet fra før. Ingenting er endret.")
        return
    si(
        f"Lastet {lastet.strategier} strategier, {lastet.tiltak} tiltak, {lastet.enheter} enheter "
        f"og {lastet.indikatorer} indikatorer. Utgåtte tiltak: {lastet.utgaatt}."
    )
