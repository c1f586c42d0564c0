"""What stands on the start page of each role: one table from role to panel."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from koordinering.config import Config
from koordinering.forside import queries, tilsyn
from koordinering.forside.panel import Antall, Lenke, Opplysning, Panel
from koordinering.forside.tilsyn import LOGG
from koordinering.konto.queries import Rettighetsfilter
from koordinering.personvern.krav.queries import Kravfilter
from koordinering.plan.evaluering.rules import Evalueringsfilter
from koordinering.roles import Rolle
from koordinering.saker.queries import Saksfilter
from koordinering.saker.samordning.rules import Samordningsfilter
from koordinering.statistikk.queries import Publiseringsfilter
from koordinering.tekst import N_
from koordinering.tildeling.queries import Innboksfilter
from koordinering.tiltak.midler.queries import Tilskuddsfilter, Utbetalingsfilter
from koordinering.tiltak.utstyr import queries as utstyr
from koordinering.tiltak.utstyr.queries import Utlaansfilter
from koordinering.users import User, kommune

_PLANEN = Lenke(N_("Planen"), N_("Delmål, strategier, tiltak og indikatorer"), "plan.matrise")
_MOETEPLASSER = Lenke(N_("Møteplasser"), N_("Hvilke som finnes, og hva som er ført hver måned"), "moeteplass.liste")
_TALL = Lenke(N_("Tall"), N_("Årets tabeller, med små tall skjult"), "statistikk.katalog")
_PUBLISERT = Lenke(N_("Publiserte tall"), N_("Kontrollert og klart til bruk"), "statistikk.publiseringer")
"""For everybody: the last way on from the last panel."""


def _henviser(user: User, _config: Config) -> Panel:
    antall = queries.henviser(user)
    nye = (Antall(antall["nye"], N_("nytt til enheten"), "tildeling.innboks", Innboksfilter.NYE),)
    kort = (Antall(antall["kort"], N_("kort ledig hos enheten i år"), "tildeling.kort"),)
    return Panel(
        Rolle.HENVISER,
        N_("Dette venter på deg og kollegene i enheten."),
        hovedvalg=Lenke(N_("Registrer familie"), "", "tildeling.ny"),
        antall=(
            Antall(antall["beskjed"], N_("skal få beskjed"), "saker.liste", Saksfilter.BESKJED),
            Antall(antall["tilbud"], N_("tilbud å svare på"), "saker.liste", Saksfilter.TILBUD),
            Antall(antall["spoersmaal"], N_("spørsmål fra mottaker"), "saker.liste", Saksfilter.SPOERSMAAL),
            Antall(antall["samtykke"], N_("venter på samtykke"), "saker.liste", Saksfilter.SAMTYKKE),
            Antall(antall["utkast"], N_("utkast"), "saker.liste", Saksfilter.UTKAST),
            *_krav(antall),
            *_samordning(antall),
            *(nye if antall["behandler"] else ()),
            *(kort if antall["deler_ut"] else ()),
        ),
        lenker=(
            Lenke(N_("Mine saker"), N_("Familiene du og enheten følger opp"), "saker.liste"),
            Lenke(N_("Finn en sak"), N_("Med referanse eller fødselsnummer"), "saker.finn"),
        ),
    )


def _krav(antall: Mapping[str, int]) -> tuple[Antall, ...]:
    """Families' requests, when there are any: a reminder, not a fixed place."""
    en = (Antall(antall["krav"], N_("krav fra familier"), "krav.liste", Kravfilter.AAPNE),)
    over = (Antall(antall["krav_forfalt"], N_("krav over fristen"), "krav.liste", Kravfilter.OVER_FRISTEN),)
    return (*(en if antall["krav"] else ()), *(over if antall["krav_forfalt"] else ()))


def _samordning(antall: Mapping[str, int]) -> tuple[Antall, ...]:
    """What the unit does together with others, without a word of what it is about."""
    tekster = {
        Samordningsfilter.NYTT: N_("nytt i samordning"),
        Samordningsfilter.MOETER: N_("samarbeidsmøter som kommer"),
        Samordningsfilter.FOELGER: N_("du følger opp i samordning"),
    }
    return tuple(Antall(antall[f"samordning_{f.value}"], tekst, "samordning.liste", f) for f, tekst in tekster.items())


def _mottaker(user: User, _config: Config) -> Panel:
    return _som_tar_imot(Rolle.MOTTAKER, user, kort=())


def _inkluderingskonsulent(user: User, _config: Config) -> Panel:
    kort = (
        Lenke(N_("Kort"), N_("Opprett og avslutt årets kort"), "tildeling.kort"),
        Lenke(N_("Her kan kortet brukes"), N_("Stedene, takene og besøkene hver måned"), "kortsted.steder"),
        Lenke(N_("Klubbesøk"), N_("Besøkene dine hos lag og foreninger"), "klubbesoek.liste"),
        Lenke(N_("Midler"), N_("Budsjett, tilskudd, enkeltplasser og utbetalinger"), "midler.oversikt"),
        Lenke(N_("Lag"), N_("Lagene, med kontakt og kontonummer"), "lag.liste"),
    )
    venter = queries.midler(user)
    return _som_tar_imot(
        Rolle.INKLUDERINGSKONSULENT,
        user,
        kort=kort,
        midler=(
            Antall(venter["til_vedtak"], N_("søknader til vedtak"), "midler.tilskuddsliste", Tilskuddsfilter.SOEKT),
            Antall(
                venter["rapporter"], N_("rapporter over fristen"), "midler.tilskuddsliste", Tilskuddsfilter.OVER_FRISTEN
            ),
            Antall(
                venter["sendt_tilbake"],
                N_("utbetalinger sendt tilbake"),
                "midler.utbetalinger",
                Utbetalingsfilter.SENDT_TILBAKE,
            ),
        ),
    )


def _godkjenner(user: User, _config: Config) -> Panel:
    venter = queries.midler(user)
    return Panel(
        Rolle.GODKJENNER,
        N_("Utbetalinger som andre har ført, venter på deg. Du ser lag, beløp og bilag, aldri hvem det gjelder."),
        hovedvalg=Lenke(N_("Se det som venter"), "", "midler.utbetalinger"),
        antall=(
            Antall(
                venter["til_godkjenning"],
                N_("venter på godkjenning"),
                "midler.utbetalinger",
                Utbetalingsfilter.VENTER,
            ),
            Antall(venter["til_fil"], N_("klare for fil"), "midler.bunter"),
        ),
        lenker=(
            Lenke(N_("Filer til økonomi"), N_("Lag neste fil, eller last ned en igjen"), "midler.bunter"),
            Lenke(N_("Midler"), N_("Budsjett og hovedbok"), "midler.oversikt"),
            Lenke(N_("Tilskudd til lag"), N_("Søknader, vedtak og rapporter"), "midler.tilskuddsliste"),
            _PLANEN,
        ),
    )


def _som_tar_imot(rolle: Rolle, user: User, *, kort: tuple[Lenke, ...], midler: tuple[Antall, ...] = ()) -> Panel:
    antall = queries.mottaker(user)
    return Panel(
        rolle,
        N_("Dette er sendt til enheten din."),
        antall=(
            Antall(antall["nye"], N_("nye henvisninger"), "tildeling.innboks", Innboksfilter.NYE),
            Antall(antall["behandles"], N_("under behandling"), "tildeling.innboks", Innboksfilter.UNDER_BEHANDLING),
            Antall(antall["paa_vent"], N_("på vent"), "tildeling.innboks", Innboksfilter.PAA_VENT),
            Antall(antall["venteliste"], N_("på venteliste"), "tildeling.innboks", Innboksfilter.VENTELISTE),
            Antall(antall["plasser"], N_("ledige plasser"), "tildeling.fordel"),
            *_samordning(antall),
            *midler,
        ),
        lenker=(
            Lenke(N_("Til enheten"), N_("Henvisningene, eldste først"), "tildeling.innboks"),
            Lenke(N_("Fordel plasser"), N_("Køen ved siden av de ledige plassene"), "tildeling.fordel"),
            Lenke(N_("Forslag til fordeling"), N_("La Koordinering foreslå, og bekreft"), "tildeling.forslagsliste"),
            Lenke(N_("Venteliste"), N_("Hvem som har ventet lengst"), "tildeling.venteliste"),
            Lenke(N_("Tilbud"), N_("Legg inn og endre tilbud med plasser"), "tiltak.tilbudsliste"),
            *kort,
        ),
    )


def _moeteplassmedarbeider(_user: User, _config: Config) -> Panel:
    return Panel(
        Rolle.MOETEPLASSMEDARBEIDER,
        N_("Skriv hvor mange som kom. Du teller besøk, aldri hvem som kommer."),
        hovedvalg=Lenke(N_("Før besøk"), "", "moeteplass.besoek"),
        lenker=(_MOETEPLASSER, _PLANEN),
    )


def _utstyrsoperatoer(user: User, _config: Config) -> Panel:
    antall = utstyr.tellinger(user)
    return Panel(
        Rolle.UTSTYRSOPERATOER,
        N_("Skann det som skal ut eller er levert. Saker og henvisninger vises ikke."),
        skann=True,
        antall=(
            Antall(antall["forfalt"], N_("over fristen"), "utstyr.utlaansliste", Utlaansfilter.FORFALT),
            Antall(antall["i_dag"], N_("skal inn i dag"), "utstyr.utlaansliste", Utlaansfilter.I_DAG),
            Antall(antall["deler"], N_("mangler deler"), "utstyr.utlaansliste", Utlaansfilter.DELER),
            Antall(antall["reservert"], N_("reservert"), "utstyr.reservasjoner"),
        ),
        lenker=(
            Lenke(N_("Disken"), N_("Lån ut, ta imot og bytt operatør"), "utstyr.vis_disk"),
            Lenke(N_("Utstyr"), N_("Finn, legg inn, reserver og skriv ut etiketter"), "utstyr.enheter"),
            Lenke(N_("Varetelling"), N_("Skann hyllene og se hva som mangler"), "utstyr.telling"),
            Lenke(N_("Utlånstall"), N_("Utlån per kategori og måned"), "utstyr.tall"),
        ),
    )


def _enhetsleder(user: User, _config: Config) -> Panel:
    antall = queries.enhetsleder(user)
    deler = (Antall(antall["deler"], N_("deler å godkjenne"), "krav.deler"),)
    return Panel(
        Rolle.ENHETSLEDER,
        N_("Åpne en sak for å overlevere den når noen er borte."),
        antall=(
            Antall(antall["aapne"], N_("åpne saker i enheten"), "saker.liste", Saksfilter.AAPNE),
            *_krav(antall),
            *(deler if antall["deler"] else ()),
            *tilsyn.rettigheter(antall["rettigheter"], N_("roller å bekrefte"), Rettighetsfilter.MINE),
        ),
        lenker=(
            Lenke(N_("Saker i enheten"), N_("Se og overlever saker"), "saker.liste"),
            Lenke(N_("Slettes snart"), N_("Saker som slettes innen en måned"), "sletting.liste"),
            Lenke(N_("Rettigheter"), N_("Rollene i enheten, bekreftet hvert år"), "konto.rettigheter"),
            _MOETEPLASSER,
            LOGG,
        ),
    )


def _koordinator(user: User, _config: Config) -> Panel:
    venter = queries.koordinator(user)
    return Panel(
        Rolle.KOORDINATOR,
        N_("Tallene bygger på en datert telling. Små tall er skjult."),
        hovedvalg=Lenke(N_("Se tallene"), "", "statistikk.katalog"),
        antall=(
            Antall(
                venter["utkast"],
                N_("utkast som må kontrolleres"),
                "statistikk.publiseringer",
                Publiseringsfilter.TIL_KONTROLL,
            ),
            Antall(
                venter["klare"],
                N_("som du kan publisere"),
                "statistikk.publiseringer",
                Publiseringsfilter.KAN_PUBLISERES,
            ),
            Antall(venter["jobber"], N_("jobber i gang"), "jobb.liste"),
            Antall(
                venter["vurderinger"], N_("vurderinger å godkjenne"), "evaluering.oversikt", Evalueringsfilter.SENDT
            ),
            Antall(venter["forfalt"], N_("vurderinger over fristen"), "evaluering.oversikt", Evalueringsfilter.FORFALT),
        ),
        opplysninger=(
            Opplysning(N_("Siste telling"), queries.siste_telling(), N_("Ingen telling ennå")),
            tilsyn.publiserer(kommune()),
        ),
        lenker=(
            _TALL,
            Lenke(N_("Jobber"), N_("Tellinger du har bestilt"), "jobb.liste"),
            _MOETEPLASSER,
            Lenke(N_("Evaluering"), N_("Hva som skal vurderes, og hvem sin tur det er"), "evaluering.oversikt"),
            Lenke(N_("Aktiviteter"), N_("Møter og seminarer, telt mot planen"), "aktiviteter.liste"),
            _PLANEN,
        ),
    )


def _tiltaksansvarlig(user: User, _config: Config) -> Panel:
    """The unit's measures: what is to be assessed, and what has been."""
    antall = queries.tiltaksansvarlig(user)
    tilbake = (Antall(antall["returnert"], N_("sendt tilbake til deg"), "evaluering.mine"),)
    return Panel(
        Rolle.TILTAKSANSVARLIG,
        N_("Du skriver vurderingen av tiltakene enheten din har hovedansvaret for, og fører aktivitetene i dem."),
        hovedvalg=Lenke(N_("Skriv vurderinger"), "", "evaluering.mine"),
        antall=(
            Antall(antall["forfalt"], N_("vurderinger over fristen"), "evaluering.mine"),
            Antall(antall["snart"], N_("vurderinger innen tre måneder"), "evaluering.mine"),
            *(tilbake if antall["returnert"] else ()),
        ),
        lenker=(
            Lenke(N_("Mine vurderinger"), N_("Det som skal vurderes, og når"), "evaluering.mine"),
            Lenke(N_("Aktiviteter"), N_("Møter, seminarer, kurs og tema på dagsordenen"), "aktiviteter.liste"),
            _PLANEN,
        ),
    )


PANELER: Mapping[Rolle, Callable[[User, Config], Panel]] = MappingProxyType(
    {
        Rolle.HENVISER: _henviser,
        Rolle.MOTTAKER: _mottaker,
        Rolle.INKLUDERINGSKONSULENT: _inkluderingskonsulent,
        Rolle.GODKJENNER: _godkjenner,
        Rolle.MOETEPLASSMEDARBEIDER: _moeteplassmedarbeider,
        Rolle.UTSTYRSOPERATOER: _utstyrsoperatoer,
        Rolle.TILTAKSANSVARLIG: _tiltaksansvarlig,
        Rolle.KOORDINATOR: _koordinator,
        Rolle.ENHETSLEDER: _enhetsleder,
        Rolle.SYSTEMFORVALTER: tilsyn.systemforvalter,
        Rolle.PERSONVERNOMBUD: tilsyn.personvernombud,
    }
)


EGEN_START: Mapping[frozenset[Rolle], str] = MappingProxyType(
    {frozenset({Rolle.MOETEPLASSMEDARBEIDER}): "moeteplass.besoek"}
)
"""Whoever holds these roles and no other begins at a page of work instead of at panels."""


def paneler(user: User, config: Config) -> list[Panel]:
    """The panels of all roles that the user holds today, in the order of the roles."""
    alle = [PANELER[rolle](user, config) for rolle in Rolle if rolle in user.roller]
    return [*alle[:-1], *(replace(panel, lenker=(*panel.lenker, _PUBLISERT)) for panel in alle[-1:])]
