"""The keys: how they are used, a new master key, and everything wrapped anew under it."""

from collections import Counter

import click

from koordinering import crypto, noekkellager
from koordinering.cli.ramme import AVVIST, OK, Framdrift, Gruppe, Valg, config, i_programmet, program, si, tabell
from koordinering.konto import services as konto
from koordinering.konto.faktor import services as faktor


@click.group(cls=Gruppe)
def keys() -> None:
    """Nøklene: vis bruken, lag en ny hovednøkkel, og pakk alt om med den."""


def _bruk() -> tuple[dict[int, int], dict[int, int]]:
    """How many data keys, and how many kept forms and app secrets, each master key has sealed."""
    andre = Counter(konto.bevart_per_hovednoekkel())
    andre.update(faktor.apper_per_hovednoekkel())
    return noekkellager.noekler_per_hovednoekkel(), dict(andre)


def _i_bruk() -> set[int]:
    datanoekler, skjemaer = _bruk()
    return datanoekler.keys() | skjemaer.keys()


@keys.command()
def status() -> None:
    """Vis hovednøklene og hva hver av dem låser. Ingen hemmeligheter vises."""
    innstillinger = config()
    with i_programmet(program(innstillinger)):
        datanoekler, skjemaer = _bruk()
    noekler = crypto.gjeldende()
    rader = [
        (str(nr), _hva(nr, noekler), str(datanoekler.get(nr, 0)), str(skjemaer.get(nr, 0)))
        for nr in sorted({*noekler.hoved, *datanoekler, *skjemaer})
    ]
    si(innstillinger.kilde.sted)
    si(tabell(("Hovednøkkel", "Bruk", "Nøkler til saker og utlån", "Skjemaer og apper"), rader))
    si(f"Blindindeks: generasjon {noekler.indeks_generasjon}.")
    alle = sum(datanoekler.values()) + sum(skjemaer.values())
    nye = sum(antall.get(noekler.gjeldende, 0) for antall in (datanoekler, skjemaer))
    si(f"{nye} av {alle} er låst med hovednøkkel {noekler.gjeldende}.")
    if nye < alle:
        si("Resten pakkes om med: koordinering keys rewrap")


def _hva(nummer: int, noekler: crypto.Noekler) -> str:
    if nummer not in noekler.hoved:
        return "mangler"
    if nummer == noekler.gjeldende:
        return "gjeldende"
    return "venter" if nummer > noekler.gjeldende else "eldre"


@keys.command()
@click.option("--vent", cls=Valg, is_flag=True, help="Lag nøkkelen, men ta den ikke i bruk før neste «keys rotate».")
def rotate(*, vent: bool) -> None:
    """Lag en ny hovednøkkel i nøkkelfilen, eller ta i bruk den som venter. Den gamle blir stående."""
    innstillinger = config()
    with i_programmet(program(innstillinger)):
        noekler, endret = crypto.ny_hovednoekkel(
            innstillinger.kilde, noekkellager.hoeyeste_nummer(), ta_i_bruk=not vent
        )
        noekkellager.krev_riktige(noekler)  # the database knows the new one from now on
    if not endret:
        si(f"Hovednøkkel {max(noekler.hoved)} er laget fra før og venter. Ingenting er endret.")
    elif vent:
        si(f"Hovednøkkel {max(noekler.hoved)} er laget og venter. Kopier nøkkelfilen til alle maskinene først.")
    else:
        si(f"Hovednøkkel {noekler.gjeldende} er tatt i bruk. Ta en kopi av nøkkelfilen.")
        si("Det som er låst med den gamle, pakkes om med: koordinering keys rewrap")


@keys.command()
@click.option("--fjern-gammel", cls=Valg, is_flag=True, help="Ta de gamle hovednøklene ut av nøkkelfilen til slutt.")
def rewrap(*, fjern_gammel: bool) -> int:
    """Pakk alt om med den gjeldende hovednøkkelen, mens tjenesten går. Kan avbrytes og kjøres på nytt."""
    innstillinger = config()
    with i_programmet(program(innstillinger)):
        antall, doede = noekkellager.pakk_om_alle(Framdrift())
        skjemaer = konto.forsegl_bevart_om()
        apper = faktor.forsegl_apper_om()
        si(f"Pakket om {antall} nøkler, {skjemaer} skjemaer og {apper} nøkler til apper.")
        if doede:
            click.echo(f"{doede} nøkler kan ikke åpnes og er ikke endret.", err=True)
            return AVVIST
        if fjern_gammel:
            si(_fjernet(crypto.fjern_hovednoekler(innstillinger.kilde, _i_bruk, noekkellager.ta_ut)))
    return OK


def _fjernet(gamle: set[int]) -> str:
    if not gamle:
        return "Det er ingen gammel hovednøkkel i nøkkelfilen."
    return (
        f"Hovednøkkel {', '.join(map(str, sorted(gamle)))} er tatt ut av nøkkelfilen. "
        "Ta vare på en kopi av den gamle filen til nøkkellagerets eldste kopi er slettet."
    )
