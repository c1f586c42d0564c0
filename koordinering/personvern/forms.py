"""The filters of the access log and of the unusual patterns, and the search for a case by its reference."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import StringField, ValidationError
from wtforms.widgets import TextInput

from koordinering.audit import Hva
from koordinering.konto.rules import normaliser
from koordinering.personvern.queries import Loggfilter
from koordinering.personvern.rules.loggen import Linjeslag, Moenster, periode
from koordinering.saker.rules import referanse
from koordinering.tekst import N_
from koordinering.users import Enhet
from koordinering.web.skjema import DATO, BaseForm, DateField, SelectField, Tekstfelt
from koordinering.web.sprak import gettext


def _utfylt(args: MultiDict[str, str]) -> MultiDict[str, str]:
    return MultiDict([(k, v) for k, v in args.items(multi=True) if v.strip()])


def _gyldig(form: BaseForm) -> dict[str, Any]:
    """What can be used of it. Days that are turned about limit nothing, and say so."""
    form.validate()
    fra, til = form["fra"], form["til"]
    if fra.data and til.data and til.data < fra.data:
        til.errors = [gettext(N_("Siste dag kan ikke være før første dag."))]
    for dag in (fra, til):
        if not dag.errors:
            dag.raw_data = None  # shown as a day is written here, however the address has it
    return {navn: felt.data for navn, felt in form._fields.items() if not felt.errors and felt.data}


class LoggfilterForm(BaseForm):
    """Every field may stand empty."""

    brukernavn = Tekstfelt(lazy_gettext(N_("Brukernavn")), maks=60)
    slag = SelectField(lazy_gettext(N_("Slag")))
    hva = SelectField(lazy_gettext(N_("Hva som skjedde")))
    enhet = SelectField(lazy_gettext(N_("Enhet")))
    fra = DateField(lazy_gettext(N_("Fra og med")), format=DATO, widget=TextInput())
    til = DateField(lazy_gettext(N_("Til og med")), format=DATO, widget=TextInput())

    def __init__(self, args: MultiDict[str, str], enheter: Sequence[Enhet]) -> None:
        # Fields that are not filled are left out, so that an empty date is no wrong date.
        super().__init__(formdata=_utfylt(args))
        self.slag.choices = [("", gettext(N_("Alle slag"))), *((s.value, gettext(s.tekst)) for s in Linjeslag)]
        self.hva.choices = [("", gettext(N_("Alt"))), *((h.value, gettext(h.tekst)) for h in Hva)]
        self.enhet.choices = [("", gettext(N_("Alle"))), *((e.id, e.navn) for e in enheter)]
        for felt in (self.slag, self.hva, self.enhet):
            felt.data = felt.data or ""

    def valg(self, sak_id: int | None = None) -> Loggfilter:
        """What was asked for, about one case when it is known. A field that is wrong, and says so, limits nothing."""
        gyldig = _gyldig(self)
        return Loggfilter(
            sak_id=sak_id,
            slag=Linjeslag(gyldig["slag"]) if "slag" in gyldig else None,
            brukernavn=normaliser(gyldig["brukernavn"]) if "brukernavn" in gyldig else None,
            hva=Hva(gyldig["hva"]) if "hva" in gyldig else None,
            fra=gyldig.get("fra"),
            til=gyldig.get("til"),
            enhet_id=gyldig.get("enhet"),
        )


class MoensterForm(BaseForm):
    """Which pattern, and when."""

    moenster = SelectField(lazy_gettext(N_("Mønster")))
    fra = DateField(lazy_gettext(N_("Fra og med")), format=DATO, widget=TextInput())
    til = DateField(lazy_gettext(N_("Til og med")), format=DATO, widget=TextInput())

    def __init__(self, args: MultiDict[str, str], idag: date) -> None:
        super().__init__(formdata=_utfylt(args))
        self.moenster.choices = [(m.value, gettext(m.tekst)) for m in Moenster]
        self.moenster.data = self.moenster.data or Moenster.MANGE_SAKER.value
        gyldig = _gyldig(self)
        self.valgt = Moenster(gyldig.get("moenster", Moenster.MANGE_SAKER))
        self.dager = periode(gyldig.get("fra"), gyldig.get("til"), idag)


class SakensLoggForm(BaseForm):
    """A case's reference, typed and looked up by a POST: it may not stand in an address."""

    referanse = Tekstfelt(lazy_gettext(N_("Sakens referanse")), maks=40)

    def validate_referanse(self, field: StringField) -> None:
        """Say at once when it cannot be one."""
        if self.normalisert is None:
            raise ValidationError(gettext(N_("Dette er ikke en referanse. Den ser slik ut: F-7K3M-Q2.")))

    @property
    def normalisert(self) -> str | None:
        """The reference as it is stored."""
        return referanse.normaliser(self.referanse.data or "")
