"""Codes and limits of rounds: offers with a deadline, undoing, the waiting order, and the life of a proposal."""

from datetime import datetime, timedelta

from koordinering.errors import UgyldigFelt
from koordinering.tekst import N_, Kode

ANGREFRIST = timedelta(minutes=10)
"""How long what was given can be undone; what goes to the club is not printed before."""

MAKS_TILBUD_TIL_SAMME = 2
"""An offer that was not answered comes back to the same child at most once."""

FRIST_DAGER = range(1, 31)

VANLIG_FRIST = 7
"""Days to answer unless another number is typed."""


class Tilbudssvar(Kode):
    """What came of an offered place."""

    VENTER = "venter", N_("Venter på svar")
    JA = "ja", N_("Takket ja")
    NEI = "nei", N_("Takket nei")
    UTLOEPT = "utloept", N_("Fristen gikk ut")
    TRUKKET = "trukket", N_("Trukket")


TELLER_SOM_TILBUDT = frozenset({Tilbudssvar.NEI, Tilbudssvar.UTLOEPT})
"""What the child has been offered before; an offer that we took back ourselves is nobody's refusal."""


class Forslagsstatus(Kode):
    """Where a proposal is."""

    UTKAST = "utkast", N_("Utkast")
    BEKREFTET = "bekreftet", N_("Bekreftet")
    FORKASTET = "forkastet", N_("Forkastet")


class Maate(Kode):
    """What confirming does with every line."""

    GI = "gi", N_("Gi plassene nå")
    TILBY = "tilby", N_("Tilby plassene med svarfrist")
    VENTELISTE = "venteliste", N_("Sett på venteliste")
    AVSLAA = "avslaa", N_("Avslå")
    TILBAKE = "tilbake", N_("Registrer levert tilbake")
    AVSLUTT = "avslutt", N_("Avslutt")


FORDELES = (Maate.GI, Maate.TILBY)
"""What a proposal can do; the rest is only for those that are chosen by hand."""


class Koe(Kode):
    """Where in the waiting order a referral is moved to."""

    FRAM = "fram", N_("Foran de andre")
    VANLIG = "vanlig", N_("Etter datoen den ble sendt")
    BAK = "bak", N_("Bak de andre")


KOEVERDI = {Koe.FRAM: -1, Koe.VANLIG: 0, Koe.BAK: 1}


class Flyttegrunn(Kode):
    """Why somebody is moved up or down the waiting list."""

    HASTER = "haster", N_("Det haster for barnet")
    SESONGSTART = "sesongstart", N_("Sesongen begynner snart")
    FEIL_DATO = "feil_dato", N_("Datoen i køen er feil")
    FAAR_ANNET = "faar_annet", N_("Har fått noe annet i mellomtiden")
    FAMILIEN_OENSKER = "familien_oensker", N_("Familien ber om å vente")
    KLAGE = "klage", N_("Klagen førte fram")
    FLYTTES_TILBAKE = "flyttes_tilbake", N_("Flyttes tilbake til sin plass")


def sjekk_frist_dager(dager: int) -> None:
    """Raise UgyldigFelt("frist_dager", …) for a deadline that cannot be meant."""
    if dager not in FRIST_DAGER:
        raise UgyldigFelt("frist_dager", N_("Skriv et antall dager fra 1 til 30."))


def kan_angres(gitt: datetime, *, gitt_av: int, hvem: int, naa: datetime) -> bool:
    """Whether what was given may be undone by this person at this moment, as far as time and person go."""
    return gitt_av == hvem and naa - gitt < ANGREFRIST


def gaar_til_laget(gitt: datetime, naa: datetime) -> bool:
    """Whether a place has stood long enough to be told to the club: it can no longer be undone."""
    return naa - gitt >= ANGREFRIST
