"""Retention: when each kind of thing goes, as data that the papers print and a nightly command can follow.

A rule that something carries out names the function that does it and the constant that it goes by. A test holds
them together, so that the paper and the code cannot say two things.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from koordinering.tekst import N_, Kode


class Fristslag(Kode):
    """What is done when the time has come."""

    SLETT_RADER = "slett_rader", N_("Raden slettes")
    TOEM_FELT = "toem_felt", N_("Feltet tømmes")
    SLETT_SAK = "slett_sak", N_("Saken slettes med alt som hører til")
    SLETT_DAGER = "slett_dager", N_("Hele dager slettes, de eldste først")
    BEVARES = "bevares", N_("Slettes ikke av seg selv")


@dataclass(frozen=True)
class Frist:
    """One rule. Exactly one of `varer` and `maaneder` is set, and neither where nothing is deleted."""

    navn: str
    slag: Fristslag
    kilde: str
    """What the length rests on."""
    tabell: str | None = None
    """The table whose rows go, or whose columns are emptied."""
    fra: str | None = None
    """What it is counted from, `tabell.kolonne`. For a case: the latest of these among its referrals, all closed."""
    felt: tuple[str, ...] = ()
    """The columns that are emptied (TOEM_FELT)."""
    bare: tuple[tuple[str, str], ...] = ()
    """Only rows with these codes in these columns."""
    varer: timedelta | None = None
    maaneder: int | None = None
    """Calendar months."""
    valg: bool = False
    """The length is the municipality's to choose; what stands here is the default."""
    gjoeres_av: str | None = None
    """`modul:funksjon` that does it; None when nothing does."""
    kommando: str | None = None
    """What it is done by, run each night by the machine's own timer; None: the program does it once an hour."""
    konstant: str | None = None
    """`modul:NAVN` of the length that the function goes by."""
    forbehold: str = ""
    """What somebody who reads only the name and the length would get wrong."""

    @property
    def lengde(self) -> str:
        """The length in words; empty where nothing is deleted."""
        if self.maaneder is not None:
            aar, rest = divmod(self.maaneder, 12)
            return f"{aar} år" if not rest and aar > 2 else f"{self.maaneder} måneder"
        if self.varer is None:
            return ""
        if not self.varer:
            return "straks"
        if self.varer.days:
            return f"{self.varer.days} dager" if self.varer.days > 1 else "ett døgn"
        return f"{int(self.varer.total_seconds() // 60)} minutter"


_UTSTYR = "koordinering.tiltak.utstyr.services.rydding:rydd_utstyr"
_HVER_NATT = "koordinering retention run"
_KRAV = "koordinering.personvern.krav.services.rydding:rydd_krav"
_OIDC = "koordinering.konto.oidc.services.ventende:rydd_innlogginger"
_KONTO = "koordinering.konto.services.rydding:rydd"
_FAKTOR = "koordinering.konto.faktor.services.vedlikehold:rydd_faktorer"

FRISTER: Mapping[str, Frist] = MappingProxyType(
    {
        "utkast": Frist(
            N_("Utkast som ikke er sendt"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: et utkast er ikke tatt i bruk"),
            tabell="henvisning",
            fra="henvisning.opprettet",
            bare=(("status", "utkast"),),
            varer=timedelta(days=30),
            gjoeres_av="koordinering.saker.services.rydding:slett_gamle_utkast",
            konstant="koordinering.saker.rules.utkast:UTKAST_LEVER",
            forbehold=N_(
                "Er ingenting sendt fra saken, og står det ikke et samtykke i den, slettes den natten etter at den har "
                "stått urørt like lenge, også når den aldri hadde en henvisning. En henvisning som er sendt, følger "
                "saken. Et utkast i en sak som holdes tilbake, blir stående så lenge."
            ),
        ),
        "sak": Frist(
            N_("Sak der alle henvisninger er avsluttet"),
            Fristslag.SLETT_SAK,
            N_("Kommunens vurdering av hvor lenge saken trengs"),
            tabell="sak",
            fra="henvisning.endret",
            maaneder=24,
            valg=True,
            gjoeres_av="koordinering.personvern.sletting.services:slett_forfalte",
            kommando=_HVER_NATT,
            forbehold=N_(
                "Regnes fra det siste som skjedde i saken eller en henvisning i den. En sak der ingenting er sendt, "
                "slettes som et utkast, men står det et samtykke i den, regnes den som andre saker. En sak kan holdes "
                "tilbake med en grunn til en dag. Er det gjort et enkeltvedtak i saken, må vedtaket være "
                "skrevet til fil for arkivet først."
            ),
        ),
        "telefon": Frist(
            N_("Telefonnummeret til en låner"),
            Fristslag.TOEM_FELT,
            N_("Produktets regel: nummeret trengs bare til utstyret er tilbake og sett over"),
            tabell="utlaan",
            fra="utlaan.inn",
            felt=("telefon",),
            varer=timedelta(days=30),
            gjoeres_av=_UTSTYR,
            konstant="koordinering.tiltak.utstyr.rules.telefon:TELEFON_BLIR",
            forbehold=N_("Så lenge utstyret ikke er levert, blir nummeret stående."),
        ),
        "reservasjon": Frist(
            N_("Telefonnummeret til en som har reservert"),
            Fristslag.TOEM_FELT,
            N_("Produktets regel: nummeret trengs bare mens utstyret holdes av"),
            tabell="utstyrsreservasjon",
            fra="utstyrsreservasjon.holdes_til",
            felt=("telefon",),
            varer=timedelta(days=1),
            gjoeres_av=_UTSTYR,
            forbehold=N_("Slettes straks når utstyret hentes eller reservasjonen avlyses."),
        ),
        "logg": Frist(
            N_("Innsynsloggen"),
            Fristslag.SLETT_DAGER,
            N_("Kommunens vurdering av hvor lenge misbruk må kunne oppdages"),
            tabell="innsynslogg",
            fra="innsynslogg.tid",
            maaneder=60,
            gjoeres_av="koordinering.personvern.segl.services:utloep",
            kommando=_HVER_NATT,
        ),
        "okt": Frist(
            N_("Innlogginger"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: økten trengs så lenge et bevart skjema kan høre til den"),
            tabell="okt",
            fra="okt.utloeper",
            varer=timedelta(days=1),
            gjoeres_av=_KONTO,
            konstant="koordinering.konto.services.rydding:_OKT_BLIR",
            forbehold=N_("Regnes fra økten senest ville tatt slutt. Hvem som sto ved disken, slettes samtidig."),
        ),
        "bevart": Frist(
            N_("Skjema som er tatt vare på da økten tok slutt"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: arbeidet skal kunne fortsette neste dag"),
            tabell="bevart_arbeid",
            fra="bevart_arbeid.lagret",
            varer=timedelta(hours=24),
            gjoeres_av=_KONTO,
            konstant="koordinering.konto.rules:BEVARES",
        ),
        "oidc_forsoek": Frist(
            N_("Innlogging med jobbkontoen som ikke ble fullført"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: svaret må komme med en gang"),
            tabell="oidc_forsoek",
            fra="oidc_forsoek.utloeper",
            varer=timedelta(0),
            gjoeres_av=_OIDC,
            konstant="koordinering.konto.oidc.services.ventende:STRAKS",
        ),
        "oidc_forespoersel": Frist(
            N_("Forespørsel om rolle fra en som har logget inn med jobbkontoen"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: den som trenger en rolle, prøver igjen"),
            tabell="oidc_forespoersel",
            fra="oidc_forespoersel.sist",
            varer=timedelta(days=30),
            gjoeres_av=_OIDC,
            konstant="koordinering.konto.oidc.rules:FORESPOERSEL_VARER",
        ),
        "grense": Frist(
            N_("Forsøk på å logge inn, og antall søk og filer"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: gjetting og uttrekk skal merkes så lenge de pågår"),
            tabell="grense",
            fra="grense.aapner",
            varer=timedelta(hours=1),
            gjoeres_av=_KONTO,
            konstant="koordinering.konto.rules:TIMEN",
        ),
        "halvokt": Frist(
            N_("Påbegynte innlogginger"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: borte når tiden for å skrive koden er ute"),
            tabell="halvokt",
            fra="halvokt.utloeper",
            varer=timedelta(0),
            gjoeres_av=_FAKTOR,
        ),
        "utfordring": Frist(
            N_("Det en passkey er bedt om å signere"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: borte når det er besvart eller tiden er ute"),
            tabell="utfordring",
            fra="utfordring.utloeper",
            varer=timedelta(0),
            gjoeres_av=_FAKTOR,
        ),
        "lenke": Frist(
            N_("Lenker til ny innlogging"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: borte når lenken er brukt eller tiden er ute"),
            tabell="gjenopprettingslenke",
            fra="gjenopprettingslenke.utloeper",
            varer=timedelta(0),
            gjoeres_av=_FAKTOR,
        ),
        "faktor": Frist(
            N_("Passkeys, nøkler til apper og gjenopprettingskoder"),
            Fristslag.BEVARES,
            N_("Trengs så lenge brukeren logger inn med dem"),
            forbehold=N_("Brukeren fjerner dem selv. En lenke til ny innlogging fjerner alle."),
        ),
        "krav": Frist(
            N_("Krav fra familier, etter at de er besvart"),
            Fristslag.SLETT_RADER,
            N_("Kommunen må kunne vise at krav er besvart i tide"),
            tabell="krav",
            fra="krav.ferdig",
            varer=timedelta(days=1095),
            gjoeres_av=_KRAV,
            konstant="koordinering.personvern.krav.services.rydding:KRAV_BLIR",
            forbehold=N_("Slettes saken først, står det igjen at kravet er besvart, ikke hvem det gjaldt."),
        ),
        "kravdel": Frist(
            N_("Kopi av en godkjent del av et samlet innsyn"),
            Fristslag.TOEM_FELT,
            N_("Produktets regel: kopien trengs bare til svaret er gitt"),
            tabell="kravdel",
            fra="krav.svarfrist",
            felt=("innhold",),
            varer=timedelta(days=90),
            gjoeres_av=_KRAV,
            konstant="koordinering.personvern.krav.services.rydding:DEL_BLIR",
            forbehold=N_("Tømmes straks når det samlede kravet er besvart, og borte med saken."),
        ),
        "noekkelsletting": Frist(
            N_("Nøkler som skal slettes"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: nøkkelen slettes når det den åpnet, er slettet"),
            tabell="noekkelsletting",
            fra="noekkelsletting.tid",
            varer=timedelta(0),
            gjoeres_av="koordinering.noekkellager.sletting:fullfoer_slettinger",
        ),
        "konto": Frist(
            N_("Kontoer og roller"),
            Fristslag.BEVARES,
            N_("Loggen må kunne si hvem som gjorde noe"),
            forbehold=N_("En konto låses når noen slutter. Den har en tittel og et brukernavn, ikke et personnavn."),
        ),
        "laan": Frist(
            N_("Utlån uten telefonnummer"),
            Fristslag.BEVARES,
            N_("Til telling og for å finne igjen utstyr"),
            forbehold=N_("Når nummeret er borte, peker ingenting på låneren."),
        ),
        "regnskap": Frist(
            N_("Penger til lag"),
            Fristslag.BEVARES,
            N_("Reglene om kommunens regnskap"),
            forbehold=N_("Kommunen må selv bestemme når årene kan slettes. Programmet gjør det ikke."),
        ),
        "telling": Frist(
            N_("Tellinger, med råtallene"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: en telling trengs til den neste er laget og sett over"),
            tabell="oeyeblikksbilde",
            fra="oeyeblikksbilde.dato",
            varer=timedelta(days=30),
            gjoeres_av="koordinering.statistikk.services.rydding:rydd_tellinger",
            konstant="koordinering.statistikk.services.rydding:TELLING_BLIR",
            forbehold=N_("Den nyeste tellingen av hvert år blir, og den som en publisering bygger på."),
        ),
        "tall": Frist(
            N_("Publiseringer og tall som føres"),
            Fristslag.BEVARES,
            N_("Publiserte tall skal ikke endres, og nye må vernes mot dem"),
            forbehold=N_("Råtallene bak en publisering blir også. De vises aldri, og overlever sakene."),
        ),
        "jobb": Frist(
            N_("Jobber som er ferdige"),
            Fristslag.SLETT_RADER,
            N_("Produktets regel: lenge nok til å se hva som er gjort, og hva som feilet"),
            tabell="jobb",
            fra="jobb.ferdig",
            varer=timedelta(days=90),
            gjoeres_av="koordinering.jobb.services:rydd_jobber",
            konstant="koordinering.jobb.rules:OPPBEVARES",
            forbehold=N_("En jobb har aldri opplysninger om en familie."),
        ),
        "oppslag": Frist(N_("Plan, tilbud, enheter og valg"), Fristslag.BEVARES, N_("Trengs så lenge det er i bruk")),
    }
)
"""Code to rule. Every column of the register names one."""
