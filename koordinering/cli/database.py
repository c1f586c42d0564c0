"""The schema: where it stands, up and down."""

import click

from koordinering import migrering, rettigheter
from koordinering.cli.ramme import (
    AVVIST,
    OK,
    Gruppe,
    UgyldigVerdi,
    Valg,
    config,
    database,
    gi_tjenesten,
    i_programmet,
    si,
)
from koordinering.config import sqlitefil
from koordinering.saker.queries import merker
from koordinering.saker.services import merker as merkeservice
from koordinering.tiltak.kapasitet.models import SLAG
from koordinering.tiltak.kapasitet.queries import oppgjoer


@click.group("db", cls=Gruppe)
def db_gruppe() -> None:
    """Databasens skjema."""


def _opp(versjon: str) -> None:
    """On stderr, so that what a script reads is the outcome alone."""
    click.echo(f"Versjon {versjon} er lagt til.", err=True)


def _ned(versjon: str) -> None:
    """The same on the way down."""
    click.echo(f"Versjon {versjon} er tatt bort.", err=True)


@db_gruppe.command()
def upgrade() -> None:
    """Oppgrader databasen til nyeste skjema, som den som eier tabellene, og gi tjenestens rolle rettigheter igjen."""
    innstillinger = config()
    with database(innstillinger.som_eier) as (engine, lager):
        foer = migrering.status(engine)
        migrering.oppgrader(engine, lager=lager, fortell=_opp)
        rolle = gi_tjenesten(innstillinger, engine, lager)
    if rolle:
        click.echo(f"Rollen {rolle} har rettighetene den skal ha.", err=True)
    si(f"Skjemaet er {foer.nyeste}." if foer.gjeldende else f"Oppgradert fra {foer.naa or 'tom'} til {foer.nyeste}.")


@db_gruppe.command()
@click.argument("til", metavar="VERSJON")
@click.option("--ja", cls=Valg, is_flag=True, help="Bekreft at tjenesten er stoppet og en kopi er tatt.")
def downgrade(til: str, *, ja: bool) -> None:
    """Gå tilbake til en eldre VERSJON av skjemaet, når ingen data går tapt. «base» er en tom database."""
    if not ja:
        raise UgyldigVerdi("Stopp tjenesten, ta en sikkerhetskopi, og legg til --ja.")
    if til != "base" and not migrering.kjenner(til):
        raise UgyldigVerdi(f"Versjonen {til} finnes ikke.")
    with database(config().som_eier) as (engine, lager):
        migrering.krev_kjent(migrering.status(engine).naa)
        migrering.krev_uten_tap(migrering.ville_mistet(engine, til, lager=lager), til)
        migrering.nedgrader(engine, til, lager=lager, fortell=_ned)
        si(f"Skjemaet er {migrering.status(engine).naa or 'tomt'}.")


@db_gruppe.command()
def status() -> int:
    """Vis hvilket skjema databasen har. Kode 0 når det er det nyeste, ellers 1."""
    innstillinger = config()
    if innstillinger.sqlite and not sqlitefil(innstillinger.database_url).exists():
        # to open it would make it
        si(f"Databasen finnes ikke i {innstillinger.data}. Nyeste: {migrering.nyeste()}.")
        return AVVIST
    with database(innstillinger) as (engine, _):
        skjema = migrering.status(engine)
    si(f"Databasen: {skjema.naa or 'tom'}. Nyeste: {skjema.nyeste}.")
    return OK if skjema.gjeldende else AVVIST


@db_gruppe.command()
@click.option(
    "--rett-merker", cls=Valg, is_flag=True, help="Gi sakene de merkene de skal ha. Kan kjøres når som helst."
)
def kontroll(*, rett_merker: bool) -> int:
    """Kontroller at kort, plasser, utstyr og penger går opp, og sakenes merker. Kode 0 når alt stemmer, ellers 1.

    Det som er ledig, holdt og brukt, skal til sammen være like mye som det finnes. Beløp er i øre. Merkene er det
    listene finner sakene ved, og det som ble liggende uten å bli sendt.
    """
    feil = 0
    with i_programmet():
        for slag in SLAG.values():
            tall = oppgjoer(slag.modell)
            gale = {hos: en for hos, en in tall.items() if not en.gaar_opp}
            si(f"{slag.navn}: {len(tall) - len(gale)} av {len(tall)} stemmer.")
            for hos, en in gale.items():
                si(f"  {hos}: {en.beholdning} i alt, {en.ledig} ledig, {en.holdt} holdt, {en.brukt} brukt.")
            feil += len(gale)
        feil += _feil_i_merker(rett=rett_merker)
    return AVVIST if feil else OK


def _feil_i_merker(*, rett: bool) -> int:
    """Say how many cases have other marks than they should; how many have so in the end."""
    gale = merker.feilmerkede()
    sakene = "1 sak" if len(gale) == 1 else f"{len(gale)} saker"
    si(f"Saksmerker: stemmer ikke i {sakene}." if gale else "Saksmerker: alle stemmer.")
    if gale and not rett:
        si("  Rett dem med «koordinering db kontroll --rett-merker».")
    if not gale or not rett:
        return len(gale)
    igjen = merkeservice.rett_merker(gale)
    si(f"  {len(gale) - len(igjen)} er rettet.")
    if igjen:
        si(f"  {len(igjen)} var i bruk. Kjør kommandoen en gang til.")
    return len(igjen)


@db_gruppe.command("rettigheter")
@click.option("--rolle", cls=Valg, required=True, metavar="NAVN", help="Rollen som tjenesten logger inn med.")
@click.option("--gi", "gi_", cls=Valg, is_flag=True, help="Gi rettighetene. Uten: bare vis setningene.")
def vis_rettigheter(rolle: str, *, gi_: bool) -> None:
    """PostgreSQL: la rollen lese og skrive, men bare legge til i innsynsloggen. Kjøres av den som eier tabellene."""
    if not gi_:
        si("\n".join(f"{setning};" for setning in rettigheter.setninger(rolle)))
        return
    with database(config().som_eier) as (engine, lager):
        rettigheter.gi(engine, lager, rolle)
    si(f"Rollen {rolle} kan lese og skrive, og bare legge til i {' og '.join(rettigheter.KUN_TILLEGG)}.")
