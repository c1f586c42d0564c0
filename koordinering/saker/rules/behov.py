"""Closed lists that a case is described with."""

from koordinering.tekst import N_, Kode


class Behov(Kode):
    """What the family needs help with."""

    FRITID = "fritid", N_("Fritidsaktivitet")
    UTSTYR = "utstyr", N_("Utstyr")
    OPPLEVELSE = "opplevelse", N_("Opplevelser")
    FERIE = "ferie", N_("Ferie")
    HOEYTID = "hoeytid", N_("Høytid og seremoni")
    SFO_KULTURSKOLE = "sfo_kulturskole", N_("SFO eller kulturskole")
    TRANSPORT = "transport", N_("Transport")
    FOELGE = "foelge", N_("Følge eller fadder")
    ANNET = "annet", N_("Annet")


class JaNeiVetIkke(Kode):
    """Answer to whether the child takes part regularly in an organised activity today."""

    JA = "ja", N_("Ja")
    NEI = "nei", N_("Nei")
    VET_IKKE = "vet_ikke", N_("Vet ikke")


class Spurt(Kode):
    """Whether the child has been asked what it wants."""

    JA = "ja", N_("Ja")
    NEI = "nei", N_("Nei")
    IKKE_AKTUELT = "ikke_aktuelt", N_("Ikke aktuelt")


class Kjoenn(Kode):
    """Optional, and only where the municipality has switched it on."""

    JENTE = "jente", N_("Jente")
    GUTT = "gutt", N_("Gutt")
    ANNET = "annet", N_("Annet")


class Grunnlag(Kode):
    """What allows sending to another unit."""

    SAMTYKKE = "samtykke", N_("Samtykke")
    HJEMMEL = "hjemmel", N_("Hjemmel i lov")


class Samtykkemaate(Kode):
    """How the consent was given."""

    SKRIFTLIG = "skriftlig", N_("Skriftlig")
    MUNTLIG = "muntlig", N_("Muntlig")


class SamtykkeFra(Kode):
    """Who gave the consent; never a name."""

    FORESATT = "foresatt", N_("Foresatt")
    UNGDOM = "ungdom", N_("Ungdommen selv")
    BEGGE = "begge", N_("Både foresatt og ungdommen selv")


class Opplysning(Kode):
    """Kinds of information that a consent covers."""

    BEHOV = "behov", N_("Behov")
    OENSKE = "oenske", N_("Barnets ønske")
    ALDERSGRUPPE = "aldersgruppe", N_("Aldersgruppe")
    REFERANSE = "referanse", N_("Referanse")
    AVSENDER = "avsender", N_("Hvilken tjeneste som henviser")


STANDARD_OPPLYSNINGER = (Opplysning.BEHOV, Opplysning.OENSKE, Opplysning.ALDERSGRUPPE, Opplysning.REFERANSE)
"""What a receiver sees when nothing else is agreed."""

MAKS_OENSKER = 3
"""Wishes per child, in order."""


class Spoersmaal(Kode):
    """What a receiver may ask the referrer through the product."""

    HAR_BARNET_STARTET = "har_barnet_startet", N_("Har barnet allerede begynt med aktiviteten?")
    OENSKE_STAAR_FAST = "oenske_staar_fast", N_("Står ønsket fast?")
    ANNEN_AKTIVITET = "annen_aktivitet", N_("Kan en annen aktivitet være aktuell?")
    ANNEN_DAG = "annen_dag", N_("Passer andre ukedager?")
    TRENGER_FOELGE = "trenger_foelge", N_("Trenger barnet noen å følge med den første tiden?")
    TRENGER_UTSTYR = "trenger_utstyr", N_("Trenger barnet utstyr?")


class Svar(Kode):
    """The referrer's answer."""

    JA = "ja", N_("Ja")
    NEI = "nei", N_("Nei")
    VET_IKKE = "vet_ikke", N_("Vet ikke")
    KOMMER_TILBAKE = "kommer_tilbake", N_("Familien vil vente, vi kommer tilbake")


class Rettegrunn(Kode):
    """Why something was corrected after sending."""

    FEIL = "feil", N_("Skrevet feil")
    NYTT = "nytt", N_("Nye opplysninger fra familien")
    BARNET_OMBESTEMTE = "barnet_ombestemte", N_("Barnet har ombestemt seg")
