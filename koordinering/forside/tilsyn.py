"""What stands on the start pages of those who look after the installation, and see no case."""

from koordinering import migrering
from koordinering.config import Config
from koordinering.db import db
from koordinering.forside import queries
from koordinering.forside.panel import Antall, Lenke, Opplysning, Panel
from koordinering.konto.queries import Brukerfilter, Rettighetsfilter
from koordinering.personvern.krav.queries import Kravfilter
from koordinering.roles import Rolle
from koordinering.tekst import N_
from koordinering.users import Koblingsmodus, Kommune, User, kommune

LOGG = Lenke(N_("Innsynslogg"), N_("Hvem som har åpnet hva, og når"), "personvern.logg")
_PAPIRER = Lenke(
    N_("Papirer"), N_("Grunnlag for vurderingen, protokoll, avtaler og siden for familiene"), "papirer.liste"
)


def systemforvalter(user: User, config: Config) -> Panel:
    """Whoever runs the installation: how it is set up, and its users."""
    antall = queries.systemforvalter(user)
    skjema = migrering.status(db.engine)
    return Panel(
        Rolle.SYSTEMFORVALTER,
        N_("Du ser hvordan Koordinering er satt opp, men ingen saker."),
        antall=(
            Antall(antall["brukere"], N_("brukere"), "konto.brukere"),
            Antall(antall["laaste"], N_("låste brukere"), "konto.brukere", Brukerfilter.LAAST),
            Antall(antall["aldri"], N_("har aldri logget inn"), "konto.brukere", Brukerfilter.ALDRI_INNE),
            *rettigheter(antall["mine"], N_("roller du skal bekrefte"), Rettighetsfilter.MINE),
            *rettigheter(antall["forfalt"], N_("roller ingen har bekreftet på et år"), Rettighetsfilter.FORFALT),
        ),
        opplysninger=(
            Opplysning(N_("Miljø"), kode=config.miljoe.tekst),
            Opplysning(N_("Database"), kode=N_("SQLite") if config.sqlite else N_("PostgreSQL")),
            Opplysning(N_("Databasens skjema"), kode=N_("Oppdatert") if skjema.gjeldende else N_("Må oppgraderes")),
            *_kobling(),
        ),
        lenker=(
            Lenke(N_("Brukere"), N_("Opprett, lås, lås opp, og gi og avslutt roller"), "konto.brukere"),
            Lenke(N_("Rettigheter"), N_("Alle roller, og hvem som har bekreftet dem"), "konto.rettigheter"),
            Lenke(N_("Kommunens valg"), N_("Kobling, kjønn, terskel og samtykkealder"), "konto.kommunen"),
        ),
    )


def rettigheter(antall: int, tekst: str, filter_: Rettighetsfilter) -> tuple[Antall, ...]:
    """Rights over their date, when there are any: a reminder, not a fixed place."""
    return (Antall(antall, tekst, "konto.rettigheter", filter_),) if antall else ()


def personvernombud(_user: User, _config: Config) -> Panel:
    """The data protection officer: who has done what, and what rests on which decision."""
    antall = queries.personvernombud()
    return Panel(
        Rolle.PERSONVERNOMBUD,
        N_("Du kan se hvem som har gjort hva, men ikke hva som står i sakene."),
        antall=(
            Antall(antall["i_dag"], N_("linjer i innsynsloggen i dag"), "personvern.logg"),
            Antall(antall["nektet"], N_("avvisninger siste sju dager"), "personvern.logg"),
            Antall(antall["aapnet"], N_("åpnet utenfor egen innboks siste sju dager"), "personvern.aapninger"),
            Antall(
                antall["krav_forfalt"], N_("krav fra familier over fristen"), "krav.tilsyn", Kravfilter.OVER_FRISTEN
            ),
            Antall(antall["stanset"], N_("nådde grensen for oppslag siste sju dager"), "personvern.logg"),
        ),
        opplysninger=_kobling(),
        lenker=(LOGG, _PAPIRER),
    )


def _kobling() -> tuple[Opplysning, ...]:
    """How cases are linked, the decision that it rests on, and who may release numbers."""
    valg = kommune()
    modus = Opplysning(N_("Kobling av saker"), kode=valg.koblingsmodus.tekst)
    if valg.koblingsmodus is not Koblingsmodus.NUMMER:
        return (modus, publiserer(valg))
    return (
        modus,
        Opplysning(N_("Vurdering av personvernkonsekvenser"), valg.dpia_dato, N_("Ingen dato er registrert")),
        publiserer(valg),
    )


def publiserer(valg: Kommune) -> Opplysning:
    """Whether releases take two people."""
    en, to = N_("Også den som har laget utkastet"), N_("En annen enn den som har laget utkastet")
    return Opplysning(N_("Hvem som publiserer tall"), kode=to if valg.to_personer else en)
