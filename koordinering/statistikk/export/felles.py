"""What all kinds of files share: their names, their guard against raw counts, and the words that explain a table."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from koordinering.statistikk.disclosure import Celle, SafeTable, Tegn
from koordinering.tekst import N_, Kode

ASCII = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


class Format(Kode):
    """Kinds of files of one table."""

    CSV = "csv", N_("CSV")
    CSV_EXCEL = "csv-excel", N_("CSV for norsk Excel")
    XLSX = "xlsx", N_("Excel (xlsx)")
    JSONSTAT = "jsonstat", N_("JSON-stat")


ENDELSE = {
    Format.CSV: ".csv",
    Format.CSV_EXCEL: "_excel.csv",
    Format.XLSX: ".xlsx",
    Format.JSONSTAT: ".json",
}
MIMETYPE = {
    Format.CSV: "text/csv",
    Format.CSV_EXCEL: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSONSTAT: "application/json",
}


@dataclass(frozen=True)
class Utgivelse:
    """The release that a file comes from, as the file tells of it."""

    nummer: int
    aar: int
    tall_fra: date
    publisert: date
    kommune: str
    kobling: str
    """How cases were linked, in words."""
    terskel: int
    programversjon: str
    sha256: str
    sekunder: float | None = None
    """How long the lightest pattern was looked for at most; None: not known."""
    erstatter: int | None = None
    trukket: str | None = None
    """Why it is withdrawn, in words; None: it stands."""

    @property
    def navn(self) -> str:
        """«Publisering 3»."""
        return N_("Publisering %(nummer)s") % {"nummer": self.nummer}


def bare_trygg(table: object) -> None:
    """Types say it already; this stops whoever goes around them, without telling what the object holds."""
    if not isinstance(table, SafeTable):
        raise TypeError("Only a SafeTable can be exported")


def filnavn(table: SafeTable, fmt: Format, utgivelse: Utgivelse | None = None) -> str:
    """ASCII; says which release, table and year, and the day the counts were taken."""
    bare_trygg(table)
    foran = f"publisering-{utgivelse.nummer}_" if utgivelse else ""
    return f"{foran}{_ascii(table.kode)}_{table.aar}_per-{table.oeyeblikksbilde.isoformat()}{ENDELSE[fmt]}"


def pakkenavn(utgivelse: Utgivelse) -> str:
    """The name of a release's zip, and of the folder in it."""
    return f"publisering-{utgivelse.nummer}_{utgivelse.aar}_per-{utgivelse.tall_fra.isoformat()}"


def _ascii(kode: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", kode.lower().translate(ASCII)).strip("-") or "tabell"


def tekst(celle: Celle) -> str:
    """A cell as text: a number, or its sign."""
    return celle.value if isinstance(celle, Tegn) else str(celle)


def om(table: SafeTable, utgivelse: Utgivelse | None = None, kobling: str | None = None) -> Iterable[tuple[str, str]]:
    """What explains a table, as pairs of name and text."""
    yield N_("Tabell"), table.tittel
    yield N_("År"), str(table.aar)
    yield N_("Tallene er fra"), f"{table.oeyeblikksbilde:%d.%m.%Y}"
    yield N_("Kan brukes til"), utgivelse.navn if utgivelse else N_("Arbeidstall. Ikke for publisering.")
    if kobling is not None:
        yield N_("Kobling av saker"), kobling
    for definisjon in table.telledefinisjoner:
        yield N_("Slik er det telt"), f"{definisjon.tekst} ({N_('versjon')} {definisjon.versjon})"
    for kolonne in table.kolonner:
        if not kolonne.additiv:
            yield kolonne.etikett, N_("Gruppene overlapper og kan ikke legges sammen.")
    yield N_("Grense for små tall"), str(table.terskel)
    yield N_("Andel av tallene som vises"), f"{int(100 * table.andel_vist)} %"
    for melding in table.forklaring:
        yield N_("Om skjulte tall"), str(melding)


def om_utgivelsen(utgivelse: Utgivelse) -> Iterable[tuple[str, str]]:
    """What explains a release."""
    yield N_("Publisering"), f"{utgivelse.nummer}"
    yield N_("Kommune"), utgivelse.kommune
    yield N_("Publisert"), f"{utgivelse.publisert:%d.%m.%Y}"
    yield N_("Kobling av saker"), utgivelse.kobling
    if utgivelse.sekunder is not None:
        yield N_("Tid til å skjule tall"), N_("Høyst %(sekunder)d sekunder") % {"sekunder": utgivelse.sekunder}
    if utgivelse.erstatter is not None:
        yield N_("Erstatter"), N_("Publisering %(nummer)s") % {"nummer": utgivelse.erstatter}
    if utgivelse.trukket is not None:
        yield N_("Trukket"), utgivelse.trukket
    yield N_("Koordinering, versjon"), utgivelse.programversjon
    yield N_("Kontrollsum (SHA-256)"), utgivelse.sha256


def tegnforklaring() -> Iterable[tuple[str, str]]:
    """What the signs mean."""
    return ((tegn.value, tegn.tekst) for tegn in Tegn)
