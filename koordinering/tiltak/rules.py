"""Codes and plain rules of measures and stock."""

from dataclasses import dataclass

from koordinering.tekst import N_, Kode


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
