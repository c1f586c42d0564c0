"""`koordinering restore`: a backup into an empty place, and what was deleted since deleted again."""

from collections.abc import Mapping
from pathlib import Path

import click

from koordinering.cli.kopier.felles import enkeltfiler, les_private, mapper, nyeste
from koordinering.cli.ramme import (
    AVVIST,
    OK,
    Kommando,
    Valg,
    config,
    database,
    gi_tjenesten,
    i_programmet,
    program,
    si,
)
from koordinering.config import Config
from koordinering.crypto import Kilde, KopiKanIkkeAapnes
from koordinering.errors import ConfigError
from koordinering.sikkerhetskopi import Del, IkkeTomt, Sted, hent
from koordinering.sikkerhetskopi.arkiv import Beskrivelse

FOR_GAMMELT = (
    "Kopien av nøkkellageret er eldre enn databasen. Det som ble kryptert imellom, kan ikke åpnes. "
    "Finn en nyere kopi av nøkkellageret."
)


_LAGERET_ALENE = (
    "Kom det hit da en gjenoppretting stanset, kjør det samme med --bare-databasen: da brukes nøkkellageret som er her."
)
_UTEN_RETTIGHETER = (
    "Hele kopien er lagt på plass, men rollen til tjenesten har ikke fått rettighetene sine. Rett feilen, og kjør som "
    "eieren: koordinering db rettigheter --rolle ROLLE --gi"
)


def sted_for(innstillinger: Config) -> Sted:
    """Where this installation has its data."""
    return Sted(
        innstillinger.database_url, innstillinger.noekkellager_url, mapper(innstillinger), enkeltfiler(innstillinger)
    )


def hent_tilbake(
    innstillinger: Config, filer: Mapping[Del, Path], private: Path, kilde: Kilde
) -> dict[Del, Beskrivelse]:
    """Fetch these files to where this installation has its data; what each says about itself.

    `private`: the file that opens them. `kilde`: the installation's keys, which must be the copy's.
    """
    noekler = les_private(private)
    _krev_noekler(kilde)
    ny = not innstillinger.data.exists()
    innstillinger.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return hent(filer, sted_for(innstillinger), noekler, kilde, arbeid=innstillinger.data)
    except KopiKanIkkeAapnes as feil:
        raise KopiKanIkkeAapnes(f"{feil} Nøkkelen er {private}, og kopien er {_navn(filer)}.") from None
    finally:
        if ny and not any(innstillinger.data.iterdir()):
            innstillinger.data.rmdir()


def _krev_noekler(kilde: Kilde) -> None:
    """Before gigabytes are unpacked: the keys are here, whole, and nobody else's to read. Raises ConfigError."""
    if kilde.innhold is None and not kilde.fil.exists():
        raise ConfigError(f"{kilde.sted} mangler. Legg den på plass (chmod 600) før kopien hentes.")
    kilde.les()


def _navn(filer: Mapping[Del, Path]) -> str:
    return " og ".join(str(sti) for sti in filer.values())


def for_gammelt(om: Mapping[Del, Beskrivelse]) -> bool:
    """Whether the key store is from before the database: it lacks keys then."""
    return Del.LAGER in om and om[Del.LAGER].tidspunkt < om[Del.DATA].tidspunkt


@click.command(cls=Kommando)
@click.argument("sted", type=click.Path(path_type=Path, exists=False), metavar="STED")
@click.option("--noekkel", cls=Valg, required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FIL",
              help="Den private nøkkelen til kopiene.")  # fmt: skip
@click.option("--noekkellager", cls=Valg, type=click.Path(path_type=Path), metavar="STED",
              help="Kopien av nøkkellageret, når den ikke er den nyeste i STED.")  # fmt: skip
@click.option("--bare-databasen", cls=Valg, is_flag=True,
              help="Bruk nøkkellageret som er her. Riktig når bare databasen er ødelagt.")  # fmt: skip
def restore(sted: Path, noekkel: Path, noekkellager: Path | None, *, bare_databasen: bool) -> int:
    """Hent en kopi tilbake: STED er filen, eller mappen der den nyeste brukes. Stedet den hentes til, må være tomt."""
    innstillinger = config().som_eier
    filer = {Del.DATA: nyeste(sted, Del.DATA)}
    if not bare_databasen:
        filer[Del.LAGER] = nyeste(noekkellager or _mappen(sted), Del.LAGER)
    try:
        alle = hent_tilbake(innstillinger, filer, noekkel, innstillinger.kilde)
    except IkkeTomt as feil:
        if feil.del_ is Del.LAGER:  # the database was looked for first, and is not there
            feil.add_note(_LAGERET_ALENE)
        raise
    om = alle[Del.DATA]
    si(f"Hentet kopien fra {om.tatt} (skjema {om.skjema}, program {om.program}).")
    if for_gammelt(alle):
        click.echo(FOR_GAMMELT, err=True)
    try:
        with database(innstillinger) as (engine, lager):
            gi_tjenesten(config(), engine, lager)
    except Exception as feil:
        feil.add_note(_UTEN_RETTIGHETER)
        raise
    return _aapne(innstillinger)


def _mappen(sted: Path) -> Path:
    """A file of the database lies in `data`, beside `noekkellager`."""
    return sted if sted.is_dir() else sted.parent.parent


def _aapne(innstillinger: Config) -> int:
    """Open it as the service does: with the keys it belongs to, and what was deleted since deleted again."""
    try:
        with i_programmet(program(innstillinger)):
            pass
    except ConfigError as feil:
        si("Dataene er lagt på plass, men ikke åpnet. Rett det meldingen under sier, og start tjenesten.")
        click.echo(str(feil), err=True)
        return AVVIST
    si("Nøklene passer. Det som er slettet etter kopien, så langt nøkkellageret vet det, er slettet på nytt.")
    si("Kjør nå: koordinering db kontroll og koordinering audit verify. Start så tjenesten.")
    return OK
