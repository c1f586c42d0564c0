"""`koordinering backup`: the pair of keys, and a backup while the service serves."""

from pathlib import Path

import click

from koordinering import audit
from koordinering.audit import Hva
from koordinering.cli.kopier.felles import OFFENTLIG, enkeltfiler, mapper
from koordinering.cli.kopier.oevelse import oevelse
from koordinering.cli.ramme import Gruppe, UgyldigVerdi, Valg, config, i_programmet, program, si
from koordinering.config import Config
from koordinering.crypto import les_mottakere, ny_kopinoekkel
from koordinering.db import now
from koordinering.errors import ConfigError
from koordinering.filer import skriv_hel
from koordinering.sikkerhetskopi import Del, Kilde, rydd, ta_kopi

DATA_DAGER, LAGER_DAGER = 90, 30
"""How long backups are kept (DESIGN.md 6): what is deleted is forgotten by all of them when these are over."""


class _MedMappe(Gruppe):
    """`koordinering backup MAPPE` is `koordinering backup ta MAPPE`; names with ø are taken too."""

    standard = "ta"
    _OEGSAA = {"nøkkel": "noekkel", "øvelse": "oevelse"}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in where a folder or an option comes first."""
        if args and args[0] != "--help" and self._OEGSAA.get(args[0], args[0]) not in self.commands:
            args = [self.standard, *args]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """By either spelling."""
        return super().get_command(ctx, self._OEGSAA.get(cmd_name, cmd_name))


@click.group(cls=_MedMappe)
def backup() -> None:
    """Sikkerhetskopi: lag nøkler, ta en kopi mens tjenesten går, og øv på å hente den tilbake."""


@backup.command()
@click.option("--ut", cls=Valg, required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FIL",
              help="En ny fil for den private nøkkelen, som åpner kopiene.")  # fmt: skip
def noekkel(ut: Path) -> None:
    """Lag nøklene til kopiene. Den offentlige blir liggende i datamappen; den private flytter du bort herfra."""
    innstillinger = config()
    offentlig = innstillinger.data / OFFENTLIG
    if offentlig.exists():
        raise ConfigError(f"{offentlig} finnes fra før. Flytt den bort først hvis kopiene skal ha nye nøkler.")
    par = ny_kopinoekkel()
    innhold = (
        f"# Koordinering, sikkerhetskopier. Laget {now():%Y-%m-%d}\n# public key: {par.offentlig}\n{par.hemmelig}\n"
    )
    try:
        skriv_hel(ut, innhold.encode("ascii"), ny=True)
    except FileExistsError:
        raise ConfigError(f"{ut} finnes fra før og er ikke endret.") from None
    try:
        skriv_hel(offentlig, f"{par.offentlig}\n".encode("ascii"), ny=True)
    except OSError:
        ut.unlink()  # half a pair opens nothing, and could be kept for the whole
        raise
    si(f"Den offentlige nøkkelen er {par.offentlig} ({offentlig}).")
    si(f"Den private er i {ut}. Flytt den til et trygt sted utenfor denne maskinen: uten den åpnes ingen kopi.")


@backup.command()
@click.argument("mappe", type=click.Path(path_type=Path, file_okay=False), metavar="MAPPE")
@click.option("--noekkellager", cls=Valg, type=click.Path(path_type=Path, file_okay=False), metavar="MAPPE",
              help="Et annet sted for kopien av nøkkellageret enn MAPPE/noekkellager.")  # fmt: skip
@click.option("--mottaker", cls=Valg, multiple=True, metavar="AGE1…",
              help="Offentlig nøkkel, i stedet for kopinoekkel.pub i datamappen. Kan gjentas.")  # fmt: skip
@click.option("--behold-dager", cls=Valg, type=click.IntRange(1, 3650), default=DATA_DAGER, show_default=True,
              metavar="N", help="Slett kopier av databasen som er eldre.")  # fmt: skip
@click.option("--behold-noekler-dager", cls=Valg, type=click.IntRange(1, 3650), default=LAGER_DAGER, show_default=True,
              metavar="N", help="Slett kopier av nøkkellageret som er eldre.")  # fmt: skip
@click.option("--behold-antall", cls=Valg, type=click.IntRange(1, 10_000), metavar="N",
              help="Behold høyst så mange av hver.")  # fmt: skip
def ta(
    mappe: Path,
    noekkellager: Path | None,
    mottaker: tuple[str, ...],
    behold_dager: int,
    behold_noekler_dager: int,
    behold_antall: int | None,
) -> None:
    """Ta en kryptert kopi til MAPPE mens tjenesten går, les den igjen, og slett de gamle."""
    innstillinger = config()
    steder = {Del.DATA: mappe / "data", Del.LAGER: noekkellager or mappe / "noekkellager"}
    for sted in steder.values():
        _krev_utenfor(innstillinger, sted)
    mottakere = _mottakere(innstillinger, mottaker)
    app = program(innstillinger)  # before anything is written: what stops it would stop the line in the log
    tatt = now()
    nye = ta_kopi(
        Kilde(
            innstillinger.database_url,
            innstillinger.noekkellager_url,
            mapper(innstillinger),
            enkeltfiler(innstillinger),
        ),
        steder,
        mottakere,
        arbeid=innstillinger.data,
        tatt=tatt,
    )
    for ny in nye:
        si(f"{ny} ({ny.stat().st_size / 1_000_000:.1f} MB), skrevet og lest igjen.")
    dager = {Del.DATA: behold_dager, Del.LAGER: behold_noekler_dager}
    borte = [
        sti
        for del_, sted in steder.items()
        for sti in rydd(sted, del_, dager=dager[del_], antall=behold_antall, naa=tatt)
    ]
    si(f"Slettet {len(borte)} gamle kopier.")
    with i_programmet(app):
        audit.record(Hva.KOPI_TATT, av=None)


def _krev_utenfor(innstillinger: Config, sted: Path) -> None:
    """What lies beside what it is a backup of, is lost with it; and what goes along would grow by itself every night.

    Raises ConfigError.
    """
    for mappe in (innstillinger.data, *mapper(innstillinger).values()):
        if sted.resolve().is_relative_to(mappe.resolve()):
            raise ConfigError(
                f"Kopier kan ikke ligge i {mappe}: der går de tapt sammen med det de er kopi av. "
                "Velg et annet sted, helst på en annen disk."
            )


def _mottakere(innstillinger: Config, valgt: tuple[str, ...]) -> list[str]:
    if valgt:
        try:
            return les_mottakere("\n".join(valgt))
        except ConfigError as feil:
            raise UgyldigVerdi(str(feil)) from None
    fil = innstillinger.data / OFFENTLIG
    if not fil.is_file():
        raise ConfigError(f"{fil} mangler. Kjør: koordinering backup noekkel --ut FIL")
    return les_mottakere(fil.read_text(encoding="utf-8"))


backup.add_command(oevelse)
