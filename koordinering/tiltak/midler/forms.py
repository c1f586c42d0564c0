"""The shape of what is typed about money."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from koordinering.db import i_dag, tilfeldig_id
from koordinering.tallskrift import kroner_tekst
from koordinering.tekst import N_, Kode
from koordinering.tiltak.lag import queries as lagene
from koordinering.tiltak.midler import queries
from koordinering.tiltak.midler.models import Runde, Tilskudd
from koordinering.tiltak.midler.rules import BILAGSNUMMER, Returgrunn, Tilskuddsavslag, Ubrukt
from koordinering.tiltak.midler.services import Rapport, Soeknad
from koordinering.web.skjema import (
    DATO,
    BaseForm,
    DateField,
    Fritekstfelt,
    Fritekstomraade,
    MaaFyllesUt,
    Noeklet,
    RadioField,
    SelectField,
    Tekstfelt,
    Versjonert,
    heltall,
)
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt, Kronerfelt

_BELOEP = MaaFyllesUt(N_("Skriv et beløp."))


def _kroner(navn: str, hjelp: str = "", *, valgfritt: bool = False) -> Any:
    return Kronerfelt(lazy_gettext(navn), validators=[] if valgfritt else [_BELOEP], description=hjelp)


def _dag(navn: str, hjelp: str = N_("dd.mm.åååå"), *, valgfritt: bool = False) -> Any:
    return DateField(
        lazy_gettext(navn),
        format=DATO,
        widget=TextInput(),
        validators=[Optional()] if valgfritt else [MaaFyllesUt(N_("Skriv datoen som dd.mm.åååå."))],
        description=hjelp,
    )


def _koder(koder: type[Kode]) -> list[tuple[str, str]]:
    return [(kode.value, gettext(kode.tekst)) for kode in koder]


def _velg(*valg: tuple[object, str]) -> list[tuple[str, str]]:
    return [("", gettext(N_("Velg"))), *((str(verdi), tekst) for verdi, tekst in valg)]


class MedVersjon(Versjonert):
    """A form that knows which version of the row, or which amount, its page showed."""

    def lest_versjon(self) -> int:
        """The version, or the amount, that the page showed; -1, which no row has, when it was tampered with."""
        lest = heltall(self.versjon.data, 12)
        return -1 if lest is None else lest


class Foering(MedVersjon):
    """What is entered, beside a row that it rests on: what is typed here does not stand in the row."""


class AarForm(BaseForm):
    """A year to be made."""

    aar = Heltallsfelt(lazy_gettext(N_("År")), validators=[MaaFyllesUt(N_("Skriv et årstall."))])


class RammeForm(MedVersjon):
    """What a year has for a purpose; the version is the amount that was shown."""

    ramme = _kroner(N_("Ramme for året"), N_("Kan ikke være lavere enn det som er bundet og betalt."))


class TakForm(MedVersjon):
    """What may be committed for one child in the year."""

    tak = _kroner(N_("Høyst så mye for ett barn i året"), N_("Tomt: ingen grense."), valgfritt=True)

    def tak_oere(self) -> int | None:
        """The ceiling, None when the field is empty."""
        return self.tak.oere if self.tak.data else None


class GrenseForm(MedVersjon):
    """Above which amount another must approve."""

    grense = _kroner(
        N_("Beløpsgrense"),
        N_("Det som er høyere, må godkjennes. Den gjelder hele tilskuddet eller tilsagnet, også ved delbetaling."),
    )


class RundeForm(BaseForm):
    """A round of grants."""

    navn = Tekstfelt(lazy_gettext(N_("Navn på runden")), validators=[MaaFyllesUt()], maks=40)
    frist = _dag(N_("Søknadsfrist"))


class SoeknadForm(Noeklet):
    """A club's application, as the consultant enters it."""

    runde_id = SelectField(lazy_gettext(N_("Runde")), validators=[MaaFyllesUt(N_("Velg en runde."))])
    lag_id = SelectField(lazy_gettext(N_("Lag")), validators=[MaaFyllesUt(N_("Velg et lag."))])
    formaal_id = SelectField(lazy_gettext(N_("Formål")), validators=[MaaFyllesUt(N_("Velg et formål."))])
    mottatt = _dag(N_("Søknaden kom"))
    antall_barn = Heltallsfelt(
        lazy_gettext(N_("Antall barn")), validators=[MaaFyllesUt()], description=N_("Så mange barn laget søker for.")
    )
    soekt = _kroner(N_("Søkt beløp"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, noekkel=str(tilfeldig_id()), **kwargs)
        self.runde_id.choices = _velg(*((r.id, _rundenavn(r)) for r in queries.runder_til_soeknad(i_dag())))
        self.lag_id.choices = _velg(*((lag.id, lag.navn) for lag in lagene.aktive_lag()))
        self.formaal_id.choices = _velg(*((f.id, f.navn) for f in queries.formaalene() if not f.enkeltplass))

    def soeknad(self) -> Soeknad:
        """What was typed, after validate()."""
        return Soeknad(self.mottatt.data or date.min, self.antall_barn.data or 0, self.soekt.oere)


def _rundenavn(runde: Runde) -> str:
    tekst = gettext(N_("%(navn)s %(aar)d, frist %(frist)s"))
    return str(tekst % {"navn": runde.navn, "aar": runde.aar, "frist": f"{runde.frist:%d.%m.%Y}"})


class InnvilgForm(Foering):
    """A decision that grants."""

    innvilget = _kroner(N_("Innvilget beløp"))
    vilkaar = Fritekstomraade(
        lazy_gettext(N_("Vilkår")), validators=[Optional()], description=N_("Vilkårene er offentlige.")
    )
    rapport_frist = _dag(N_("Rapporten skal være levert"))


class AvslagForm(Foering):
    """A decision that refuses."""

    avslag = RadioField(lazy_gettext(N_("Grunn")), validators=[MaaFyllesUt(N_("Velg en grunn."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.avslag.choices = _koder(Tilskuddsavslag)


class RapportForm(Foering):
    """What a club reports."""

    mottatt = _dag(N_("Rapporten kom"))
    brukt = _kroner(N_("Laget har brukt"), N_("0 når ingenting er brukt."))
    deltok = Heltallsfelt(lazy_gettext(N_("Så mange barn deltok")), validators=[MaaFyllesUt()])
    ubrukt = RadioField(lazy_gettext(N_("Er ikke alt brukt: hva skjer med resten?")), validators=[Optional()])
    ny_frist = _dag(N_("Ny rapportfrist når resten flyttes"), valgfritt=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ubrukt.choices = _koder(Ubrukt)

    def rapport(self) -> Rapport:
        """What was typed, after validate()."""
        return Rapport(
            mottatt=self.mottatt.data or date.min,
            brukt_oere=self.brukt.oere,
            deltok=self.deltok.data or 0,
            ubrukt=Ubrukt(self.ubrukt.data) if self.ubrukt.data else None,
            ny_frist=self.ny_frist.data,
        )


class BeloepForm(MedVersjon):
    """An amount that is set aside."""

    beloep = _kroner(N_("Beløp"))


class BetalForm(Foering):
    """An amount that is paid, or paid back; the version tells what it rests on."""

    beloep = _kroner(N_("Beløp"))


class BetalTilskuddForm(Foering):
    """A payment of a grant; the version is what was left to pay when the page was made."""

    beloep = _kroner(N_("Beløp"), N_("Hele eller en del av det som er igjen."))
    forfall = _dag(N_("Betales"))

    def __init__(self, *args: Any, tilskudd: Tilskudd, **kwargs: Any) -> None:
        rest = tilskudd.rest_oere
        super().__init__(*args, beloep=kroner_tekst(rest), forfall=i_dag(), versjon=str(rest), **kwargs)


class FakturaForm(BaseForm):
    """An invoice from a club."""

    nummer = Fritekstfelt(
        lazy_gettext(N_("Fakturanummer")),
        validators=[MaaFyllesUt()],
        maks=40,
        description=N_("Ikke skriv navn."),
        unntatt=BILAGSNUMMER,
    )
    beloep = _kroner(N_("Beløp"))
    forfall = _dag(N_("Forfall"))


class KreditnotaForm(BaseForm):
    """A credit note from a club."""

    nummer = Fritekstfelt(
        lazy_gettext(N_("Kreditnotaens nummer")), validators=[MaaFyllesUt()], maks=40, unntatt=BILAGSNUMMER
    )
    beloep = _kroner(N_("Kreditert beløp"))


class AvgjoerForm(BaseForm):
    """Approve or send back what is ticked."""

    grunn = SelectField(lazy_gettext(N_("Grunn når noe sendes tilbake")), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grunn.choices = _velg(*_koder(Returgrunn))

    def returgrunn(self) -> Returgrunn | None:
        """The reason that was chosen."""
        return Returgrunn(self.grunn.data) if self.grunn.data else None


class SoekForm(BaseForm):
    """Narrowing a list by its text."""

    q = Tekstfelt(lazy_gettext(N_("Lag eller organisasjonsnummer")), maks=60)


class UtbetalingSoekForm(SoekForm):
    """Narrowing the list of payments."""

    q = Tekstfelt(lazy_gettext(N_("Lag, organisasjonsnummer eller bilag")), maks=60)
