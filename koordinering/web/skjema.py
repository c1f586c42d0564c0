"""The base of every form: texts from the catalogue, fields kept through errors and lost sessions."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import wtforms
from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from koordinering import dager, fritekst
from koordinering.db import tilfeldig_id
from koordinering.errors import DomainError, KanIkkeInnvilges, UgyldigFelt
from koordinering.fritekst.funn import ORDET, Funn
from koordinering.tekst import N_
from koordinering.web.feltmeldinger import FOR_LANG, FYLL_UT, Feltmeldinger
from koordinering.web.feltmoenster import bind
from koordinering.web.huset import huset, me
from koordinering.web.rensing import renset
from koordinering.web.skjemaloekker import Skjemagrunn
from koordinering.web.sprak import gettext

DATO = list(dager.FORMER)
"""How a day is written."""


class DateField(wtforms.DateField):
    """A day. One that no month has is told as that: its form is right."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """As WTForms reads it, with the better reason."""
        try:
            super().process_formdata(valuelist)
        except ValueError as feil:
            raise ValueError(dager.finnes_ikke(" ".join(valuelist)) or str(feil)) from None


class _FraListen(wtforms.SelectField):
    """What was chosen is one of the choices, or several of them."""

    def pre_validate(self, form: Any) -> None:
        """Plain choices are looked through as they are: WTForms makes two objects of each to find the chosen ones."""
        valgt: Any = self.data
        alle: Any = self.choices
        som_de_er = self.coerce is str and isinstance(alle, (list, tuple)) and not self.process_errors
        verdier = [en[0] for en in alle if type(en) is tuple] if som_de_er and valgt not in (None, []) else []
        if not verdier or not (set(verdier).issuperset(valgt) if isinstance(valgt, list) else valgt in verdier):
            super().pre_validate(form)


class SelectField(_FraListen):
    """One of a list."""


class RadioField(_FraListen, wtforms.RadioField):
    """One of a few, as buttons."""


class Flervalg(_FraListen, wtforms.SelectMultipleField):
    """Several of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _Felles(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF ships no types
    """What all forms have in common."""

    csrf = False
    """The token is the page's, and CSRFProtect has looked at it before any form is made of what was sent."""

    def get_translations(self, form: Any) -> Feltmeldinger:
        """Our catalogue instead of WTForms' own."""
        return Feltmeldinger()

    bind_field = staticmethod(bind)
    """What a field is before anything is sent is worked out once."""

    def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
        """On the page as it was sent, but for identity numbers: they are never written back."""
        if field.raw_data and hasattr(field, "_value") and not isinstance(field, Kontonummerfelt):
            vises = fritekst.uten_identitetsnummer(str(field._value()))
            field._value = lambda: vises
        return super().render_field(field, render_kw)


class Skjemadel(Skjemagrunn):
    """Fields that stand in a form around them, or that several forms have."""

    Meta = _Felles


class BaseForm(Skjemadel, FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Every form. What was typed before a session ended stands in it again, once, on the next look at the page."""

    class Meta(_Felles):
        """What was sent comes in here, and goes on to the parts as it is then."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What a form of ours sends, cleaned; JSON, which Flask-WTF would read too, is none."""
            return None if request.is_json else renset(super().wrap_formdata(form, formdata))

    gjenopprettet = False
    """The fields were filled from work kept when the session ended."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        bevart = None
        if request.method == "GET" and not args and "formdata" not in kwargs:
            bevart = huset().bevart(me()) if _innlogget() else None
            if bevart is not None:
                kwargs["formdata"] = bevart
        super().__init__(*args, **kwargs)
        self.gjenopprettet = bevart is not None

    def feil(self, feil: UgyldigFelt) -> None:
        """Put what broke a rule, and what was told with it, at its field, or on top where there is no such field."""
        for en in (feil, *feil.flere):
            felt = self.feltet(en.felt)
            if felt is None:
                self.form_errors.append(gettext(str(en)))
            else:
                felt.errors = [*felt.errors, gettext(str(en))]

    def feltet(self, navn: str) -> Field | None:
        """The field that a rule names."""
        return self._fields.get(navn)

    def ogsaa(self, feilene: Iterable[UgyldigFelt]) -> None:
        """What the rules say of a form that is wrong already: told in the same round, where nothing is told yet."""
        for feil in feilene:
            felt = self.feltet(feil.felt)
            if felt is None or not felt.errors:
                self.feil(feil)

    def oeverst(self, feil: DomainError) -> None:
        """Put what stopped it on top of the form, with its reasons where it has any."""
        grunner = feil.grunner if isinstance(feil, KanIkkeInnvilges) else ()
        self.form_errors.extend(gettext(grunn) for grunn in grunner or (str(feil),))


def i_ord(felt: Field, verdi: object) -> str:
    """A value as the field shows it to a reader: the words of what is chosen, in the order of the choices."""
    if isinstance(verdi, bool):
        return gettext(N_("Ja")) if verdi else gettext(N_("Nei"))
    if isinstance(verdi, date):
        return verdi.strftime(DATO[0])
    valgte = {str(en) for en in verdi} if isinstance(verdi, list) else {"" if verdi is None else str(verdi)}
    valg = getattr(felt, "choices", None)
    ordene = [str(ord_) for kode, ord_ in valg if str(kode) in valgte] if valg else sorted(valgte - {""})
    return ", ".join(ordene) or gettext(N_("ingenting"))


class Versjonert(BaseForm):
    """A form over a row that others may change meanwhile."""

    versjon = HiddenField()

    def lest_versjon(self) -> int:
        """The version that the page showed; 0, which no row has, when it was tampered with."""
        return heltall(self.versjon.data) or 0


class Noeklet(BaseForm):
    """A form whose row is given its key with the page: sent twice, it is the same row."""

    noekkel = HiddenField()

    def lest_noekkel(self) -> int:
        """The key that the form was given; a new one when it was tampered with."""
        noekkel = heltall(self.noekkel.data, NOEKKELSIFRE) or 0
        return noekkel if 0 < noekkel < 2**63 else tilfeldig_id()


def _innlogget() -> bool:
    try:
        me()
    except RuntimeError:
        return False
    return True


@contextmanager
def ved_feltet() -> Iterator[None]:
    """A rule that is asked while the form is checked: broken, it is told together with what else is wrong."""
    try:
        yield
    except UgyldigFelt as feil:
        raise ValidationError(gettext(str(feil))) from None


class Tekstfelt(StringField):
    """One line of text, trimmed; longer than `maks` characters is an error, never cut."""

    def __init__(self, *args: Any, maks: int = 200, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.maks = maks

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Trim, and treat an empty field as nothing."""
        super().process_formdata([str(v).strip() for v in valuelist[:1]])

    def pre_validate(self, form: Any) -> None:
        """Refuse a text that is too long."""
        if self.data and len(self.data) > self.maks:
            raise ValidationError(gettext(FOR_LANG) % {"maks": self.maks})
        self.sjekk_numre(self.data or "")

    def sjekk_numre(self, tekst: str) -> None:
        """Refuse an identity number: the page comes back without it, and it must be told why."""
        if fritekst.har_identitetsnummer(tekst):
            raise ValidationError(gettext(Funn.IDENTITETSNUMMER.tekst))


class Kontonummerfelt(Tekstfelt):
    """The number of an account: the same eleven digits can pass as an identity number."""

    def sjekk_numre(self, tekst: str) -> None:
        """Anything goes here; whether it is the number of an account is asked where it is used."""


class Vernet(Field):
    """A text that can come to concern a family: what must not stand in it is refused, and a name is asked about.

    The question is a box below the field. Its value is bound to the words it was asked about, so that a tick says
    nothing of other words.
    """

    def __init__(self, *args: Any, unntatt: Collection[Funn] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unntatt = frozenset(unntatt)
        self.navnekode = ""
        """What the box sends; empty where nothing is asked."""
        self.bekreftet = False

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read the text and the box that belongs to it."""
        super().process(formdata, *args, **kwargs)
        self._kryss = formdata.getlist(f"{self.name}-navn") if formdata else []

    def pre_validate(self, form: Any) -> None:
        """Refuse what is found, then ask about names."""
        super().pre_validate(form)
        tekst = str(self.data or "")
        for treff in fritekst.finn(tekst, unntatt=self.unntatt):
            raise ValidationError(gettext(ORDET) % {"ord": treff.ord} if treff.ord else gettext(treff.funn.tekst))
        par = fritekst.navnelike(tekst) if Funn.NAVN not in self.unntatt else []
        if not par:
            return
        self.navnekode = hashlib.sha256("\n".join(sorted(par)).encode()).hexdigest()[:16]
        self.bekreftet = self.navnekode in self._kryss
        if not self.bekreftet:
            raise ValidationError(gettext(Funn.NAVN.tekst))


class Fritekstfelt(Vernet, Tekstfelt):
    """One line that can come to concern a family."""


class Fritekstomraade(Vernet, TextAreaField):
    """Several lines that can come to concern a family."""


NOEKKELSIFRE = 19
"""Digits of the longest key of a row."""


def heltall(tekst: str | None, sifre: int = 9) -> int | None:
    """A whole number as an address or a form of ours has it, of at most so many digits; None for anything else.

    Also for what no text is: a field that was left out holds what the form was made with.
    """
    passer = isinstance(tekst, str) and tekst.isascii() and tekst.isdigit() and len(tekst) <= sifre
    return int(tekst) if isinstance(tekst, str) and passer else None


class MaaFyllesUt(InputRequired):
    """Something must be there; the message says what to do."""

    field_flags = {"required": True}

    def __init__(self, message: str = FYLL_UT) -> None:
        super().__init__(message)

    def __call__(self, form: Any, field: Field) -> None:
        """Check, with the message from the catalogue."""
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors = []
            raise ValidationError(gettext(str(self.message)))
