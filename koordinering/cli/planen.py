"""Loads a plan from a file, and sends reminders of what is to be assessed."""

from pathlib import Path

import click

from koordinering.cli.ramme import Gruppe, Valg, i_programmet, si
from koordinering.db import transaction
from koordinering.errors import KoordineringError
from koordinering.plan.evaluering import services as evaluering
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


@plan.command()
@click.option("--dry-run", cls=Valg, is_flag=True, help="Vis hvor mange som ville fått e-post, og send ingenting.")
def paaminn(*, dry_run: bool) -> None:
    """Send påminnelser om vurderinger som nærmer seg fristen eller er over den. Hver sendes én gang.

    Arbeideren (koordinering jobb) gjør det samme hver time.
    """
    with i_programmet():
        if dry_run:
            venter = evaluering.som_venter()
            si(f"Ville sendt {len(venter)} e-poster om {sum(map(len, venter.values()))} vurderinger.")
        if not evaluering.post_i_bruk():
            si("Ingen e-posttjeneste er satt opp. Sett KOORDINERING_EPOST_VERT.")
        elif not dry_run:
            utfall = evaluering.send_paaminnelser()
            si(f"Sendte {utfall.sendt} e-poster. Avvist: {utfall.avvist}. Uten svar: {utfall.usikre}.")
