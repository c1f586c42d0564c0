"""Fetching a backup into an empty place: opened and checked whole before anything is put where it belongs."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from koordinering import migrering, noekkellager
from koordinering.crypto import Kilde, Kopinoekkel
from koordinering.errors import ConfigError, KoordineringError
from koordinering.noekkellager import FeilNoekler, Kjennemerke
from koordinering.sikkerhetskopi import basene
from koordinering.sikkerhetskopi.arkiv import Beskrivelse, pakk_ut
from koordinering.sikkerhetskopi.filer import Del


@dataclass(frozen=True)
class Sted:
    """Where a backup is fetched to."""

    url: str
    lager_url: str
    mapper: Mapping[str, Path]
    """Where the archive's folders go."""
    filer: Mapping[str, Path]
    """Where single files of the archive go. Nothing that is there is written over."""

    def adresse(self, del_: Del) -> str:
        """The database of a half."""
        return self.url if del_ is Del.DATA else self.lager_url


class IkkeTomt(KoordineringError):
    """There is something where the backup is to be fetched to."""

    def __init__(self, del_: Del) -> None:
        super().__init__(f"Stedet er ikke tomt: {del_.tekst} finnes. Flytt det som er der, eller velg et tomt sted.")
        self.del_ = del_


_INGENTING = "Ingenting er lagt på plass."
_BARE_LAGERET = (
    "Nøkkellageret er lagt på plass, og databasen er ikke det. Rett feilen, og kjør det samme med --bare-databasen: "
    "da brukes nøkkellageret som er kommet."
)
_IKKE_OPPGRADERT = (
    "Hele kopien er lagt på plass, med skjema {}, men den er ikke oppgradert. Rett feilen, og kjør: "
    "koordinering db upgrade"
)


def krev_tomt(sted: Sted, deler: Sequence[Del]) -> None:
    """Stop where there is something already. Raises IkkeTomt."""
    for del_ in deler:
        if not basene.er_tom(sted.adresse(del_), del_):
            raise IkkeTomt(del_)


def hent(
    filer: Mapping[Del, Path], sted: Sted, private: Sequence[Kopinoekkel], kilde: Kilde, *, arbeid: Path
) -> dict[Del, Beskrivelse]:
    """Fetch the halves that are given, and bring an older schema up to today's. What each says about itself.

    Raises KoordineringError where a file cannot be opened, is newer than the program, or the place is not empty, and
    where the keys of `kilde` are not those that the copy was made with: then nothing has come anywhere. A fault
    after that has a note of what stands.
    """
    krev_tomt(sted, list(filer))
    with tempfile.TemporaryDirectory(dir=arbeid, prefix=".kopi-") as midlertidig:
        pakket = {}
        for del_, sti in filer.items():
            mappe = Path(midlertidig) / del_.value
            mappe.mkdir(mode=0o700)
            pakket[del_] = mappe, _krev_brukbar(pakk_ut(sti, mappe, private), del_, sted)
        _krev_noeklene({del_: mappe / om.fil for del_, (mappe, om) in pakket.items()}, sted, kilde)
        _legg_paa_plass(pakket, sted)
    alle = {del_: om for del_, (_, om) in pakket.items()}
    try:
        _oppgrader(sted)
    except Exception as feil:
        feil.add_note(_IKKE_OPPGRADERT.format(alle[Del.DATA].skjema))
        raise
    return alle


def _legg_paa_plass(pakket: Mapping[Del, tuple[Path, Beskrivelse]], sted: Sted) -> None:
    """All of it or nothing; the database last, which comes whole or not at all, and is never seen without its keys."""
    lagt: list[Path] = []
    lageret = False
    try:
        if Del.LAGER in pakket:
            mappe, om = pakket[Del.LAGER]
            basene.fyll(sted.lager_url, mappe / om.fil)
            lageret = True
        mappe, om = pakket[Del.DATA]
        _legg_ved_siden(mappe, sted, lagt)
        basene.fyll(sted.url, mappe / om.fil)
    except BaseException as feil:
        for sti in lagt:
            sti.unlink(missing_ok=True)
        feil.add_note(_INGENTING if not lageret or _fikk_bort_lageret(sted) else _BARE_LAGERET)
        raise


def _fikk_bort_lageret(sted: Sted) -> bool:
    """The key store that this run put in an empty place would be in the way of the next."""
    try:
        basene.fjern_lageret(sted.lager_url)
    except Exception:  # the fault that brought us here is the one to tell
        return False
    return True


class AnnetSlag(KoordineringError):
    """The copy is of another kind of database than the one it is to be fetched to."""


def _krev_brukbar(om: Beskrivelse, del_: Del, sted: Sted) -> Beskrivelse:
    if om.del_ != del_.value:
        raise KoordineringError(f"Filen er ikke en kopi av {del_.tekst}.")
    if om.database != basene.slag(sted.adresse(del_)):
        navn = {basene.SQLITE: "SQLite", basene.POSTGRESQL: "PostgreSQL"}
        raise AnnetSlag(f"Kopien er fra {navn[om.database]}. Hent den dit, og flytt dataene med koordinering db move.")
    if not migrering.kjenner(om.skjema):
        raise KoordineringError(
            f"Kopien har skjema {om.skjema} (program {om.program}), og dette programmet har {migrering.nyeste()}. "
            "Installer den nyeste pakken."
        )
    return om


def _krev_noeklene(kopier: Mapping[Del, Path], sted: Sted, kilde: Kilde) -> None:
    """With other keys nobody could open what is put in place, and it would be in the way of the right ones.

    A copy of a database that has never been opened by the program knows no keys yet.
    """
    rader = basene.les(kopier[Del.DATA], Del.DATA, "noekkelkontroll", ("hoved", "verdi", "fjernet"))
    merker = [Kjennemerke(int(hoved or b""), verdi or b"", fjernet is not None) for hoved, verdi, fjernet in rader]
    if not merker:
        return
    try:
        noekkellager.krev_kjent(kilde.les(), merker, _lagermerke(kopier.get(Del.LAGER), sted))
    except FeilNoekler as feil:
        raise ConfigError(
            f"{kilde.sted} passer ikke til kopien. {feil.grunn} Bruk nøklene fra da kopien ble tatt. "
            "Ingenting er lagt på plass."
        ) from None


def _lagermerke(kopi: Path | None, sted: Sted) -> str:
    """The mark of the key store that comes along, or of the one that is there. Raises ConfigError where none is."""
    if kopi is not None:
        return "".join((merke or b"").decode() for (merke,) in basene.les(kopi, Del.LAGER, "lager", ("merke",)))
    if basene.er_tom(sted.lager_url, Del.LAGER):
        raise ConfigError("Nøkkellageret mangler her. Hent det tilbake også: kjør uten --bare-databasen.")
    lager = noekkellager.lag_engine(sted.lager_url)
    try:
        return noekkellager.lagermerke(lager)
    finally:
        lager.dispose()


def _legg_ved_siden(mappe: Path, sted: Sted, lagt: list[Path]) -> None:
    """The files that came along, each where nothing is. `lagt`: those that this run has written, or begun to."""
    for navn, dit in sted.mapper.items():
        for sti in sorted((mappe / navn).rglob("*")):
            if sti.is_file():
                _legg(sti, dit / sti.relative_to(mappe / navn), lagt)
    for navn, dit in sted.filer.items():
        if (mappe / navn).is_file():
            _legg(mappe / navn, dit, lagt)


def _legg(fra: Path, til: Path, lagt: list[Path]) -> None:
    if til.exists():
        return
    lagt.append(til)
    til.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(til, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as ut:
        ut.write(fra.read_bytes())


def _oppgrader(sted: Sted) -> None:
    with noekkellager.begge(sted.url, sted.lager_url) as (engine, lager):
        migrering.oppgrader(engine, lager=lager)
