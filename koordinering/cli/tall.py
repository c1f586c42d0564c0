"""Protected tables as files."""

import sys
from pathlib import Path

import click

from koordinering.cli.publisering import publisering
from koordinering.cli.ramme import Gruppe, UgyldigVerdi, Valg, i_programmet, si, tabell
from koordinering.errors import KoordineringError
from koordinering.statistikk import services
from koordinering.statistikk.export import Format


@click.group(cls=Gruppe)
def statistikk() -> None:
    """Tall, alltid med små tall skjult."""


statistikk.add_command(publisering)


@statistikk.command()
def tabeller() -> None:
    """Vis kodene og titlene på tabellene som finnes."""
    with i_programmet():
        si(tabell(("Kode", "Tittel"), [(str(kode), tittel) for kode, tittel in services.katalog()]))


@statistikk.command()
@click.option("--tabell", "kode", cls=Valg, required=True, metavar="KODE", help="Tabellens kode, se «tabeller».")
@click.option("--aar", cls=Valg, required=True, type=int, metavar="ÅÅÅÅ", help="Året det er talt for.")
@click.option(
    "--format", "format_", cls=Valg, required=True, type=click.Choice([en.value for en in Format]),
    help="csv (komma), csv-excel (semikolon), xlsx eller jsonstat.",
)  # fmt: skip
@click.option("--ut", cls=Valg, type=click.Path(path_type=Path), metavar="FIL", help="Filen som skrives. Uten: stdout.")
def eksport(kode: str, aar: int, format_: str, ut: Path | None) -> None:
    """Hent ut en tabell som fil."""
    if ut is None and format_ == Format.XLSX and sys.stdout.isatty():
        raise UgyldigVerdi("Et regneark kan ikke vises i terminalen. Skriv det til en fil med --ut FIL.")
    with i_programmet():
        if kode not in dict(services.katalog()):
            raise KoordineringError(f"Tabellen {kode} finnes ikke. Se: koordinering statistikk tabeller")
        fil = services.eksporter(kode, aar, Format(format_), av=None)
    if ut is None:
        sys.stdout.buffer.write(fil.innhold)
        return
    ut.write_bytes(fil.innhold)
    click.echo(f"Skrev {ut} ({len(fil.innhold)} byte).", err=True)
