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
    PLAN_ENDRE = "plan:endre", N_("Rette planen, lage utkast til en ny versjon og sette den i kraft")
    VURDERING_SKRIV = "vurdering:skriv", N_("Skrive vurderingen av tiltak enheten har hovedansvaret for")
    EVALUERING_STYR = (
        "evaluering:styr",
        N_("Godkjenne og sende tilbake vurderinger, og holde frister, organer, krav i planen og kalender"),
    )
    RAPPORT_LAG = "rapport:lag", N_("Sette sammen planens rapport, og fryse den")
    AKTIVITET_FOER = "aktivitet:foer", N_("Føre aktiviteter i tiltak: møter, seminarer, kurs og tema på dagsordenen")
    SERIE_FOER = "serie:foer", N_("Føre, rette og hente inn tall for planens indikatorer")
    SERIE_ENDRE = "serie:endre", N_("Lage serier, og bestemme telledefinisjon, mål og tiltak for dem")
    SAK_LES = "sak:les", N_("Åpne en families sak. Hver åpning logges")
    SAK_REGISTRER = "sak:registrer", N_("Registrere en familie, rette og slette en feilregistrering")
    SAK_OVERLEVER = "sak:overlever", N_("Overlevere en sak til en kollega i enheten")
    SAK_HOLD = "sak:hold", N_("Se hvilke saker som snart slettes, holde en sak tilbake og slippe den igjen")
    HENVISNING_REGISTRER = "henvisning:registrer", N_("Sende, rette, trekke og følge opp henvisninger")
    HENVISNING_MOTTA = "henvisning:motta", N_("Ta imot og behandle henvisninger")
    SAMORDNING_DELTA = (
        "samordning:delta",
        N_("Følge en families henvisninger sammen med enhetene familien har nevnt, skrive notater og avtale møter"),
    )
    TILDELING_GI = "tildeling:gi", N_("Gi, tilby, sette på venteliste, flytte i køen og ta tilbake kort og plasser")
    TILBUD_LES = "tilbud:les", N_("Se tilbud, lag og beholdning")
    TILBUD_ENDRE = "tilbud:endre", N_("Legge inn og endre tilbud med plasser, og foreslå fordeling av dem")
    KORT_ENDRE = "kort:endre", N_("Opprette og avslutte årets kort, holde stedene og føre besøkene")
    AAR_AVSLUTT = "aar:avslutt", N_("Avslutte året: kort, plasser der sesongen er over, og midler")
    MOETEPLASS_FOER = "moeteplass:foer", N_("Føre og rette besøk på enhetens møteplasser")
    MOETEPLASS_LES = "moeteplass:les", N_("Se besøkstallene på enhetens møteplasser dag for dag")
    MOETEPLASS_ENDRE = "moeteplass:endre", N_("Bestemme hvilke møteplasser og aldersgrupper som finnes")
    KLUBBESOEK_FOER = "klubbesoek:foer", N_("Føre enhetens besøk hos lag og foreninger")
    UTSTYR_LAAN = "utstyr:laan", N_("Låne ut og ta imot utstyr, og se telefonnummeret til den som låner")
    UTSTYR_ENDRE = "utstyr:endre", N_("Legge inn og endre utstyr, telle varer og føre utlån per måned")
    UTSTYR_OPERATOER = "utstyr:operatoer", N_("Gi og stenge personlige koder ved disken i Utstyrsbanken")
    LAG_LES = "lag:les", N_("Se lag og foreninger")
    LAG_ENDRE = "lag:endre", N_("Legge inn og endre lag, også kontonummeret")
    TILSKUDD_LES = "tilskudd:les", N_("Se tilskudd til lag og foreninger, som er offentlige")
    MIDLER_LES = "midler:les", N_("Se budsjett, hovedbok, tilsagn, fakturaer og utbetalinger")
    MIDLER_ENDRE = "midler:endre", N_("Sette budsjett, vedta tilskudd og føre fakturaer og utbetalinger")
    UTBETALING_GODKJENN = "utbetaling:godkjenn", N_("Godkjenne utbetalinger som andre har ført, og sette beløpsgrensen")
    UTBETALING_EKSPORTER = "utbetaling:eksporter", N_("Lage fil med utbetalinger til økonomisystemet")
    STATISTIKK_LES = "statistikk:les", N_("Lese beskyttede tall")
    STATISTIKK_EKSPORTER = "statistikk:eksporter", N_("Hente ut beskyttede tall som fil")
    STATISTIKK_TELL = "statistikk:tell", N_("Bestille en ny telling")
    STATISTIKK_PUBLISER = "statistikk:publiser", N_("Lage, kontrollere, publisere og trekke publiseringer")
    STATISTIKK_AAPNE = (
        "statistikk:aapne",
        N_("Gjøre en publisering til åpne data for alle, og lukke den igjen"),
    )
    STATISTIKK_PUBLISERT_LES = "statistikk:publisert_les", N_("Lese og hente ut publiserte tall")
    LOGG_LES = "logg:les", N_("Lese innsynsloggen")
    KRAV_BEHANDLE = "krav:behandle", N_("Svare på krav om innsyn, retting, sletting og begrensning i enhetens saker")
    KRAV_GODKJENN = "krav:godkjenn", N_("Godkjenne enhetens del av et samlet innsyn, og se enhetens begrensede saker")
    KRAV_SAMLE = "krav:samle", N_("Sette sammen et samlet innsyn av godkjente deler, når kommunen har utpekt enheten")
    KRAV_TILSYN = "krav:tilsyn", N_("Se at krav fra familier blir besvart i tide, uten å se hvem de gjelder")
    PAPIRER_LES = "papirer:les", N_("Lese papirene om personvern: grunnlag, protokoll, avtaler og rollematrise")
    BRUKER_LES = "bruker:les", N_("Se brukere og enheter")
    BRUKER_ENDRE = "bruker:endre", N_("Opprette, låse og låse opp brukere, og gi, endre og avslutte rollene deres")
    RETTIGHET_BEKREFT = (
        "rettighet:bekreft",
        N_("Bekrefte hvert år at rollene i enheten fortsatt trengs, og avslutte dem som ikke gjør det"),
    )
    HJEMMEL_ENDRE = "hjemmel:endre", N_("Holde listen over hjemler for å dele uten samtykke")
    DRIFT_LES = "drift:les", N_("Se om tjenesten er i orden: kontroller, jobber, kopier, loggens segl og versjoner")
    KOMMUNE_ENDRE = "kommune:endre", N_("Endre kommunens valg: kobling, terskel, kjønn")


_ALLE_LESER = {
    Rettighet.PLAN_LES: Omfang.ALLE,
    Rettighet.TILSKUDD_LES: Omfang.ALLE,
    Rettighet.STATISTIKK_PUBLISERT_LES: Omfang.ALLE,
}

MATRISE: Mapping[Rolle, Mapping[Rettighet, Omfang]] = MappingProxyType(
    {
        Rolle.HENVISER: {
            **_ALLE_LESER,
            Rettighet.SAK_LES: Omfang.ENHET,
            Rettighet.SAK_REGISTRER: Omfang.ENHET,
            Rettighet.SAK_OVERLEVER: Omfang.ENHET,
            Rettighet.SAK_HOLD: Omfang.ENHET,
            Rettighet.KRAV_BEHANDLE: Omfang.ENHET,
            Rettighet.HENVISNING_REGISTRER: Omfang.ENHET,
            Rettighet.SAMORDNING_DELTA: Omfang.ENHET,
            Rettighet.HENVISNING_MOTTA: Omfang.MOTTATT,
            Rettighet.TILDELING_GI: Omfang.MOTTATT,
            Rettighet.TILBUD_LES: Omfang.ALLE,
        },
        Rolle.MOTTAKER: {
            **_ALLE_LESER,
            Rettighet.HENVISNING_MOTTA: Omfang.MOTTATT,
            Rettighet.SAMORDNING_DELTA: Omfang.MOTTATT,
            Rettighet.TILDELING_GI: Omfang.MOTTATT,
            Rettighet.TILBUD_LES: Omfang.ALLE,
            Rettighet.TILBUD_ENDRE: Omfang.ENHET,
        },
        Rolle.INKLUDERINGSKONSULENT: {
            **_ALLE_LESER,
            Rettighet.HENVISNING_MOTTA: Omfang.MOTTATT,
            Rettighet.SAMORDNING_DELTA: Omfang.MOTTATT,
            Rettighet.TILDELING_GI: Omfang.MOTTATT,
            Rettighet.TILBUD_LES: Omfang.ALLE,
            Rettighet.TILBUD_ENDRE: Omfang.ENHET,
            Rettighet.KORT_ENDRE: Omfang.ALLE,
            Rettighet.AAR_AVSLUTT: Omfang.ALLE,
            Rettighet.KLUBBESOEK_FOER: Omfang.ENHET,
            Rettighet.LAG_LES: Omfang.ALLE,
            Rettighet.LAG_ENDRE: Omfang.ALLE,
            Rettighet.MIDLER_LES: Omfang.ALLE,
            Rettighet.MIDLER_ENDRE: Omfang.ALLE,
        },
        Rolle.GODKJENNER: {
            **_ALLE_LESER,
            Rettighet.LAG_LES: Omfang.ALLE,
            Rettighet.MIDLER_LES: Omfang.ALLE,
            Rettighet.UTBETALING_GODKJENN: Omfang.ALLE,
            Rettighet.UTBETALING_EKSPORTER: Omfang.ALLE,
        },
        Rolle.MOETEPLASSMEDARBEIDER: {
            **_ALLE_LESER,
            Rettighet.MOETEPLASS_FOER: Omfang.ENHET,
            Rettighet.MOETEPLASS_LES: Omfang.ENHET,
        },
        Rolle.UTSTYRSOPERATOER: {
            **_ALLE_LESER,
            Rettighet.UTSTYR_LAAN: Omfang.ENHET,
            Rettighet.UTSTYR_ENDRE: Omfang.ENHET,
            Rettighet.UTSTYR_OPERATOER: Omfang.ENHET,
        },
        Rolle.TILTAKSANSVARLIG: {
            **_ALLE_LESER,
            Rettighet.VURDERING_SKRIV: Omfang.ENHET,
            Rettighet.AKTIVITET_FOER: Omfang.ENHET,
            Rettighet.SERIE_FOER: Omfang.ENHET,
        },
        Rolle.KOORDINATOR: {
            **_ALLE_LESER,
            Rettighet.PLAN_ENDRE: Omfang.ALLE,
            Rettighet.EVALUERING_STYR: Omfang.ALLE,
            Rettighet.AKTIVITET_FOER: Omfang.ALLE,
            Rettighet.STATISTIKK_LES: Omfang.ALLE,
            Rettighet.STATISTIKK_EKSPORTER: Omfang.ALLE,
            Rettighet.STATISTIKK_TELL: Omfang.ALLE,
            Rettighet.MOETEPLASS_ENDRE: Omfang.ALLE,
            Rettighet.STATISTIKK_PUBLISER: Omfang.ALLE,
            Rettighet.STATISTIKK_AAPNE: Omfang.ALLE,
            Rettighet.RAPPORT_LAG: Omfang.ALLE,
            Rettighet.SERIE_FOER: Omfang.ALLE,
            Rettighet.SERIE_ENDRE: Omfang.ALLE,
        },
        Rolle.ENHETSLEDER: {
            **_ALLE_LESER,
            Rettighet.SAK_LES: Omfang.ENHET,
            Rettighet.SAK_OVERLEVER: Omfang.ENHET,
            Rettighet.SAK_HOLD: Omfang.ENHET,
            Rettighet.KRAV_BEHANDLE: Omfang.ENHET,
            Rettighet.KRAV_GODKJENN: Omfang.ENHET,
            Rettighet.KRAV_SAMLE: Omfang.ENHET,
            Rettighet.LOGG_LES: Omfang.ENHET,
            Rettighet.TILBUD_LES: Omfang.ALLE,
            Rettighet.MOETEPLASS_LES: Omfang.ENHET,
            Rettighet.MOETEPLASS_ENDRE: Omfang.ENHET,
            Rettighet.RETTIGHET_BEKREFT: Omfang.ENHET,
        },
        Rolle.SYSTEMFORVALTER: {
            **_ALLE_LESER,
            Rettighet.BRUKER_LES: Omfang.ALLE,
            Rettighet.BRUKER_ENDRE: Omfang.ALLE,
            Rettighet.RETTIGHET_BEKREFT: Omfang.ALLE,
            Rettighet.KOMMUNE_ENDRE: Omfang.ALLE,
            Rettighet.DRIFT_LES: Omfang.ALLE,
            Rettighet.PAPIRER_LES: Omfang.ALLE,
            Rettighet.HJEMMEL_ENDRE: Omfang.ALLE,
            Rettighet.UTSTYR_OPERATOER: Omfang.ALLE,
        },
        Rolle.PERSONVERNOMBUD: {
            **_ALLE_LESER,
            Rettighet.LOGG_LES: Omfang.ALLE,
            Rettighet.KRAV_TILSYN: Omfang.ALLE,
            Rettighet.PAPIRER_LES: Omfang.ALLE,
        },
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
