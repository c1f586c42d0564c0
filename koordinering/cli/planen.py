"""Loads a plan from a file, writes its report, and sends reminders of what is to be assessed."""

from pathlib import Path

import click

from koordinering.cli.ramme import Gruppe, Valg, i_programmet, krev_nytt, overskriv_valg, si
from koordinering.db import transaction
from koordinering.errors import FinnesIkke, KoordineringError
from koordinering.filer import skriv_hel
from koordinering.plan.evaluering import services as evaluering
from koordinering.plan.rapport import services as rapporter
from koordinering.plan.rapport.queries import siste
from koordinering.plan.rapport.rules.innhold import Rapport
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


@plan.command()
@click.option("--aar", cls=Valg, type=int, required=True, help="året rapporten gjelder")
@click.option(
    "--ut", cls=Valg, type=click.Path(path_type=Path), required=True, metavar="FIL", help="filen: .pdf eller .docx"
)
@click.option("--nr", cls=Valg, type=int, help="hvilken av årets frosne rapporter; ellers den nyeste")
@click.option("--utkast", cls=Valg, is_flag=True, help="slik rapporten ville blitt i dag, også når en er frosset")
@overskriv_valg
def rapport(aar: int, ut: Path, nr: int | None, *, utkast: bool, overskriv: bool) -> None:
    """Skriv planens rapport for et år til FIL. Er ingen frosset for året, blir det et utkast.

    Et utkast kan lages for i fjor og for år med publiserte tall, som på siden Rapporter.
    """
    slag = {f".{en.value}": en for en in rapporter.Rapportformat}.get(ut.suffix.lower())
    if slag is None:
        raise KoordineringError("Filen må hete noe som slutter på .pdf eller .docx.")
    krev_nytt(ut, overskriv=overskriv)
    with i_programmet():
        rad = None if utkast else siste(aar, nr)
        if rad is None and nr is not None:
            raise FinnesIkke("Året har ingen frosset rapport med dette nummeret.")
        innhold = _utkast(aar) if rad is None else rapporter.innhold(rad)
        fil = rapporter.som_fil(innhold, rad.nr if rad is not None else None, slag, av=None, adresse=None)
    skriv_hel(ut, fil.innhold, ny=not overskriv)
    si(f"Skrev {ut}: {'utkast' if rad is None else f'rapport nummer {rad.nr}'} for {aar}.")


def _utkast(aar: int) -> Rapport:
    """Of the years that the page offers: any other would be a report without a word of that year in it."""
    eier = rapporter.eier()
    aarene = rapporter.aarene(av=eier)
    if aar not in aarene:
        raise FinnesIkke(
            f"Det er ingenting å lage en rapport av for {aar}. Rapporten kan lages for {', '.join(map(str, aarene))}."
        )
    return rapporter.sett_sammen(aar, av=eier)
