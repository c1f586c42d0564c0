"""Codes and plain rules of measures and stock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from koordinering.errors import DomainError, UgyldigFelt
from koordinering.tekst import N_, Kode


class VenterSvar(DomainError):
    """An offer is to be taken back while somebody is thinking about one of its places."""

    status = 409
    melding = N_(
        "Noen er tilbudt en plass her og har ikke svart. Trekk plassen fra dem på henvisningen først, "
        "eller vent til fristen er ute."
    )


class Mekanikk(Kode):
    """How a measure is given (DESIGN.md section 3)."""

    KORT = "KORT", N_("Kort")
    FRIPLASS = "FRIPLASS", N_("Friplass")
    UTSTYR = "UTSTYR", N_("Utstyr til låns")
    MIDLER = "MIDLER", N_("Midler")
    MOETEPLASS = "MOETEPLASS", N_("Åpen møteplass")
    OPPFOELGING = "OPPFOELGING", N_("Oppfølging")
    SYSTEM = "SYSTEM", N_("Ikke gitt i Koordinering")


FORMIDLES = frozenset({Mekanikk.KORT, Mekanikk.FRIPLASS, Mekanikk.OPPFOELGING})
"""Given to a referral by a receiver."""

VISES_TIL = frozenset({Mekanikk.UTSTYR, Mekanikk.MOETEPLASS})
"""Open to all: the family is shown the way, nothing is given to a referral."""


class Kadens(Kode):
    """How often a measure is assessed (plan.yaml)."""

    AARLIG = "aarlig", N_("Årlig")
    FORTLOEPENDE = "fortloepende", N_("Fortløpende")
    KONTINUERLIG = "kontinuerlig", N_("Kontinuerlig")
    JEVNLIG = "jevnlig", N_("Jevnlig")
    VED_RULLERING = "ved_rullering", N_("Ved rullering av planen")
    VED_GJENNOMFOERING = "ved_gjennomfoering", N_("Når tiltaket er gjennomført")
    HVERT_TREDJE_AAR = "hvert_tredje_aar", N_("Hvert tredje år")
    ENGANG = "engang", N_("Én gang")
    IKKE_OPPGITT = "ikke_oppgitt", N_("Ikke oppgitt")


class Beholdningsslag(Kode):
    """What the units of a stock are."""

    KORT = "kort", N_("Kort")
    PLASS = "plass", N_("Plass")


class Plasstilstand(Kode):
    """Where a unit is. The states always add up to the stock."""

    LEDIG = "ledig", N_("Ledig")
    TILBUDT = "tilbudt", N_("Tilbudt")
    OPPTATT = "opptatt", N_("I bruk")
    TAPT = "tapt", N_("Tapt")
    STENGT = "stengt", N_("Tatt ut")


class Kortenhet(Kode):
    """Who one card is for."""

    FAMILIE = "familie", N_("Per familie")
    BARN = "barn", N_("Per barn")


class Aktivitet(Kode):
    """Closed list of activities: what offers are and what children wish for."""

    FOTBALL = "fotball", N_("Fotball")
    HAANDBALL = "haandball", N_("Håndball")
    SKI = "ski", N_("Ski")
    ISHOCKEY = "ishockey", N_("Ishockey og skøyter")
    SVOEMMING = "svoemming", N_("Svømming")
    TURN = "turn", N_("Turn")
    FRIIDRETT = "friidrett", N_("Friidrett")
    KAMPSPORT = "kampsport", N_("Kampsport")
    DANS = "dans", N_("Dans")
    RIDNING = "ridning", N_("Ridning")
    SYKKEL = "sykkel", N_("Sykkel")
    KLATRING = "klatring", N_("Klatring")
    MUSIKK = "musikk", N_("Musikk, instrument")
    KORPS = "korps", N_("Korps")
    KOR = "kor", N_("Kor og sang")
    TEATER = "teater", N_("Teater")
    KUNST = "kunst", N_("Tegning, maling og kunst")
    SPEIDER = "speider", N_("Speider og friluftsliv")
    FOURH = "4h", N_("4H")
    DATA = "data", N_("Spill, koding og data")
    FERIE = "ferie", N_("Ferie, leir og utflukt")
    ANNET = "annet", N_("Annet")


@dataclass(frozen=True)
class Ledighet:
    """What is left of something, as shown beside a measure. Stock is the only live number (DESIGN.md section 7)."""

    ledig: int
    antall: int


def alder_ved(sesongaar: int, foedselsaar: int) -> int:
    """Age in years as clubs count it: year of season start minus birth year."""
    return sesongaar - foedselsaar


MAKS_ANTALL = 5_000
"""Units in one stock; more than this is a slip of the finger."""

MAKS_ALDER = 24
"""Oldest that a child or young person in the product is."""

MAKS_EGENANDEL_OERE = 100_000_00

LENGSTE_SESONG_AAR = 2

_ANTALL = N_("Skriv et antall fra 0 til 5000.")
_BELOEP = N_("Skriv et beløp fra 0 til 100 000 kroner.")
_AARSTALL = N_("Skriv en dato med et årstall fra 2000 til 2100.")


@dataclass(frozen=True)
class Tilbudsopplysninger:
    """What is written about an offer; the fields are those of the table."""

    lag_id: int | None
    """The club that has it."""
    arrangoertekst: str | None
    """Who has it, where no club has."""
    aktivitet: Aktivitet
    navn: str
    sted: str | None
    ukedager: str | None
    oppmoete: str | None
    sesong_fra: date
    sesong_til: date
    alder_fra: int
    alder_til: int
    egenandel_oere: int
    antall: int
    """Places in all, those in use included."""
    ordinaer_pris_oere: int | None = None
    bekreftet: date | None = None


def sjekk_antall(antall: int) -> None:
    """Raise UgyldigFelt("antall", …) for a number of units that cannot be meant."""
    if not 0 <= antall <= MAKS_ANTALL:
        raise UgyldigFelt("antall", _ANTALL)


def sjekk_tilbud(tilbud: Tilbudsopplysninger) -> None:
    """Raise UgyldigFelt for the first thing about the offer that cannot be so."""
    sjekk_arrangoer(tilbud.lag_id, tilbud.arrangoertekst)
    for feil in feil_i_tilbud(tilbud):
        raise feil


def feil_i_tilbud(tilbud: Tilbudsopplysninger) -> Iterator[UgyldigFelt]:
    """Everything about the offer that cannot be so, but for who has it."""
    if not 0 <= tilbud.alder_fra <= MAKS_ALDER:
        yield UgyldigFelt("alder_fra", N_("Skriv en alder fra 0 til 24."))
    if not tilbud.alder_fra <= tilbud.alder_til <= MAKS_ALDER:
        yield UgyldigFelt("alder_til", N_("Skriv en alder fra laveste alder til 24."))
    if not 0 <= tilbud.antall <= MAKS_ANTALL:
        yield UgyldigFelt("antall", _ANTALL)
    yield from _feil_i_tiden(tilbud)
    if not 0 <= tilbud.egenandel_oere <= MAKS_EGENANDEL_OERE:
        yield UgyldigFelt("egenandel", _BELOEP)
    if not 0 <= (tilbud.ordinaer_pris_oere or 0) <= MAKS_EGENANDEL_OERE:
        yield UgyldigFelt("ordinaer_pris", _BELOEP)


def sjekk_arrangoer(lag_id: int | None, arrangoertekst: str | None) -> None:
    """Raise UgyldigFelt unless exactly one of a club and a text says who has an offer."""
    if lag_id is None and not arrangoertekst:
        raise UgyldigFelt("lag_id", N_("Velg et lag, eller skriv hvem i kommunen som har tilbudet."))
    if lag_id is not None and arrangoertekst:
        raise UgyldigFelt("arrangoer", N_("Velg enten et lag eller skriv en kommunal arrangør, ikke begge deler."))


def _feil_i_tiden(tilbud: Tilbudsopplysninger) -> Iterator[UgyldigFelt]:
    if not 2000 <= tilbud.sesong_fra.year <= 2100:
        yield UgyldigFelt("sesong_fra", _AARSTALL)
    if tilbud.sesong_til < tilbud.sesong_fra:
        yield UgyldigFelt("sesong_til", N_("Sesongen kan ikke slutte før den begynner."))
    if tilbud.sesong_til.year - tilbud.sesong_fra.year > LENGSTE_SESONG_AAR:
        yield UgyldigFelt("sesong_til", N_("En sesong kan ikke vare så lenge. Legg inn ett tilbud for hver sesong."))
    if tilbud.bekreftet is not None and not 2000 <= tilbud.bekreftet.year <= 2100:
        yield UgyldigFelt("bekreftet", _AARSTALL)
