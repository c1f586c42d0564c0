"""The shape of what is typed about coordination."""

from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from koordinering.db import OSLO, i_dag
from koordinering.saker.forms.felter import Valg, valg
from koordinering.saker.models import Sak
from koordinering.saker.rules.behov import SamtykkeFra, Samtykkemaate
from koordinering.saker.rules.samtykketekst import SKRIVER_UNDER, Utsagn
from koordinering.saker.samordning import queries
from koordinering.saker.samordning.models import Samordningsavtale
from koordinering.saker.samordning.queries import Adgang
from koordinering.saker.samordning.rules import NySamordning
from koordinering.tekst import N_
from koordinering.tiltak.foering.forms import skrevet
from koordinering.users import Enhet, kommune
from koordinering.web.skjema import (
    DATO,
    BaseForm,
    DateField,
    Flervalg,
    Fritekstomraade,
    MaaFyllesUt,
    RadioField,
    SelectField,
)
from koordinering.web.sprak import gettext

ET_AAR = timedelta(days=365)
"""How long a consent to coordinate lasts unless another day is said."""
_KLOKKESLETT = ("%H.%M", "%H:%M")


def _nevner_noen(_form: Any, field: Flervalg) -> None:
    """A consent that names nobody is none."""
    if not field.data:
        raise ValidationError(gettext(N_("Velg minst én enhet familien har nevnt.")))


class SamordningForm(BaseForm):
    """Who may coordinate, for which children, and how, when and until when the family said so."""

    enheter = Flervalg(lazy_gettext(N_("Enheter familien har nevnt")), validators=[_nevner_noen])
    barn = Flervalg(lazy_gettext(N_("Barna samtykket gjelder")))
    maate = RadioField(
        lazy_gettext(N_("Hvordan er samtykket gitt?")),
        validators=[MaaFyllesUt(N_("Velg hvordan samtykket er gitt."))],
    )
    fra = RadioField(
        lazy_gettext(N_("Hvem har gitt samtykket?")), validators=[MaaFyllesUt(N_("Velg hvem som har gitt samtykket."))]
    )
    gitt = DateField(
        lazy_gettext(N_("Samtykket ble gitt")),
        format=DATO,
        widget=TextInput(),
        default=i_dag,
        validators=[MaaFyllesUt()],
    )
    gyldig_til = DateField(
        lazy_gettext(N_("Samtykket gjelder til og med")), format=DATO, widget=TextInput(), validators=[MaaFyllesUt()]
    )

    def __init__(self, *args: Any, sak: Sak, kan_nevnes: list[Enhet], **kwargs: Any) -> None:
        kwargs.setdefault("gyldig_til", i_dag() + ET_AAR)
        kwargs.setdefault("barn", [str(barn.id) for barn in sak.barn])
        super().__init__(*args, **kwargs)
        barnet = gettext(N_("Barn %(nr)d, født %(aar)d"))
        self.enheter.choices = [(enhet.id, enhet.navn) for enhet in kan_nevnes]
        self.barn.choices = [(str(b.id), barnet % {"nr": b.lopenummer, "aar": b.foedselsaar}) for b in sak.barn]
        self.maate.choices = valg(Samtykkemaate)
        self.fra.choices = valg(SamtykkeFra)

    @property
    def samtykkealder(self) -> int:
        """From which age the young person consents."""
        return kommune().samtykkealder

    def validate_barn(self, field: Flervalg) -> None:
        """Somebody it is for."""
        if not field.data:
            raise ValidationError(gettext(N_("Velg barna samtykket gjelder.")))

    def kommando(self) -> NySamordning:
        """What is asked for."""
        return NySamordning(
            enheter=tuple(self.enheter.data or ()),
            barn=tuple(int(barn_id) for barn_id in self.barn.data or ()),
            maate=Samtykkemaate(self.maate.data),
            fra=SamtykkeFra(self.fra.data),
            gitt=self.gitt.data or i_dag(),
            gyldig_til=self.gyldig_til.data or i_dag(),
        )


class ArkForm(BaseForm):
    """What stands on the sheet that the family signs. Read from the address: nothing is stored, no name is asked."""

    spraak = SelectField(lazy_gettext(N_("Språk")))
    enheter = Flervalg(lazy_gettext(N_("Enheter familien har nevnt")), validators=[_nevner_noen])
    fra = RadioField(lazy_gettext(N_("Hvem som skriver under")))
    gyldig_til = DateField(
        lazy_gettext(N_("Samtykket gjelder til og med")), format=DATO, widget=TextInput(), validators=[MaaFyllesUt()]
    )

    def __init__(self, *args: Any, sak: Sak, kan_nevnes: list[Enhet], spraak: Valg, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sak, self._navn = sak, {enhet.id: enhet.navn for enhet in kan_nevnes}
        self.enheter.choices = list(self._navn.items())
        self.fra.choices = valg(SKRIVER_UNDER)
        self.spraak.choices = spraak

    def validate_gyldig_til(self, field: DateField) -> None:
        """A sheet that has run out is not signed."""
        if field.data and field.data < i_dag():
            raise ValidationError(gettext(N_("Datoen må være i dag eller senere.")))

    def utsagn(self) -> Utsagn:
        """What the sheet says, after validate()."""
        return Utsagn(
            avsender=self._sak.enhet.navn,
            mottakere=(self._sak.enhet.navn, *(self._navn[enhet] for enhet in self.enheter.data or ())),
            opplysninger=(),
            til=f"{self.gyldig_til.data:%d.%m.%Y}",
            fra=SamtykkeFra(self.fra.data),
        )


class NotatForm(BaseForm):
    """A line or two to the other units."""

    tekst = Fritekstomraade(lazy_gettext(N_("Notat")), validators=[MaaFyllesUt(N_("Skriv et kort notat."))])


class MoeteForm(BaseForm):
    """When the units meet."""

    dag = DateField(lazy_gettext(N_("Dato")), format=DATO, widget=TextInput(), validators=[MaaFyllesUt()])
    klokkeslett = StringField(
        lazy_gettext(N_("Klokkeslett")), validators=[MaaFyllesUt(N_("Skriv klokkeslettet, for eksempel 13.30."))]
    )

    def __init__(self, *args: Any, avtalt: Samordningsavtale | None, **kwargs: Any) -> None:
        if avtalt is not None and avtalt.moete is not None:
            lokalt = avtalt.moete.astimezone(OSLO)
            kwargs |= {"dag": lokalt.date(), "klokkeslett": lokalt.strftime(_KLOKKESLETT[0])}
        super().__init__(*args, **kwargs)
        self._tid: time | None = None

    def validate_klokkeslett(self, field: StringField) -> None:
        """«13.30» or «13:30»."""
        for moenster in _KLOKKESLETT:
            try:
                self._tid = datetime.strptime((field.data or "").strip(), moenster).time()  # noqa: DTZ007 - no date
            except ValueError:
                continue
            return
        raise ValidationError(gettext(N_("Skriv klokkeslettet, for eksempel 13.30.")))

    def tidspunkt(self) -> datetime:
        """The moment, after validate()."""
        return datetime.combine(skrevet(self.dag.data), skrevet(self._tid), OSLO)


class OppfoelgerForm(BaseForm):
    """Who follows up: somebody in the own unit, or another unit."""

    hvem = SelectField(lazy_gettext(N_("Hvem følger opp?")), validators=[MaaFyllesUt(N_("Velg hvem som følger opp."))])

    def __init__(self, *args: Any, adgang: Adgang, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        egen = adgang.deltaker.enhet
        kolleger = [(f"{egen.id}:{k.id}", f"{egen.kortnavn}: {k.visningsnavn}") for k in queries.kolleger(egen.id)]
        enheter = [(e.enhet_id, e.enhet.kortnavn) for e in adgang.samordning.enheter]
        self.hvem.choices = [("", gettext(N_("Velg"))), *kolleger, *enheter]

    def valgt(self) -> tuple[str, int | None]:
        """The unit, and the person where one is chosen."""
        enhet_id, _, user_id = self.hvem.data.partition(":")
        return enhet_id, int(user_id) if user_id else None
