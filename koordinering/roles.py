"""Who may do what, and how far it reaches: the sheet that the municipality signs. Data, nearly no imports."""

from collections.abc import Mapping
from types import MappingProxyType

from koordinering.tekst import N_, Kode


class Rolle(Kode):
    """What a user is in one unit (DESIGN.md section 2)."""

    HENVISER = "henviser", N_("Henviser")
    MOTTAKER = "mottaker", N_("Mottaker")
    INKLUDERINGSKONSULENT = "inkluderingskonsulent", N_("Inkluderingskonsulent")
    GODKJENNER = "godkjenner", N_("Godkjenner")
    UTSTYRSOPERATOER = "utstyrsoperatoer", N_("Utstyrsoperatør")
    MOETEPLASSMEDARBEIDER = "moeteplassmedarbeider", N_("Møteplassmedarbeider")
    TILTAKSANSVARLIG = "tiltaksansvarlig", N_("Tiltaksansvarlig")
    KOORDINATOR = "koordinator", N_("Koordinator")
    ENHETSLEDER = "enhetsleder", N_("Enhetsleder")
    SYSTEMFORVALTER = "systemforvalter", N_("Systemforvalter")
    PERSONVERNOMBUD = "personvernombud", N_("Personvernombud")


class Omfang(Kode):
    """How far a right reaches."""

    ENHET = "enhet", N_("det som hører til egen enhet")
    MOTTATT = "mottatt", N_("det som er sendt til egen enhet")
    ALLE = "alle", N_("alt")


class Rettighet(Kode):
    """Named resource:action; the text is the sentence the sheet prints."""

    PLAN_LES = "plan:les", N_("Lese handlingsplanen med tiltak og indikatorer")
    SAK_LES = "sak:les", N_("Åpne en families sak. Hver åpning logges")
    SAK_REGISTRER = "sak:registrer", N_("Registrere en familie, rette og slette en feilregistrering")
    SAK_OVERLEVER = "sak:overlever", N_("Overlevere en sak til en kollega i enheten")
    HENVISNING_REGISTRER = "henvisning:registrer", N_("Sende, rette, trekke og følge opp henvisninger")
    HENVISNING_MOTTA = "henvisning:motta", N_("Ta imot og behandle henvisninger")
    TILDELING_GI = "tildeling:gi", N_("Gi, sette på venteliste og ta tilbake kort og plasser")
    TILBUD_LES = "tilbud:les", N_("Se tilbud, lag og beholdning")
    TILBUD_ENDRE = "tilbud:endre", N_("Legge inn og endre tilbud med plasser")
    KORT_ENDRE = "kort:endre", N_("Opprette og avslutte årets kort")
    STATISTIKK_LES = "statistikk:les", N_("Lese beskyttede tall")
    STATISTIKK_EKSPORTER = "statistikk:eksporter", N_("Hente ut beskyttede tall som fil")
    STATISTIKK_TELL = "statistikk:tell", N_("Bestille en ny telling")
    STATISTIKK_PUBLISER = "statistikk:publiser", N_("Lage, kontrollere, publisere og trekke publiseringer")
    STATISTIKK_PUBLISERT_LES = "statistikk:publisert_les", N_("Lese og hente ut publiserte tall")
    LOGG_LES = "logg:les", N_("Lese innsynsloggen")
    BRUKER_LES = "bruker:les", N_("Se brukere og enheter")
    BRUKER_ENDRE = "bruker:endre", N_("Låse og låse opp brukere")
    KOMMUNE_ENDRE = "kommune:endre", N_("Endre kommunens valg: kobling, terskel, kjønn")


_ALLE_LESER = {Rettighet.PLAN_LES: Omfang.ALLE, Rettighet.STATISTIKK_PUBLISERT_LES: Omfang.ALLE}

MATRISE: Mapping[Rolle, Mapping[Rettighet, Omfang]] = MappingProxyType(
    {
        Rolle.HENVISER: {
            **_ALLE_LESER,
            Rettighet.SAK_LES: Omfang.ENHET,
            Rettighet.SAK_REGISTRER: Omfang.ENHET,
            Rettighet.SAK_OVERLEVER: Omfang.ENHET,
            Rettighet.HENVISNING_REGISTRER: Omfang.ENHET,
            Rettighet.HENVISNING_MOTTA: Omfang.MOTTATT,
            Rettighet.TILDELING_GI: Omfang.MOTTATT,
            Rettighet.TILBUD_LES: Omfang.ALLE,
        },
        Rolle.MOTTAKER: {
            **_ALLE_LESER,
            Rettighet.HENVISNING_MOTTA: Omfang.MOTTATT,
            Rettighet.TILDELING_GI: Omfang.MOTTATT,
            Rettighet.TILBUD_LES: Omfang.ALLE,
            Rettighet.TILBUD_ENDRE: Omfang.ENHET,
        },
        Rolle.INKLUDERINGSKONSULENT: {
            **_ALLE_LESER,
            Rettighet.HENVISNING_MOTTA: Omfang.MOTTATT,
            Rettighet.TILDELING_GI: Omfang.MOTTATT,
            Rettighet.TILBUD_LES: Omfang.ALLE,
            Rettighet.TILBUD_ENDRE: Omfang.ENHET,
            Rettighet.KORT_ENDRE: Omfang.ALLE,
        },
        Rolle.GODKJENNER: {**_ALLE_LESER},
        Rolle.UTSTYRSOPERATOER: {**_ALLE_LESER},
        Rolle.MOETEPLASSMEDARBEIDER: {**_ALLE_LESER},
        Rolle.TILTAKSANSVARLIG: {**_ALLE_LESER},
        Rolle.KOORDINATOR: {
            **_ALLE_LESER,
            Rettighet.STATISTIKK_LES: Omfang.ALLE,
            Rettighet.STATISTIKK_EKSPORTER: Omfang.ALLE,
            Rettighet.STATISTIKK_TELL: Omfang.ALLE,
            Rettighet.STATISTIKK_PUBLISER: Omfang.ALLE,
        },
        Rolle.ENHETSLEDER: {
            **_ALLE_LESER,
            Rettighet.SAK_LES: Omfang.ENHET,
            Rettighet.SAK_OVERLEVER: Omfang.ENHET,
            Rettighet.LOGG_LES: Omfang.ENHET,
            Rettighet.TILBUD_LES: Omfang.ALLE,
        },
        Rolle.SYSTEMFORVALTER: {
            **_ALLE_LESER,
            Rettighet.BRUKER_LES: Omfang.ALLE,
            Rettighet.BRUKER_ENDRE: Omfang.ALLE,
            Rettighet.KOMMUNE_ENDRE: Omfang.ALLE,
        },
        Rolle.PERSONVERNOMBUD: {**_ALLE_LESER, Rettighet.LOGG_LES: Omfang.ALLE},
    }
)

LESER_SAKER = frozenset(
    rolle for rolle, har in MATRISE.items() if {Rettighet.SAK_LES, Rettighet.HENVISNING_MOTTA} & har.keys()
)
"""Roles that can read something about a single family."""

ADSKILTE = frozenset({Rolle.SYSTEMFORVALTER, Rolle.KOORDINATOR, Rolle.PERSONVERNOMBUD})
"""Roles that never combine with one that reads cases (DESIGN.md section 2)."""


def forenes(roller: frozenset[Rolle]) -> bool:
    """Whether one person may hold all these roles at the same time."""
    return not (roller & ADSKILTE and roller & LESER_SAKER)
