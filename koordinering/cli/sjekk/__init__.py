"""`koordinering sjekk`: whether this installation can be given to people, and what to do where it cannot."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from koordinering.cli.ramme import Kommando, UgyldigVerdi, Valg, basene, i_programmet, program, si
from koordinering.cli.sjekk import adressen
from koordinering.cli.sjekk.adressen import Adresse, les_adresse
from koordinering.config import Config, les_config, sqlitefil
from koordinering.drift.rules import KODER, Dom, Funn, feil
from koordinering.drift.services import basen, disken, driften, oppsettet
from koordinering.drift.services.basen import Basen
from koordinering.drift.services.kjoering import kjoer
from koordinering.drift.services.oppsettet import Oppsett
from koordinering.errors import ConfigError
from koordinering.tekst import telt


@contextmanager
def _basen(config: Config) -> Iterator[Basen]:
    with basene(config) as (engine, lager):
        yield Basen(config, engine, lager)


def _finnes(config: Config) -> bool:
    """SQLite would make a file that is not there; a check makes nothing."""
    return not config.sqlite or sqlitefil(config.database_url).exists()


def _installasjonen(config: Config) -> list[Funn]:
    funn = kjoer(oppsettet.KONTROLLER, Oppsett(config, os.environ)) + kjoer(disken.KONTROLLER, config)
    if not _finnes(config):
        return [*funn, Funn("database", feil("Det finnes ingen database.", "Kjør: koordinering init"))]
    with _basen(config) as begge:
        funn += kjoer((*basen.KONTROLLER, *basen.PAA_NETTET), begge)
    if any(en.svar.dom is Dom.FEIL for en in funn if en.navn == "skjema"):
        return funn  # what is below reads tables that may not be there yet
    try:
        app = program(config)
    except ConfigError as en:
        return [*funn, Funn("oppstart", feil(str(en), "Tjenesten starter ikke før dette er rettet."))]
    with i_programmet(app):
        return funn + kjoer(driften.KONTROLLER, config)


def _alt(adresse: Adresse | None) -> list[Funn]:
    try:
        config = les_config(os.environ)
    except ConfigError as en:
        funn = [Funn("innstillinger", feil(str(en), "Rett miljøet, og kjør kontrollen igjen."))]
    else:
        funn = _installasjonen(config)
    return funn + (adressen.spoer(adresse) if adresse else [])


@click.command(cls=Kommando)
@click.option("--adresse", cls=Valg, metavar="URL", help="Spør også tjenesten der den svarer, for eksempel over https.")
@click.option("--json", "som_json", cls=Valg, is_flag=True, help="Skriv ut som JSON, for overvåking.")
def sjekk(adresse: str | None, *, som_json: bool) -> int:
    """Kontroller installasjonen. Kode 0: alt er i orden. 1: noe bør ses på. 2: noe må rettes.

    Endrer ingenting. Kjør den som brukeren tjenesten går som, med samme miljø.
    """
    stedet = les_adresse(adresse) if adresse else None
    if adresse and stedet is None:
        raise UgyldigVerdi("--adresse må være som https://koordinering.kommunen.example")
    funn = _alt(stedet)
    if som_json:
        si(json.dumps([_rad(en) for en in funn], ensure_ascii=False, indent=1))
    else:
        si("\n".join(_linjer(funn)))
    return max(KODER[en.svar.dom] for en in funn)


def _rad(en: Funn) -> dict[str, str]:
    return {"kontroll": en.navn, "dom": en.svar.dom.value, "funnet": en.svar.funnet, "gjoer": en.svar.gjoer}


def _linjer(funn: list[Funn]) -> Iterator[str]:
    bredde = max(len(en.navn) for en in funn)
    for en in funn:
        yield f"{en.svar.dom.tekst:<9} {en.navn:<{bredde}}  {en.svar.funnet}"
        if en.svar.gjoer:
            yield f"{'':<9} {'':<{bredde}}  → {en.svar.gjoer}"
    antall = {dom: sum(en.svar.dom is dom for en in funn) for dom in Dom}
    yield f"{antall[Dom.OK]} i orden, {telt(antall[Dom.ADVARSEL], 'advarsel', 'advarsler')}, {antall[Dom.FEIL]} feil."
