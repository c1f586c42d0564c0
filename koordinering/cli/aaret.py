"""Closes a year and opens the next."""

import click

from koordinering.cli.ramme import Kommando, Valg, i_programmet, si
from koordinering.db import transaction
from koordinering.errors import DomainError, KoordineringError
from koordinering.tildeling.services import Nyttaar, planlegg_aaret, skift_aar
from koordinering.tiltak.queries import korttiltak


def _linjer(plan: Nyttaar) -> list[str]:
    linjer = []
    for navn, kort in plan.kort:
        steng = f"{kort.i_bruk} kort utløper, {kort.ledige} tas ut" if kort.stenges else "ingenting å avslutte"
        linjer.append(f"{navn}: {steng}; {kort.nye} nye kort for {kort.neste}.")
    linjer.append(f"Friplasser der sesongen er over: {plan.barn} plasser i {plan.tilbud} tilbud avsluttes.")
    linjer.append(f"Plasser som venter på svar der sesongen er over: {plan.venter_svar} trekkes tilbake.")
    linjer.append(f"Midler for {plan.aar}: {_midler(plan)}")
    linjer.append(f"Midler for {plan.neste}: {'åpnes.' if plan.midler_aapnes else 'er åpnet allerede.'}")
    if plan.steder_uten_tall or plan.moeteplasser_uten_tall:
        linjer.append(
            f"Mangler: {plan.steder_uten_tall} måneder fra steder som tar kortet, "
            f"{plan.moeteplasser_uten_tall} måneder fra møteplasser."
        )
    return linjer


def _midler(plan: Nyttaar) -> str:
    if plan.midler_stenges:
        return "avsluttes; det som er bundet, kan fortsatt betales."
    if plan.uavgjorte:
        return f"blir stående åpne; søknader som ikke er avgjort: {plan.uavgjorte}."
    return "ingenting å avslutte."


@click.command(cls=Kommando)
@click.option(
    "--aar", cls=Valg, required=True, type=click.IntRange(2000, 2099), metavar="ÅÅÅÅ", help="Året som avsluttes."
)
@click.option(
    "--kort",
    cls=Valg,
    type=click.IntRange(1, 5000),
    metavar="ANTALL",
    help="Antall kort det neste året. Uten: like mange som året som avsluttes.",
)
@click.option("--dry-run", is_flag=True, help="Vis bare hva som vil skje.")
def aarsskifte(aar: int, kort: int | None, dry_run: bool) -> None:
    """Avslutt året for kort, friplasser og midler, og åpne det neste. Kan kjøres flere ganger."""
    with i_programmet():
        nye_kort = {tiltak.id: kort for tiltak in korttiltak()} if kort is not None else {}
        if dry_run:
            plan = planlegg_aaret(aar, nye_kort)
            si("Ingenting er endret. Dette vil skje:")
        else:
            try:
                with transaction():
                    plan = skift_aar(aar, nye_kort, av=None)
            except DomainError as feil:
                raise KoordineringError(str(feil)) from None
            si("Dette er gjort:")
        for linje in _linjer(plan):
            si(linje)
        if dry_run and plan.for_tidlig:
            si("Året kan ikke avsluttes før i desember.")
