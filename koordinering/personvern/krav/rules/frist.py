"""Kinds of request, their deadlines (GDPR art. 12(3)), and which answers each can have."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from koordinering.errors import DomainError, UgyldigFelt
from koordinering.tekst import N_, Kode

FRIST = timedelta(days=30)
"""Within a month of receiving it (art. 12(3)); the shortest month that the municipality can be held to."""

UTSATT_FRIST = timedelta(days=90)
"""The longest, from receiving it: two further months, once, with a reason (art. 12(3))."""

SVARFRIST = timedelta(days=14)
"""How long the units have to approve their parts of a joint answer. Until then nobody sees who has."""

ELDSTE_KRAV = timedelta(days=365)
"""A date longer ago is a slip of the finger."""


class Kravslag(Kode):
    """What the family asks for."""

    INNSYN = "innsyn", N_("Innsyn")
    RETTING = "retting", N_("Retting")
    SLETTING = "sletting", N_("Sletting")
    BEGRENSNING = "begrensning", N_("Begrensning")
    SAMLET = "samlet", N_("Samlet innsyn")


OM_EN_SAK = tuple(slag for slag in Kravslag if slag is not Kravslag.SAMLET)
"""What the responsible unit answers for its own case."""


class Utsettelsesgrunn(Kode):
    """The two reasons that art. 12(3) allows."""

    SAMMENSATT = "sammensatt", N_("Kravet er sammensatt")
    MANGE = "mange", N_("Familien har mange krav")


class Utfall(Kode):
    """How a request ended."""

    IMOETEKOMMET = "imoetekommet", N_("Gjort som familien ba om")
    DELVIS = "delvis", N_("Gjort delvis")
    AVSLAATT = "avslaatt", N_("Avslått")
    TRUKKET = "trukket", N_("Familien trakk kravet")


class Kravgrunn(Kode):
    """Why not all was done."""

    FEIL_PERSON = "feil_person", N_("Den som spør, kan ikke få svar om denne familien")
    RIKTIG = "riktig", N_("Opplysningen er riktig")
    LOVPAALAGT = "lovpaalagt", N_("Loven krever at noe tas vare på")
    ANDRE = "andre", N_("Hensynet til barnet eller til andre")
    GJENTATT = "gjentatt", N_("Åpenbart grunnløst eller gjentatt")
    INGENTING = "ingenting", N_("Ingenting er lagret")


class Rettet(Kode):
    """What was corrected."""

    BARN = "barn", N_("Opplysninger om et barn")
    NUMMER = "nummer", N_("Nummeret til et barn")
    BEHOV = "behov", N_("Behov")
    OENSKER = "oensker", N_("Ønsker")
    SAMTYKKE = "samtykke", N_("Samtykke eller hjemmel")
    HENVISNING = "henvisning", N_("En henvisning")
    REFERANSE = "referanse", N_("Enhetens egen referanse")


class Sjekk(Kode):
    """What the officer has checked before a joint answer is asked for; all of it, always."""

    IDENTITET = "identitet", N_("Jeg har sjekket hvem som spør, og at vedkommende kan få svar om barnet")
    ADRESSESPERRE = "adressesperre", N_("Jeg har sjekket at ingen i familien har adressesperre")
    FORELDRE = "foreldre", N_("Jeg har sjekket om foreldrene står mot hverandre, og hva hver av dem kan få vite")


class Delsvar(Kode):
    """A unit's answer about its part of a joint answer."""

    GODKJENT = "godkjent", N_("Godkjenn delen")
    AVVIST = "avvist", N_("Delen skal ikke være med")


class Delgrunn(Kode):
    """Why a unit's part is not to be in the answer."""

    ADRESSESPERRE = "adressesperre", N_("Noen i familien har adressesperre")
    FORELDRE = "foreldre", N_("Foreldrene står mot hverandre")
    BARNET = "barnet", N_("Hensynet til barnet eller til andre")
    TAUSHET = "taushet", N_("Taushetsplikt")
    FEIL_FAMILIE = "feil_familie", N_("Det er ikke den samme familien")


VALGBARE: Mapping[Kravslag, tuple[Utfall, ...]] = MappingProxyType(
    {
        Kravslag.INNSYN: tuple(Utfall),
        Kravslag.RETTING: tuple(Utfall),
        Kravslag.SLETTING: (Utfall.AVSLAATT, Utfall.TRUKKET),
        Kravslag.BEGRENSNING: (Utfall.AVSLAATT, Utfall.TRUKKET),
        Kravslag.SAMLET: tuple(Utfall),
    }
)
"""Answers that somebody chooses; deleting and locking are done with a button of their own, which answers."""

MED_GRUNN = frozenset({Utfall.DELVIS, Utfall.AVSLAATT})
"""Answers that take a reason: the family is to be told why (art. 12(4))."""


class AlleredeFerdig(DomainError):
    """The request has its answer already."""

    status = 409
    melding = N_("Kravet er allerede besvart. Se over siden.")


class KanIkkeGjenaapnes(DomainError):
    """What the answer did cannot be undone, or there is no answer."""

    status = 409
    melding = N_("Kravet kan ikke åpnes igjen. Se over siden.")


class NyttKravAapent(DomainError):
    """The family has asked for the same anew, and that request is open."""

    status = 409
    melding = N_("Saken har et nyere, åpent krav av dette slaget. Svar på det.")


class AnnetSlag(DomainError):
    """What was pressed belongs to another kind of request."""

    status = 409
    melding = N_("Kravet gjelder noe annet. Se over siden.")


class KravVenter(DomainError):
    """Somebody has asked for something about the case, and has not been answered."""

    status = 409
    melding = N_("Familien venter på svar på et krav om saken, og da kan den ikke slettes. Svar på kravet først.")


class IkkeBegrenset(DomainError):
    """The lock has been lifted already."""

    status = 409
    melding = N_("Saken er ikke begrenset.")


class IkkeUtpekt(DomainError):
    """The municipality has not named this unit for joint answers."""

    status = 409
    melding = N_(
        "Kommunen har ikke utpekt enheten din til å sette sammen innsyn på tvers. "
        "Systemforvalteren setter det under Kommunens valg."
    )


class FristenErUte(DomainError):
    """The part was not answered in time, and the joint answer is put together without it."""

    status = 409
    melding = N_(
        "Fristen for å godkjenne delen er ute. Ber familien om innsyn hos enheten, registrerer du et krav der."
    )


def frist(mottatt: date, *, utsatt: bool = False) -> date:
    """The day a request is to be answered by."""
    return mottatt + (UTSATT_FRIST if utsatt else FRIST)


def sjekk_mottatt(felt: str, mottatt: date, idag: date) -> None:
    """Raise UgyldigFelt for a day to come, or too long ago to be anything but a slip."""
    if mottatt > idag:
        raise UgyldigFelt(felt, N_("Dagen kan ikke være fram i tid."))
    if mottatt < idag - ELDSTE_KRAV:
        raise UgyldigFelt(felt, N_("Dagen kan ikke være mer enn ett år tilbake."))


def kan_gjenaapnes(slag: Kravslag, utfall: Utfall | None) -> bool:
    """Whether the answer can be taken back: somebody chose it, and it did nothing.

    Deleting and locking did, and with a joint answer the units' parts are gone.
    """
    return slag in OM_EN_SAK and utfall in VALGBARE[slag]


def sjekk_svar(slag: Kravslag, utfall: Utfall, grunn: Kravgrunn | None, rettet: frozenset[Rettet]) -> None:
    """Raise UgyldigFelt for an answer that this kind of request cannot have, or that does not say why or what."""
    if utfall not in VALGBARE[slag]:
        raise UgyldigFelt("utfall", N_("Velg noe fra listen."))
    if utfall in MED_GRUNN and grunn is None:
        raise UgyldigFelt("grunn", N_("Velg hvorfor. Familien skal få vite det."))
    if slag is Kravslag.RETTING and utfall in {Utfall.IMOETEKOMMET, Utfall.DELVIS} and not rettet:
        raise UgyldigFelt("rettet", N_("Velg hva som ble rettet."))
