"""The life of a referral: which status leads where, who may take it there, and which reason it needs."""

from collections.abc import Mapping
from types import MappingProxyType

from koordinering.errors import UgyldigFelt, UgyldigOvergang
from koordinering.tekst import N_, Kode


class Status(Kode):
    """Where a referral stands."""

    UTKAST = "utkast", N_("Utkast")
    VENTER_SAMTYKKE = "venter_samtykke", N_("Venter på samtykke")
    SENDT = "sendt", N_("Sendt")
    MOTTATT = "mottatt", N_("Mottatt")
    UNDER_BEHANDLING = "under_behandling", N_("Under behandling")
    PAA_VENT = "paa_vent", N_("På vent")
    VENTELISTE = "venteliste", N_("Venteliste")
    INNVILGET = "innvilget", N_("Innvilget")
    I_GANG = "i_gang", N_("I gang")
    AVSLUTTET = "avsluttet", N_("Avsluttet")
    AVSLAATT = "avslaatt", N_("Avslått")
    PAAKLAGET = "paaklaget", N_("Påklaget")
    TRUKKET = "trukket", N_("Trukket")
    VIDERESENDT = "videresendt", N_("Videresendt")
    VIST_TIL = "vist_til", N_("Vist til")


class Part(Kode):
    """Which side of the referral acts. SYSTEM: what follows by itself, such as a question answered."""

    HENVISER = "henviser", N_("Henviser")
    MOTTAKER = "mottaker", N_("Mottaker")
    SYSTEM = "system", N_("Systemet")


class PaaVentGrunn(Kode):
    """Why the receiver waits."""

    MANGLER_OPPLYSNINGER = "mangler_opplysninger", N_("Mangler opplysninger")
    VENTER_LAG = "venter_lag", N_("Venter på laget")
    VENTER_FAMILIE = "venter_familie", N_("Venter på familien")


class Avslagsgrunn(Kode):
    """Why the receiver refuses; `for_henviser` is the text that the sender sees."""

    INGEN_KAPASITET = "ingen_kapasitet", N_("Ingen ledig plass")
    UTENFOR_MAALGRUPPE = "utenfor_maalgruppe", N_("Utenfor målgruppen")
    UTENFOR_ALDER = "utenfor_alder", N_("Utenfor aldersgrensen")
    UTENFOR_SESONG = "utenfor_sesong", N_("Utenfor sesongen")
    TAK_NAADD = "tak_naadd", N_("Taket er nådd")
    ANSVAR_UAVKLART = "ansvar_uavklart", N_("Ansvar eller finansiering er uavklart")
    MANGLER_OPPLYSNINGER = "mangler_opplysninger", N_("Opplysningene ble ikke fylt ut")
    KLAGE_IKKE_MEDHOLD = "klage_ikke_medhold", N_("Klagen førte ikke fram")
    ANNET = "annet", N_("Annet")

    @property
    def for_henviser(self) -> str:
        """The label for the sender: a full stock and a reached ceiling read the same.

        A ceiling may be reached by another unit's case, and the sender is not to learn that there is one.
        """
        return NOEYTRAL_AVSLAGSTEKST if self in NOEYTRALE_AVSLAG else self.tekst


NOEYTRALE_AVSLAG = frozenset({Avslagsgrunn.INGEN_KAPASITET, Avslagsgrunn.TAK_NAADD})
NOEYTRAL_AVSLAGSTEKST = N_("Kan ikke innvilges nå")


class Trekkgrunn(Kode):
    """Why a referral is withdrawn."""

    FAMILIEN_OENSKER_IKKE = "familien_oensker_ikke", N_("Familien ønsker det ikke lenger")
    SAMTYKKE_TRUKKET = "samtykke_trukket", N_("Samtykket er trukket")
    FEILREGISTRERT = "feilregistrert", N_("Feilregistrert")
    FLYTTET = "flyttet", N_("Familien har flyttet")
    LOEST_PAA_ANNEN_MAATE = "loest_paa_annen_maate", N_("Løst på annen måte")
    ANNET = "annet", N_("Annet")


class Avslutningsgrunn(Kode):
    """How something that was given ended."""

    FULLFOERT = "fullfoert", N_("Fullført")
    AVBRUTT = "avbrutt", N_("Avbrutt")
    UTLOEPT = "utloept", N_("Utløpt")
    FLYTTET = "flyttet", N_("Flyttet")
    ALDERSGRENSE = "aldersgrense", N_("Nådd aldersgrensen")
    ANNET = "annet", N_("Annet")


class Videresendingsgrunn(Kode):
    """Why the receiver sends the referral on to another unit."""

    FEIL_ENHET = "feil_enhet", N_("Hører til en annen enhet")
    BEDRE_TILBUD = "bedre_tilbud", N_("En annen enhet har et tilbud som passer bedre")
    INGEN_KAPASITET = "ingen_kapasitet", N_("Ingen ledig plass her")
    ANNET = "annet", N_("Annet")


class Gjenaapningsgrunn(Kode):
    """Why a closed referral is taken up again."""

    FEIL = "feil", N_("Det ble gjort en feil")
    KLAGE = "klage", N_("Klage")
    NYE_OPPLYSNINGER = "nye_opplysninger", N_("Nye opplysninger")


_FRA_TIL: Mapping[Status, Mapping[Part, tuple[Status, ...]]] = {
    Status.UTKAST: {
        Part.SYSTEM: (Status.VENTER_SAMTYKKE,),
        Part.HENVISER: (Status.SENDT, Status.VIST_TIL),
    },
    Status.VENTER_SAMTYKKE: {Part.HENVISER: (Status.SENDT, Status.TRUKKET)},
    Status.SENDT: {Part.MOTTAKER: (Status.MOTTATT,), Part.HENVISER: (Status.TRUKKET,)},
    Status.MOTTATT: {
        Part.MOTTAKER: (Status.UNDER_BEHANDLING, Status.VIDERESENDT),
        Part.HENVISER: (Status.TRUKKET,),
    },
    Status.UNDER_BEHANDLING: {
        Part.MOTTAKER: (
            Status.PAA_VENT,
            Status.VENTELISTE,
            Status.INNVILGET,
            Status.AVSLAATT,
            Status.VIDERESENDT,
        ),
        Part.HENVISER: (Status.TRUKKET,),
    },
    Status.PAA_VENT: {
        Part.SYSTEM: (Status.UNDER_BEHANDLING,),
        Part.MOTTAKER: (Status.UNDER_BEHANDLING, Status.AVSLAATT),
        Part.HENVISER: (Status.TRUKKET,),
    },
    Status.VENTELISTE: {
        Part.MOTTAKER: (Status.INNVILGET, Status.UNDER_BEHANDLING, Status.AVSLAATT),
        Part.HENVISER: (Status.TRUKKET,),
    },
    Status.INNVILGET: {
        # Back to where it was, added to the table of DESIGN.md section 4: what was given is undone within ten minutes.
        Part.MOTTAKER: (Status.I_GANG, Status.AVSLUTTET, Status.VENTELISTE, Status.UNDER_BEHANDLING),
        Part.HENVISER: (Status.TRUKKET,),
    },
    # Back again too: a card that was handed out in the same click as it was given is undone.
    Status.I_GANG: {Part.MOTTAKER: (Status.AVSLUTTET, Status.VENTELISTE, Status.UNDER_BEHANDLING)},
    Status.AVSLUTTET: {Part.MOTTAKER: (Status.UNDER_BEHANDLING,)},
    Status.AVSLAATT: {Part.HENVISER: (Status.PAAKLAGET,), Part.MOTTAKER: (Status.UNDER_BEHANDLING,)},
    Status.PAAKLAGET: {
        Part.MOTTAKER: (Status.UNDER_BEHANDLING, Status.AVSLAATT),
        # Added to the table of DESIGN.md section 4: a consent that is withdrawn while the complaint stands hides the
        # referral from its receiver, and a complaint that nobody sees would stay open for good.
        Part.HENVISER: (Status.TRUKKET,),
    },
    Status.TRUKKET: {Part.MOTTAKER: (Status.UNDER_BEHANDLING,)},
    Status.VIDERESENDT: {},
    Status.VIST_TIL: {},
}

OVERGANGER: Mapping[tuple[Status, Status], frozenset[Part]] = MappingProxyType(
    {
        (fra, til): frozenset(part for part, maal in parter.items() if til in maal)
        for fra, parter in _FRA_TIL.items()
        for til in Status
        if any(til in maal for maal in parter.values())
    }
)
"""Who may take a referral from one status to another; what is not here cannot happen."""

LUKKEDE = frozenset({Status.AVSLAATT, Status.TRUKKET, Status.AVSLUTTET, Status.VIDERESENDT, Status.VIST_TIL})
AAPNE = frozenset(Status) - LUKKEDE

GRUNNER: Mapping[Status, type[Kode]] = MappingProxyType(
    {
        Status.PAA_VENT: PaaVentGrunn,
        Status.AVSLAATT: Avslagsgrunn,
        Status.TRUKKET: Trekkgrunn,
        Status.AVSLUTTET: Avslutningsgrunn,
        Status.VIDERESENDT: Videresendingsgrunn,
        Status.UNDER_BEHANDLING: Gjenaapningsgrunn,
    }
)
"""The reasons of each status to come; those of UNDER_BEHANDLING only when a closed referral is reopened."""


def er_gjenaapning(fra: Status, til: Status) -> bool:
    """Tell whether the step takes up a closed referral again."""
    return fra in LUKKEDE and til is Status.UNDER_BEHANDLING


def krever_grunn(fra: Status, til: Status) -> bool:
    """Tell whether the step needs a coded reason. VIST_TIL says why by itself."""
    return til in GRUNNER and (til is not Status.UNDER_BEHANDLING or er_gjenaapning(fra, til))


def lovlige(fra: Status, part: Part, *, enkeltvedtak: bool, startet: bool) -> frozenset[Status]:
    """Return where this part may take the referral now.

    `enkeltvedtak`: the measure is set as one, so that a refusal can be appealed. `startet`: something that
    was given has been taken into use, so that it can be ended but no longer withdrawn.
    """
    maal = set(_FRA_TIL[fra].get(part, ()))
    if not enkeltvedtak:
        maal.discard(Status.PAAKLAGET)
    if fra is Status.INNVILGET and startet:
        maal.discard(Status.TRUKKET)
    return frozenset(maal)


def mulige(*, har_mottaker: bool, enkeltvedtak: bool) -> frozenset[Status]:
    """Where a referral that has left its sender can stand. Without a receiver it is closed in the moment it is sent."""
    if not har_mottaker:
        return frozenset({Status.VIST_TIL})
    aldri = {Status.UTKAST, Status.VENTER_SAMTYKKE, Status.VIST_TIL}
    return frozenset(Status) - aldri - (set() if enkeltvedtak else {Status.PAAKLAGET})


def sjekk(fra: Status, til: Status, part: Part, *, enkeltvedtak: bool, startet: bool, grunn: str | None = None) -> None:
    """Raise UgyldigOvergang when this part may not take this step now, UgyldigFelt for a wrong reason."""
    if til not in lovlige(fra, part, enkeltvedtak=enkeltvedtak, startet=startet):
        raise UgyldigOvergang
    if not krever_grunn(fra, til):
        if grunn:
            raise UgyldigFelt("grunn", N_("Her skal det ikke velges noen grunn."))
        return
    if not grunn:
        raise UgyldigFelt("grunn", N_("Velg en grunn."))
    if grunn not in set(GRUNNER[til]):
        raise UgyldigFelt("grunn", N_("Velg en grunn fra listen."))


def diagram() -> str:
    """Print the table as a Mermaid state diagram, in the order of the statuses."""
    linjer = ["stateDiagram-v2", "    [*] --> utkast"]
    linjer += [f"    {status} : {status.tekst}" for status in Status]
    linjer += [
        f"    {fra} --> {til} : {', '.join(part.value for part in Part if part in parter)}"
        for (fra, til), parter in OVERGANGER.items()
    ]
    linjer += [f"    {status} --> [*]" for status in Status if not _FRA_TIL[status]]
    return "\n".join(linjer) + "\n"
