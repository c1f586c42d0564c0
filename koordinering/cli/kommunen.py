"""Shows and changes the municipality's own choices."""

from datetime import date

import click

from koordinering.cli.ramme import Dag, Gruppe, Valg, i_programmet, si, tabell
from koordinering.db import transaction
from koordinering.konto.services import Valgene, endre_kommune
from koordinering.users import Koblingsmodus, Kommune
from koordinering.users import kommune as les_kommune


@click.group(cls=Gruppe)
def kommune() -> None:
    """Kommunens egne valg: kobling, terskel, tid, kjønn, sletting, lenke om meldeplikt."""


def _skriv(rad: Kommune) -> None:
    linjer = [
        ("Kommune", rad.navn),
        ("Kobling", rad.koblingsmodus.tekst),
        ("Vedtak om personvernvurdering", f"{rad.dpia_dato or ''} {rad.dpia_referanse or ''}".strip()),
        ("Terskel", str(rad.terskel)),
        ("Tid til å skjule tall", f"{rad.sekunder} sekunder"),
        ("Registrer kjønn", "ja" if rad.registrer_kjoenn else "nei"),
        ("Ungdommen samtykker fra", f"{rad.samtykkealder} år"),
        ("En avsluttet sak slettes etter", f"{rad.sak_maaneder} måneder"),
        ("To personer publiserer", "ja" if rad.to_personer else "nei"),
        ("Lenke om meldeplikt", rad.meldeplikt_lenke or ""),
        ("Kontor for personvern", rad.personvern_kontor or ""),
        ("Kontorets e-post", rad.personvern_epost or ""),
        ("Kontorets telefon", rad.personvern_telefon or ""),
        ("Samlet innsyn settes sammen av", rad.innsyn_enhet_id or ""),
    ]
    si(tabell(("Valg", "Verdi"), linjer))


@kommune.command()
def vis() -> None:
    """Vis valgene."""
    with i_programmet():
        _skriv(les_kommune())


@kommune.command()
@click.option("--kobling", cls=Valg, type=click.Choice([k.value for k in Koblingsmodus]), help="hvordan saker kobles")
@click.option("--dpia-dato", cls=Valg, type=Dag(), metavar="ÅÅÅÅ-MM-DD", help="vedtakets dato")
@click.option("--dpia-referanse", cls=Valg, metavar="TEKST", help="vedtakets referanse i kommunens arkiv")
@click.option("--terskel", cls=Valg, type=int, metavar="TALL", help="minste tall som vises, 3 til 10")
@click.option(
    "--tid", cls=Valg, type=int, metavar="SEKUNDER", help="hvor lenge det letes etter færre tall å skjule, 10 til 3600"
)
@click.option("--kjoenn", cls=Valg, type=click.Choice(["ja", "nei"]), help="om barnets kjønn kan registreres")
@click.option("--samtykkealder", cls=Valg, type=int, metavar="ÅR", help="fra når ungdommen samtykker selv, 12 til 18")
@click.option(
    "--sak-maaneder", cls=Valg, type=int, metavar="TALL", help="måneder til en avsluttet sak slettes, 12 til 120"
)
@click.option("--meldeplikt-lenke", cls=Valg, metavar="ADRESSE", help="kommunens side om meldeplikt; tom fjerner den")
@click.option("--personvern-kontor", cls=Valg, metavar="TEKST", help="kontoret familier kan spørre; tom fjerner det")
@click.option("--personvern-epost", cls=Valg, metavar="ADRESSE", help="kontorets e-post; tom fjerner den")
@click.option("--personvern-telefon", cls=Valg, metavar="NUMMER", help="kontorets telefon; tom fjerner den")
@click.option(
    "--innsyn-enhet", cls=Valg, metavar="ID", help="enheten som setter sammen et samlet innsyn; tom fjerner den"
)
@click.option(
    "--to-personer", cls=Valg, type=click.Choice(["ja", "nei"]), help="om en annen enn den som laget den, må publisere"
)
def sett(
    kobling: str | None,
    dpia_dato: date | None,
    dpia_referanse: str | None,
    terskel: int | None,
    tid: int | None,
    kjoenn: str | None,
    samtykkealder: int | None,
    sak_maaneder: int | None,
    meldeplikt_lenke: str | None,
    to_personer: str | None,
    personvern_kontor: str | None,
    personvern_epost: str | None,
    personvern_telefon: str | None,
    innsyn_enhet: str | None,
) -> None:
    """Endre ett eller flere av valgene. Kobling med nummer krever vedtakets dato og referanse."""
    valgene = Valgene(
        kobling=Koblingsmodus(kobling) if kobling else None,
        dpia_dato=dpia_dato,
        dpia_referanse=dpia_referanse,
        terskel=terskel,
        sekunder=tid,
        kjoenn=None if kjoenn is None else kjoenn == "ja",
        samtykkealder=samtykkealder,
        sak_maaneder=sak_maaneder,
        meldeplikt_lenke=meldeplikt_lenke,
        to_personer=None if to_personer is None else to_personer == "ja",
        personvern_kontor=personvern_kontor,
        personvern_epost=personvern_epost,
        personvern_telefon=personvern_telefon,
        innsyn_enhet_id=innsyn_enhet,
    )
    with i_programmet():
        with transaction():
            endre_kommune(valgene, av=None)
        _skriv(les_kommune())
