"""Releases on the command line: the list, and a release as a zip."""

from pathlib import Path

import click

from koordinering.cli.ramme import Framdrift, Gruppe, Valg, i_programmet, krev_nytt, overskriv_valg, si, tabell
from koordinering.statistikk import services


@click.group(cls=Gruppe)
def publisering() -> None:
    """Publiseringer: det som er kontrollert og sluppet."""


@publisering.command()
def liste() -> None:
    """Vis publiseringene, nyeste først."""
    with i_programmet():
        rader = [
            (str(p.nummer), str(p.aar), p.status.tekst, f"{p.publisert:%d.%m.%Y}", ", ".join(p.koder))
            for p in services.publiserte()
            if p.publisert
        ]
        si(tabell(("Nummer", "År", "Status", "Publisert", "Tabeller"), rader))


@publisering.command()
@click.argument("nummer", type=int)
@click.option(
    "--ut", cls=Valg, type=click.Path(path_type=Path), metavar="FIL", help="Zip-filen. Uten: et navn som sier hva."
)
@overskriv_valg
def eksport(nummer: int, ut: Path | None, *, overskriv: bool) -> None:
    """Skriv alt i en publisering til en zip-fil."""
    if ut is not None:
        krev_nytt(ut, overskriv=overskriv)
    framdrift = Framdrift()
    with i_programmet():
        fil = services.pakke_med_nummer(nummer, lambda gjort, av_alt: framdrift("Skriver filer", gjort, av_alt))
    if ut is None:
        ut = Path(fil.navn)
        krev_nytt(ut, overskriv=overskriv)
    ut.write_bytes(fil.innhold)
    click.echo(f"Skrev {ut} ({len(fil.innhold)} byte).", err=True)
