"""Protected tables as files."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koordinering.cli.publisering import publisering
from koordinering.cli.ramme import Gruppe, UgyldigVerdi, Valg, i_programmet, krev_nytt, overskriv_valg, si, tabell
from koordinering.errors import KoordineringError
from koordinering.statistikk import services
from koordinering.statistikk.disclosure import (
    HOEYESTE_TERSKEL,
    LAVESTE_TERSKEL,
    IkkeTrygt,
    Rapport,
    Regler,
    SafeTable,
    Slag,
    beskytt,
    faa,
)
from koordinering.statistikk.disclosure.fil import Innlest, les, les_hierarki, skriv
from koordinering.statistikk.export import Format

if TYPE_CHECKING:
    from koordinering.statistikk.disclosure.revisjon import Revisjon

IKKE_TRYGT = 3
"""Exit code: the table was read, but nothing of it can be shown safely."""


@click.group(cls=Gruppe)
def statistikk() -> None:
    """Tall, alltid med små tall skjult."""


statistikk.add_command(publisering)


@statistikk.command()
def tabeller() -> None:
    """Vis kodene og titlene på tabellene som finnes, og hvilke sett de hører til."""
    with i_programmet():
        sett = services.tabellsett()
        rader = [
            (str(kode), tittel, ", ".join(s.kode for s in sett if kode in s.tabeller))
            for kode, tittel in services.katalog()
        ]
        si(tabell(("Kode", "Tittel", "Sett"), rader))


@statistikk.command()
@click.option("--tabell", "kode", cls=Valg, required=True, metavar="KODE", help="Tabellens kode, se «tabeller».")
@click.option("--aar", cls=Valg, required=True, type=int, metavar="ÅÅÅÅ", help="Året det er talt for.")
@click.option(
    "--format", "format_", cls=Valg, required=True, type=click.Choice([en.value for en in Format]),
    help="csv (komma), csv-excel (semikolon), xlsx eller jsonstat.",
)  # fmt: skip
@click.option("--ut", cls=Valg, type=click.Path(path_type=Path), metavar="FIL", help="Filen som skrives. Uten: stdout.")
@overskriv_valg
def eksport(kode: str, aar: int, format_: str, ut: Path | None, *, overskriv: bool) -> None:
    """Hent ut en tabell som fil."""
    if ut is None and format_ == Format.XLSX and sys.stdout.isatty():
        raise UgyldigVerdi("Et regneark kan ikke vises i terminalen. Skriv det til en fil med --ut FIL.")
    if ut is not None:
        krev_nytt(ut, overskriv=overskriv)
    with i_programmet():
        if kode not in dict(services.katalog()):
            raise KoordineringError(f"Tabellen {kode} finnes ikke. Se: koordinering statistikk tabeller")
        with _sier_fra("Skriver tabellen …"):
            fil = services.eksporter(kode, aar, Format(format_), av=None)
    if ut is None:
        sys.stdout.buffer.write(fil.innhold)
        return
    ut.write_bytes(fil.innhold)
    click.echo(f"Skrev {ut} ({len(fil.innhold)} byte).", err=True)


@statistikk.command()
@click.option("--sjekk", is_flag=True, help="Sammenlign også alle utdrag med sakene. Kode 1 når noe ikke stemmer.")
def utdrag(sjekk: bool) -> None:
    """Lag de utdragene av saker som tellingen mangler. Jobbene gjør det ellers hver time."""
    with i_programmet():
        si(f"Laget for {services.hold_utdrag()} saker.")
        if sjekk:
            antall, feil = services.sjekk_utdrag()
            si(f"Sammenlignet {antall} saker. {feil} stemmer ikke.")
            if feil:
                raise KoordineringError("Utdragene stemmer ikke med sakene. Meld fra til leverandøren.")


@statistikk.command("beskytt")
@click.argument("inn", metavar="INN.csv", type=click.Path(path_type=Path))
@click.option(
    "--ut",
    cls=Valg,
    required=True,
    type=click.Path(path_type=Path),
    metavar="UT.csv",
    help="Filen som skrives, med de samme radene.",
)
@click.option(
    "--terskel",
    cls=Valg,
    default=5,
    show_default=True,
    metavar="TALL",
    type=click.IntRange(LAVESTE_TERSKEL, HOEYESTE_TERSKEL),
    help="Tall under dette skjules, 3 til 10.",
)
@click.option(
    "--hierarki",
    cls=Valg,
    type=click.Path(path_type=Path),
    metavar="H.json",
    help='Grupper som er delt videre: {"kolonne": {"gruppe": ["del", "del"]}}.',
)
@click.option(
    "--tid",
    cls=Valg,
    default=300.0,
    show_default=True,
    type=click.FloatRange(min=0.1, max=86_400),
    metavar="SEKUNDER",
    help="Hvor lenge det letes etter færre tall å skjule.",
)
@overskriv_valg
def beskytt_fil(inn: Path, ut: Path, terskel: int, hierarki: Path | None, tid: float, *, overskriv: bool) -> int | None:
    """Skjul små tall i en tabell du har i en fil, så de ikke kan regnes ut.

    INN.csv har kolonner med inndelinger, så «barn» og om ønskelig «familier», med alle summer som «Total».
    Revisjonen skrives til stdout. Den er for deg som eier tallene, og skal ikke publiseres.
    """
    from koordinering.statistikk.disclosure.revisjon import revider  # numpy and HiGHS: not for every other command

    krev_nytt(ut, overskriv=overskriv)
    grupper = les_hierarki(hierarki.read_bytes()) if hierarki else {}
    innlest = les(inn.read_bytes(), grupper, datetime.now(UTC).date())
    regler = Regler(terskel=terskel, sekunder=tid)
    try:
        with _sier_fra(f"Leter etter færrest mulig tall å skjule, i høyst {tid:g} sekunder …"):
            svar = beskytt([innlest.raa], regler)
    except IkkeTrygt:
        click.echo("Fant ingen trygg måte å vise tabellen på. Bruk grovere grupper.", err=True)
        return IKKE_TRYGT
    with _sier_fra("Prøver om noe kan regnes ut …"):
        revisjon = revider(svar.tabeller, [innlest.raa], regler)
        si(_for_eieren(innlest, svar.tabeller[0], svar.rapport, revisjon, regler))
    if not revisjon.ok:
        click.echo("Tabellen ble ikke trygg nok til å vises. Bruk grovere grupper.", err=True)
        return IKKE_TRYGT
    ut.write_bytes(skriv(innlest, svar.tabeller[0]))
    click.echo("\n".join([*map(str, svar.tabeller[0].forklaring), f"Skrev {ut}."]), err=True)
    return None


def _for_eieren(innlest: Innlest, vist: SafeTable, rapport: Rapport, revisjon: "Revisjon", regler: Regler) -> str:
    """The audit as JSON. What the numbers are is not in it, only what others can say of them."""
    from koordinering.statistikk.disclosure.revisjon import slutninger  # as above

    funn = revisjon.tabeller[0]
    data = {
        "not_for_publication": True,
        "safe": revisjon.ok,
        "threshold": regler.terskel,
        "few_in_all": faa(innlest.raa, regler.terskel),
        "cells": funn.celler,
        "primary": funn.primaere,
        "secondary": funn.sekundaere,
        "weight": rapport.vekt,
        "bound": rapport.skranke,
        "gap": rapport.gap,
        "optimal": rapport.optimal,
        "time_ran_out": rapport.tiden_ute,
        "seconds": round(rapport.sekunder + revisjon.sekunder, 3),
        "attacker": {
            "known_exactly": funn.kjent_noeyaktig,
            "known_to_be_small": funn.kjent_smaa,
            "too_narrow": funn.for_smale,
            "known_to_an_insider": funn.kjent_for_innsider,
            "primary_shown": funn.primaere_vist,
            "undecided": revisjon.uavklarte,
            "insiders": revisjon.innsidere,
            "linear_programmes": revisjon.lineaere,
            "integer_programmes": revisjon.heltall,
            "narrowest_interval": funn.smaleste,
            "intervals": [
                {"line": innlest.linje[noekkel], "column": kolonne, "lowest": int(lav), "highest": _oevre(hoey)}
                for (_, noekkel, kolonne), (lav, hoey) in slutninger([vist]).items()
            ],
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


def _oevre(hoey: float) -> int | None:
    """The highest that the attacker believes in; None where nothing that is shown sets an end to it."""
    from koordinering.statistikk.disclosure.revisjon import TAK  # as above

    return None if hoey >= TAK[Slag.ANTALL] else int(hoey)


@contextmanager
def _sier_fra(tekst: str) -> Iterator[None]:
    """Tell on stderr what is going on, once it has lasted two seconds."""
    klokke = threading.Timer(2, click.echo, (tekst,), {"err": True})
    klokke.daemon = True
    klokke.start()
    try:
        yield
    finally:
        klokke.cancel()
