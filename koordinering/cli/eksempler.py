"""The files for systemd, the proxy, the container and Prometheus, which lie inside the package."""

import shutil
from pathlib import Path

import click

from koordinering import migrering
from koordinering.cli.ramme import Kommando, Valg, si
from koordinering.errors import KoordineringError


@click.command(cls=Kommando)
@click.option(
    "--ut", cls=Valg, required=True, type=click.Path(path_type=Path, file_okay=False), metavar="MAPPE",
    help="En ny mappe.",
)  # fmt: skip
def eksempler(ut: Path) -> None:
    """Skriv ut filene for systemd, proxy, container og Prometheus, til å rette og ta i bruk."""
    if ut.exists():
        raise KoordineringError(f"{ut} finnes fra før. Velg en mappe som ikke finnes.")
    shutil.copytree(migrering.mappe("drift"), ut, ignore=shutil.ignore_patterns("__pycache__"))
    filer = sorted(fil.relative_to(ut).as_posix() for fil in ut.rglob("*") if fil.is_file())
    si("\n".join([f"Skrevet til {ut}:", *filer]))
