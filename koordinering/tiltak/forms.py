"""The shape of what is typed about offers and cards."""

from typing import Any, TypedDict, TypeVar

from flask_babel import lazy_gettext
from wtforms import BooleanField, FileField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from koordinering.db import tilfeldig_id
from koordinering.errors import UgyldigFelt
from koordinering.tallskrift import kroner_tekst
from koordinering.tekst import N_
from koordinering.tiltak import queries
from koordinering.tiltak.lag import queries as lagene
from koordinering.tiltak.lag.forms import som_valg
from koordinering.tiltak.models import Kortaar, Tilbud
from koordinering.tiltak.queries import Tilbudssoek
from koordinering.tiltak.rules import (
    Aktivitet,
    Kortenhet,
    Tilbudsopplysninger,
    feil_i_tilbud,
    sjekk_arrangoer,
)
from koordinering.tiltak.rules.regneark import MAKS_BYTE
from koordinering.users import User
from koordinering.web.skjema import (
    DATO,
    BaseForm,
    DateField,
    MaaFyllesUt,
    Noeklet,
    SelectField,
    Tekstfelt,
    Versjonert,
)
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt, Kronerfelt

T = TypeVar("T")


def _skrevet(verdi: T | None) -> T:
    """What validate() has made sure of."""
    if verdi is None:
        raise ValueError("validate() first")
    return verdi


def _aktiviteter() -> list[tuple[str, str]]:
    return [(a.value, gettext(a.tekst)) for a in Aktivitet]


class TilbudForm(Versjonert, Noeklet):
    """A new or changed offer."""

    tiltak_id = SelectField(lazy_gettext(N_("Tiltak")), validators=[MaaFyllesUt(N_("Velg et tiltak."))])
    lag_id = SelectField(lazy_gettext(N_("Lag eller forening")), validators=[Optional()])
    arrangoer = Tekstfelt(lazy_gettext(N_("Kommunal arrangør")), validators=[Optional()], maks=120)
    navn = Tekstfelt(lazy_gettext(N_("Hva barnet blir med på")), validators=[MaaFyllesUt()], maks=120)
    aktivitet = SelectField(lazy_gettext(N_("Aktivitet")), validators=[MaaFyllesUt(N_("Velg en aktivitet."))])
    sted = Tekstfelt(lazy_gettext(N_("Sted")), maks=120)
    ukedager = Tekstfelt(lazy_gettext(N_("Dager og tid")), maks=120)
    oppmoete = Tekstfelt(lazy_gettext(N_("Kontakt hos arrangøren")), maks=200)
    sesong_fra = DateField(lazy_gettext(N_("Første dag")), format=DATO, widget=TextInput(), validators=[MaaFyllesUt()])
    sesong_til = DateField(lazy_gettext(N_("Siste dag")), format=DATO, widget=TextInput(), validators=[MaaFyllesUt()])
    alder_fra = Heltallsfelt(lazy_gettext(N_("Fra alder")), validators=[MaaFyllesUt()])
    alder_til = Heltallsfelt(lazy_gettext(N_("Til alder")), validators=[MaaFyllesUt()])
    egenandel = Kronerfelt(lazy_gettext(N_("Familien betaler")))
    ordinaer_pris = Kronerfelt(lazy_gettext(N_("Ordinær pris for sesongen")))
    antall = Heltallsfelt(lazy_gettext(N_("Antall plasser")), validators=[MaaFyllesUt()])
    bekreftet = DateField(
        lazy_gettext(N_("Sist bekreftet av arrangøren")), format=DATO, widget=TextInput(), validators=[Optional()]
    )

    def __init__(self, user: User, *args: Any, tilbud: Tilbud | None = None, **kwargs: Any) -> None:
        kwargs |= _som_felter(tilbud) if tilbud is not None else {"noekkel": str(tilfeldig_id())}
        super().__init__(*args, **kwargs)
        self.aktivitet.choices = [("", gettext(N_("Velg")))] + _aktiviteter()
        naa = tilbud.lag_id if tilbud is not None else None
        self.lag_id.choices = [("", gettext(N_("Ikke et lag"))), *som_valg(lagene.kan_velges(naa))]
        if tilbud is not None:
            del self.tiltak_id
            return
        self.tiltak_id.choices = [(t.id, f"{t.id} {t.kortnavn}") for t in queries.friplasstiltak(user)]

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields, that one has the offer, and what cannot be so about it: told together."""
        gyldig = bool(super().validate(extra_validators))
        if self.lag_id.errors:
            return False
        try:
            sjekk_arrangoer(self._valgt_lag(), self.arrangoer.data)
        except UgyldigFelt as feil:
            self.feil(feil)
            return False
        funnet = list(feil_i_tilbud(self.opplysninger())) if gyldig else []
        for galt in funnet:
            self.feil(galt)
        return gyldig and not funnet

    def _valgt_lag(self) -> int | None:
        return int(self.lag_id.data) if self.lag_id.data else None

    def opplysninger(self) -> Tilbudsopplysninger:
        """What was typed, after validate()."""
        return Tilbudsopplysninger(
            lag_id=self._valgt_lag(),
            arrangoertekst=self.arrangoer.data or None,
            aktivitet=Aktivitet(self.aktivitet.data),
            navn=self.navn.data or "",
            sted=self.sted.data or None,
            ukedager=self.ukedager.data or None,
            oppmoete=self.oppmoete.data or None,
            sesong_fra=_skrevet(self.sesong_fra.data),
            sesong_til=_skrevet(self.sesong_til.data),
            alder_fra=_skrevet(self.alder_fra.data),
            alder_til=_skrevet(self.alder_til.data),
            egenandel_oere=self.egenandel.oere,
            antall=_skrevet(self.antall.data),
            ordinaer_pris_oere=self.ordinaer_pris.oere if self.ordinaer_pris.data else None,
            bekreftet=self.bekreftet.data,
        )


def _som_felter(tilbud: Tilbud) -> dict[str, Any]:
    felter = ("navn", "sted", "ukedager", "oppmoete", "sesong_fra", "sesong_til", "alder_fra", "alder_til")
    return {felt: getattr(tilbud, felt) for felt in felter} | {
        "lag_id": str(tilbud.lag_id or ""),
        "arrangoer": tilbud.arrangoertekst,
        "aktivitet": tilbud.aktivitet.value,
        "egenandel": kroner_tekst(tilbud.egenandel_oere),
        "ordinaer_pris": "" if tilbud.ordinaer_pris_oere is None else kroner_tekst(tilbud.ordinaer_pris_oere),
        "bekreftet": tilbud.bekreftet,
        "antall": tilbud.beholdning.antall,
        "versjon": str(tilbud.versjon),
    }


class TilbudSoekForm(BaseForm):
    """Narrowing the list of offers."""

    q = Tekstfelt(lazy_gettext(N_("Navn eller arrangør")), maks=60)
    lag = SelectField(lazy_gettext(N_("Lag")), validators=[Optional()])
    tiltak = SelectField(lazy_gettext(N_("Tiltak")), validators=[Optional()])
    aktivitet = SelectField(lazy_gettext(N_("Aktivitet")), validators=[Optional()])
    alder = Heltallsfelt(lazy_gettext(N_("Alder")), validators=[Optional()])
    ledige = BooleanField(lazy_gettext(N_("Bare med ledige plasser")))
    alle = BooleanField(lazy_gettext(N_("Også trukne og avsluttede")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alle = [("", gettext(N_("Alle")))]
        self.tiltak.choices = alle + [(t.id, f"{t.id} {t.kortnavn}") for t in queries.friplasstiltak()]
        self.aktivitet.choices = alle + _aktiviteter()
        self._lag = dict(som_valg(queries.lag_med_tilbud()))
        self.lag.choices = [*alle, *self._lag.items()]

    def soek(self) -> Tilbudssoek:
        """What to narrow by; what is not understood narrows nothing."""
        aktiviteter = {a.value: a for a in Aktivitet}
        return Tilbudssoek(
            tekst=self.q.data or "",
            tiltak_id=self.tiltak.data or "",
            aktivitet=aktiviteter.get(self.aktivitet.data or ""),
            alder=self.alder.data if self.alder.data is not None and 0 <= self.alder.data <= 99 else None,
            bare_ledige=self.ledige.data,
            ogsaa_avsluttede=self.alle.data,
            lag_id=int(self.lag.data) if self.lag.data in self._lag else None,
        )


class Kortvalg(TypedDict):
    """What a year's cards are made or changed with."""

    antall: int
    per: Kortenhet
    tak: int


class KortaarForm(Versjonert):
    """How many cards a year has, and who may have how many."""

    antall = Heltallsfelt(lazy_gettext(N_("Antall kort")), validators=[MaaFyllesUt()])
    per = SelectField(lazy_gettext(N_("Kortet gjelder")), validators=[MaaFyllesUt()])
    tak = Heltallsfelt(lazy_gettext(N_("Høyst så mange i året")), validators=[MaaFyllesUt()])

    def __init__(self, *args: Any, kortaar: Kortaar | None = None, **kwargs: Any) -> None:
        if kortaar is not None:
            kwargs |= {"antall": kortaar.beholdning.antall, "per": kortaar.per.value, "tak": kortaar.tak}
            kwargs["versjon"] = str(kortaar.versjon)
        super().__init__(*args, **kwargs)
        self.per.choices = [(k.value, gettext(k.tekst)) for k in Kortenhet]

    def valg(self) -> Kortvalg:
        """What was typed, after validate()."""
        return {"antall": _skrevet(self.antall.data), "per": Kortenhet(self.per.data), "tak": _skrevet(self.tak.data)}


class TakForm(BaseForm):
    """How many places of one measure a child may have in a year."""

    plasser_per_barn = Heltallsfelt(lazy_gettext(N_("Høyst så mange plasser per barn i året")), validators=[Optional()])


class ImportForm(BaseForm):
    """A list of offers: the file itself, and then what was read of it, to be confirmed."""

    fil = FileField(lazy_gettext(N_("Fil med tilbud")))
    innhold = TextAreaField(lazy_gettext(N_("Innhold")), validators=[Optional()])

    def data_lest(self) -> bytes:
        """The file that was sent, or what the preview carries."""
        if self.innhold.data:
            return str(self.innhold.data).encode()
        sendt = self.fil.data
        return sendt.stream.read(MAKS_BYTE + 1) if hasattr(sendt, "stream") else b""
