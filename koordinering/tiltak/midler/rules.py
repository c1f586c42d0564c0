"""Codes and plain rules of the money: life cycles as tables, what may be paid, and who may approve it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from koordinering import fritekst
from koordinering.errors import DomainError, UgyldigFelt
from koordinering.fritekst import Funn
from koordinering.tekst import N_, Kode

MAKS_BELOEP_OERE = 9_999_999_00
MAKS_BARN = 5_000
MAKS_VILKAAR = 500
LENGSTE_RAPPORTFRIST_AAR = 3
BILAGSNUMMER = frozenset({Funn.TELEFON, Funn.KONTONUMMER, Funn.NAVN})
"""What the number of an invoice can look like, and so is let through. A name is none: that is refused, not asked."""

_FAKTURANUMMER = re.compile(r"[0-9A-Za-zÆØÅæøå/-]{1,20}")


class Postslag(Kode):
    """What an entry in the ledger is."""

    RAMME = "ramme", N_("Ramme satt")
    BUNDET = "bundet", N_("Bundet")
    FRIGITT = "frigitt", N_("Frigitt")
    BETALT = "betalt", N_("Betalt")
    I_RETUR = "i_retur", N_("Betaling kom i retur")
    KREDITERT = "kreditert", N_("Kreditert av laget")
    TILBAKEBETALT = "tilbakebetalt", N_("Betalt tilbake av laget")


class Tilskuddstatus(Kode):
    """Where a club's application is."""

    SOEKT = "soekt", N_("Søkt")
    INNVILGET = "innvilget", N_("Innvilget")
    AVSLAATT = "avslaatt", N_("Avslått")
    TRUKKET = "trukket", N_("Trukket")
    RAPPORTERT = "rapportert", N_("Rapportert")


TILSKUDDSGANG: Mapping[Tilskuddstatus, frozenset[Tilskuddstatus]] = MappingProxyType(
    {
        Tilskuddstatus.SOEKT: frozenset({Tilskuddstatus.INNVILGET, Tilskuddstatus.AVSLAATT, Tilskuddstatus.TRUKKET}),
        Tilskuddstatus.INNVILGET: frozenset({Tilskuddstatus.RAPPORTERT, Tilskuddstatus.TRUKKET}),
        Tilskuddstatus.AVSLAATT: frozenset(),
        Tilskuddstatus.TRUKKET: frozenset(),
        Tilskuddstatus.RAPPORTERT: frozenset(),
    }
)
"""Where an application may go. An innvilget one is withdrawn only while nothing of it is paid (see sjekk_trekk)."""


class Tilskuddsavslag(Kode):
    """Why a club gets nothing."""

    UTENFOR_FORMAAL = "utenfor_formaal", N_("Utenfor formålet")
    BUDSJETT_BRUKT = "budsjett_brukt", N_("Budsjettet er brukt")
    MANGLER_OPPLYSNINGER = "mangler_opplysninger", N_("Søknaden mangler opplysninger")
    MANGLER_RAPPORT = "mangler_rapport", N_("Tidligere tilskudd er ikke rapportert")
    ETTER_FRISTEN = "etter_fristen", N_("Søknaden kom etter fristen")


class Ubrukt(Kode):
    """What becomes of what the club has been paid and not used."""

    BETALES_TILBAKE = "betales_tilbake", N_("Betales tilbake til kommunen")
    FLYTTES = "flyttes", N_("Flyttes til laget sin neste periode")


class Tilsagnstatus(Kode):
    """Where a commitment to pay for one place is."""

    AAPENT = "aapent", N_("Åpent")
    AVSLUTTET = "avsluttet", N_("Avsluttet")


class Utbetalingstatus(Kode):
    """Where a payment is."""

    VENTER = "venter", N_("Venter på godkjenning")
    KLAR = "klar", N_("Klar for fil")
    SENDT_TILBAKE = "sendt_tilbake", N_("Sendt tilbake")
    STANSET = "stanset", N_("Stanset")
    EKSPORTERT = "eksportert", N_("I fil til økonomi")
    I_RETUR = "i_retur", N_("Kom i retur")


UTBETALINGSGANG: Mapping[Utbetalingstatus, frozenset[Utbetalingstatus]] = MappingProxyType(
    {
        Utbetalingstatus.VENTER: frozenset(
            {Utbetalingstatus.KLAR, Utbetalingstatus.SENDT_TILBAKE, Utbetalingstatus.STANSET}
        ),
        Utbetalingstatus.KLAR: frozenset(
            {Utbetalingstatus.EKSPORTERT, Utbetalingstatus.STANSET, Utbetalingstatus.VENTER}
        ),
        Utbetalingstatus.SENDT_TILBAKE: frozenset({Utbetalingstatus.VENTER, Utbetalingstatus.STANSET}),
        Utbetalingstatus.STANSET: frozenset(),
        Utbetalingstatus.EKSPORTERT: frozenset({Utbetalingstatus.I_RETUR}),
        Utbetalingstatus.I_RETUR: frozenset(),
    }
)
"""Where a payment may go. Back from ready to waiting only what somebody has approved (see angre_godkjenning)."""


class Returgrunn(Kode):
    """Why the approver sends a payment back."""

    FEIL_BELOEP = "feil_beloep", N_("Beløpet stemmer ikke med bilaget")
    FEIL_KONTO = "feil_konto", N_("Kontonummeret må kontrolleres")
    FEIL_LAG = "feil_lag", N_("Feil lag")
    MANGLER_BILAG = "mangler_bilag", N_("Bilaget mangler eller er uleselig")
    FEIL_FORMAAL = "feil_formaal", N_("Feil formål eller budsjett")


class Avgjoerelse(Kode):
    """What an approver does with a payment."""

    GODKJENN = "godkjenn", N_("Godkjenn")
    SEND_TILBAKE = "send_tilbake", N_("Send tilbake")


class Utfall(Kode):
    """What came of it, for one payment."""

    GODKJENT = "godkjent", N_("Godkjent. Den kommer med i neste fil.")
    SENDT_TILBAKE = "sendt_tilbake", N_("Sendt tilbake til den som førte den.")
    ALT_AVGJORT = "alt_avgjort", N_("Ikke endret: noen andre har avgjort den.")
    EGEN = "egen", N_("Ikke endret: du har selv ført utbetalingen eller kontonummeret. En annen må avgjøre.")
    KONTO_ENDRET = "konto_endret", N_("Ikke godkjent: lagets kontonummer er endret siden den ble ført. Send tilbake.")
    FANT_IKKE = "fant_ikke", N_("Fant ikke utbetalingen.")


class EgenUtbetaling(DomainError):
    """Nobody approves what she has entered herself."""

    status = 409
    melding = N_("Du har selv ført utbetalingen eller kontonummeret. En annen må godkjenne.")


@dataclass(frozen=True)
class Foert:
    """What decides whether somebody may approve a payment."""

    status: Utbetalingstatus
    foert_av: int
    konto_av: int | None
    """Who wrote the club's account number."""
    samme_konto: bool
    """The club's account is still the one that the payment was entered with."""


def utfall(foert: Foert, avgjoerelse: Avgjoerelse, user_id: int) -> Utfall:
    """What comes of approving or sending back this payment, for this user."""
    if foert.status is not Utbetalingstatus.VENTER:
        return Utfall.ALT_AVGJORT
    if user_id == foert.foert_av:
        return Utfall.EGEN
    if avgjoerelse is Avgjoerelse.SEND_TILBAKE:
        return Utfall.SENDT_TILBAKE
    if user_id == foert.konto_av:
        return Utfall.EGEN
    return Utfall.GODKJENT if foert.samme_konto else Utfall.KONTO_ENDRET


def krever_godkjenning(samlet_oere: int, grense_oere: int, *, egen_konto: bool) -> bool:
    """Whether another must approve: the limit is held against the whole grant or commitment, so parts cannot pass.

    `egen_konto`: whoever enters it wrote the account number herself, and nobody else has approved it. Then any amount.
    """
    return egen_konto or samlet_oere > grense_oere


def over_taket(gitt_oere: int, nytt_oere: int, tak_oere: int | None) -> bool:
    """Whether this much more would pass the ceiling of one child in the year."""
    return tak_oere is not None and gitt_oere + nytt_oere > tak_oere


def foerst_av_ubetalt(kreditert_oere: int, ubetalt_oere: int) -> tuple[int, int]:
    """A credit note takes first from what is not paid, then from what is; in that order."""
    av_ubetalt = min(kreditert_oere, ubetalt_oere)
    return av_ubetalt, kreditert_oere - av_ubetalt


# --- What is typed ---------------------------------------------------------------------------------------


def sjekk_beloep(felt: str, oere: int, *, ogsaa_null: bool = False) -> None:
    """Raise UgyldigFelt for an amount that cannot be meant."""
    if not (0 if ogsaa_null else 1) <= oere <= MAKS_BELOEP_OERE:
        raise UgyldigFelt(felt, N_("Skriv et beløp over 0 og under 10 millioner kroner."))


def sjekk_hoeyst(felt: str, oere: int, hoeyst_oere: int, melding: str) -> None:
    """Raise UgyldigFelt with this message when the amount is larger than there is."""
    if oere > hoeyst_oere:
        raise UgyldigFelt(felt, melding)


def sjekk_antall_barn(felt: str, antall: int) -> None:
    """Raise UgyldigFelt for a number of children that cannot be meant."""
    if not 1 <= antall <= MAKS_BARN:
        raise UgyldigFelt(felt, N_("Skriv et antall fra 1 til 5000."))


def sjekk_fakturanummer(felt: str, nummer: str) -> str:
    """The invoice's number as it stands on it. Raises UgyldigFelt for what is none, such as a name."""
    nummer = nummer.strip()
    if not _FAKTURANUMMER.fullmatch(nummer) or not any(tegn.isdigit() for tegn in nummer):
        raise UgyldigFelt(felt, N_("Skriv nummeret som står på fakturaen: bokstaver og tall, høyst 20 tegn."))
    fritekst.sjekk(felt, nummer, unntatt=BILAGSNUMMER)
    return nummer


def sjekk_vilkaar(felt: str, tekst: str) -> None:
    """Raise UgyldigFelt for conditions that are too long, or hold a number or address: they are public."""
    if len(tekst) > MAKS_VILKAAR:
        raise UgyldigFelt(felt, N_("Teksten er for lang. Skriv høyst 500 tegn."))
    fritekst.sjekk(felt, tekst)


SE_OVER_AARET = N_("Datoen kan ikke stemme. Se over årstallet.")
FOER_I_DAG = N_("Datoen kan ikke være før i dag.")
IKKE_KOMMET = N_("Dagen er ikke kommet ennå.")


def sjekk_dato(
    felt: str, dag: date, *, fra: date, til: date, tidlig: str = SE_OVER_AARET, sen: str = SE_OVER_AARET
) -> None:
    """Raise UgyldigFelt for a day outside these two, both included; `tidlig`, `sen`: what is then said of it."""
    if dag < fra:
        raise UgyldigFelt(felt, tidlig)
    if dag > til:
        raise UgyldigFelt(felt, sen)


def sjekk_aar(felt: str, aar: int, i_aar: int) -> None:
    """Raise UgyldigFelt for a year that no budget is made for. A year is never removed, so a slip must not make one."""
    if not 2000 <= aar <= i_aar + 1:
        raise UgyldigFelt(felt, N_("Skriv et årstall. Budsjettet kan lages for i år, neste år og tidligere år."))


def bilag(aar: int, nummer: int) -> str:
    """Our own number of a payment, as it stands on the page and in the file."""
    return f"{aar}-{nummer:04d}"
