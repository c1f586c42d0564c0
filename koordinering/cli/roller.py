"""Prints the sheet that the municipality signs."""

import click

from koordinering.cli.ramme import Kommando, si, tabell
from koordinering.roles import MATRISE


@click.command(cls=Kommando)
def matrise() -> None:
    """Skriv ut rollene, hva de har lov til, og hvor langt det rekker."""
    rader = [
        (rolle.tekst, rettighet.value, omfang.tekst, rettighet.tekst)
        for rolle, rettigheter in MATRISE.items()
        for rettighet, omfang in rettigheter.items()
    ]
    si(tabell(("Rolle", "Rettighet", "Rekker til", "Forklaring"), rader))
