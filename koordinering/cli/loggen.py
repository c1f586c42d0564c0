"""The access log on the command line: seal, verify, change the key, take out, and let whole days expire."""

import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import click

from koordinering.cli.ramme import (
    AVVIST,
    OK,
    Dag,
    Framdrift,
    Gruppe,
    UgyldigVerdi,
    Valg,
    config,
    i_programmet,
    krev_nytt,
    overskriv_valg,
    program,
    si,
)
from koordinering.config import Config
from koordinering.db import OSLO, db, i_dag
from koordinering.errors import KoordineringError
from koordinering.filer import ny_fil
from koordinering.personvern.segl import services
from koordinering.personvern.segl.rules import les_tid
from koordinering.personvern.segl.services import Kontroll, Loggsted, Uttrekksformat
from koordinering.tekst import telt


@click.group(cls=Gruppe)
def audit() -> None:
    """Innsynsloggen: forsegle, kontrollere, bytte nøkkel, hente ut, slette hele dager etter fristen."""


def _sted(innstillinger: Config) -> Loggsted:
    return Loggsted(innstillinger.hodemappe, innstillinger.loggnoekkel)


@audit.command()
def forsegl() -> None:
    """Forsegle det som er nytt, og signer hodene. Jobbprosessen gjør dette hvert minutt."""
    innstillinger = config()
    with i_programmet(program(innstillinger)):
        antall = services.forsegl(_sted(innstillinger))
    si(f"{antall} innslag er forseglet.")


@audit.command()
@click.option("--uten-gammel", cls=Valg, is_flag=True, help="Nøkkelfilen er borte for godt: godta hodene som de er nå.")
def rotate(*, uten_gammel: bool) -> None:
    """Bytt nøkkelen som signerer hodene. Det som er signert, kan kontrolleres som før."""
    innstillinger = config()
    with i_programmet(program(innstillinger)):
        bytt = services.ny_noekkel if uten_gammel else services.bytt_noekkel
        bytt(_sted(innstillinger), av=None)
    si(f"En ny nøkkel signerer hodene fra nå av. Ta en kopi av {innstillinger.loggnoekkel}.")
    if uten_gammel:
        si("At hodene fra før er ekte, kan ikke vises lenger. Byttet står i loggen. Kjør: koordinering audit verify")
    else:
        si("Den gamle nøkkelen er ikke i filen lenger. Slett kopiene av den.")


@audit.command()
@click.option("--dag", cls=Valg, type=Dag(), metavar="ÅÅÅÅ-MM-DD", help="Bare denne dagen. Uten: hele loggen.")
def verify(dag: date | None) -> int:
    """Finn alt som er endret, fjernet, satt inn eller byttet om i loggen. Kode 0 når alt er i orden, ellers 1."""
    if dag is not None and dag > i_dag():
        raise UgyldigVerdi(f"--dag: {dag:%d.%m.%Y} er fram i tid, så det er ingenting å kontrollere.")
    innstillinger = config()
    framdrift = Framdrift()
    with i_programmet(program(innstillinger)):
        svar = services.kontroller(
            db.session(),
            _sted(innstillinger),
            dag=dag.isoformat() if dag else None,
            fortell=lambda antall: framdrift("Leser innslag", antall, 0),
        )
        db.session.rollback()
        if dag is None:
            services.skriv_ned(svar, av=None)
    for funn in svar.funn:
        si(str(funn))
    if svar.flere:
        si(f"… og {svar.flere} funn til.")
    _oppsummer(svar)
    return OK if svar.i_orden else AVVIST


def _oppsummer(svar: Kontroll) -> None:
    til = f"{les_tid(svar.til).astimezone(OSLO):%d.%m.%Y %H.%M}" if svar.til else "aldri"
    dom = "Alt er i orden." if svar.i_orden else f"{len(svar.funn) + svar.flere} funn."
    si(
        f"{dom} {telt(svar.antall, 'forseglet', 'forseglede')} innslag på {telt(svar.dager, 'dag', 'dager')}, "
        f"{telt(svar.hodefiler, 'hodefil', 'hodefiler')}, "
        f"{svar.ikke_forseglet} innslag ikke forseglet ennå. Sist forseglet: {til}."
    )
    if svar.hode:
        si(f"Siste hode: {svar.hode}")


@audit.command()
@click.option("--fra", cls=Valg, type=Dag(), required=True, metavar="ÅÅÅÅ-MM-DD", help="Første dag.")
@click.option("--til", cls=Valg, type=Dag(), metavar="ÅÅÅÅ-MM-DD", help="Siste dag. Uten: bare den første.")
@click.option(
    "--format", "format_", cls=Valg, default=Uttrekksformat.JSONL.value, show_default=True,
    type=click.Choice([en.value for en in Uttrekksformat]), help="jsonl (én linje JSON per innslag) eller csv.",
)  # fmt: skip
@click.option("--ut", cls=Valg, type=click.Path(path_type=Path), metavar="FIL", help="Filen som skrives. Uten: stdout.")
@overskriv_valg
def export(fra: date, til: date | None, format_: str, ut: Path | None, *, overskriv: bool) -> None:
    """Hent ut dager av loggen, med plass og hash i kjeden. At de er hentet ut, står i loggen."""
    til = til or fra
    if til < fra:
        raise UgyldigVerdi("--til kan ikke være før --fra.")
    if fra > i_dag():
        raise UgyldigVerdi(f"--fra: {fra:%d.%m.%Y} er fram i tid, så det er ingenting å hente ut.")
    if ut is not None:
        krev_nytt(ut, overskriv=overskriv)
    with i_programmet(), ny_fil(ut) if ut else nullcontext(sys.stdout) as aapen:
        antall = services.skriv_uttrekk(db.session(), fra, til, Uttrekksformat(format_), aapen, av=None)
    click.echo(f"Skrev {antall} innslag.", err=True)


@audit.command()
@click.option("--dry-run", cls=Valg, is_flag=True, help="Vis hva som ville blitt slettet.")
def utloep(*, dry_run: bool) -> None:
    """Slett hele dager som er eldre enn KOORDINERING_LOGG_AAR (5 år). Hodene blir stående."""
    innstillinger = config().som_eier
    with i_programmet(program(innstillinger)):
        if dry_run:
            borte = services.utloepte(i_dag(), innstillinger.logg_aar)
        else:
            framdrift = Framdrift()
            borte = services.utloep(
                _sted(innstillinger),
                i_dag(),
                innstillinger.logg_aar,
                av=None,
                fortell=lambda gjort, av_alt: framdrift("Sletter dager", gjort, av_alt),
            )
    gjort = "Ville slettet" if dry_run else "Slettet"
    dager = telt(len(borte.dager), "forseglet dag", "forseglede dager")
    si(f"{gjort} {borte.innslag} innslag på {dager}, til og med {borte.til}.")


@audit.command()
@click.option("--fra", cls=Valg, type=Dag(), metavar="ÅÅÅÅ-MM-DD", help="Første dag, første gang. Uten: hele loggen.")
def videresend(fra: date | None) -> None:
    """Send det som er nytt i loggen, til KOORDINERING_SIEM. Fortsetter der den slapp. Kjøres av en timer."""
    innstillinger = config()
    mottaker = innstillinger.drift.mottaker
    if mottaker is None:
        raise KoordineringError("KOORDINERING_SIEM er ikke satt, så det er ingen å sende til.")
    framdrift = Framdrift()
    with i_programmet(program(innstillinger)):
        svar = services.videresend(
            mottaker,
            fra=fra.isoformat() if fra else None,
            av=None,
            fortell=lambda antall: framdrift("Sender innslag", antall, 0),
        )
    si(f"Sendte {svar.antall} innslag til {mottaker.navn}. Kommet til {svar.dag or 'ingen dag'} nummer {svar.nr}.")
