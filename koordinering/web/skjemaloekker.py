"""WTForms' ways through the fields of a form, without the steps that come to the same every time.

WTForms asks each field of each form what filters it and what checks it, reads its default anew, and goes through
every hook there is, also those that nobody has written. On a page with sixty fields, most of them not sent, that is
much of what a form costs. What is done here is what WTForms does: tests/test_skjemaloekker.py compares the two.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from wtforms import Field, Form, SelectField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError

from koordinering.web.feltmoenster import STILLE

Sjekk = Callable[[Any, Field], object]


class _Loekker(BaseForm):
    """What WTForms' Form builds on: it comes after Form among the bases, and before what it takes the place of."""

    def __init__(self, fields: Any, prefix: str = "", meta: Any = None) -> None:
        if meta.csrf:
            raise TypeError("the token is the page's, and no form's")
        self.meta = meta
        self._parent_form = getattr(meta, "_parent_form", None)
        self._form_error_key = ""
        self._prefix = prefix = f"{prefix}-" if prefix and prefix[-1] not in "-_;:/." else prefix
        bind, spraak = meta.bind_field, meta.get_translations(self)
        self._fields = {
            navn: bind(self, felt, {"name": felt.name or navn, "prefix": prefix, "translations": spraak})
            for navn, felt in fields
        }
        self.form_errors = []

    def process(
        self, formdata: Any = None, obj: Any = None, data: Any = None, extra_filters: Any = None, **kwargs: Any
    ) -> None:
        """Read into the fields what was sent, and what the form is made with."""
        if extra_filters:
            raise TypeError("a form of ours filters nothing")
        sendt = self.meta.wrap_formdata(self, formdata)
        kjente = {**data, **kwargs} if data else kwargs
        for navn, felt in self._fields.items():
            if obj is not None and hasattr(obj, navn):
                felt.process(sendt, getattr(obj, navn))
            elif navn in kjente:
                felt.process(sendt, kjente[navn])
            elif (stille := vars(felt).get(STILLE)) is not None:
                stille.les(felt, sendt)
            else:
                felt.process(sendt)
        if self._parent_form is None:
            self.post_process(sendt)

    def post_process(self, formdata: Any = None) -> None:
        """The fields' hooks after reading: of a list of choices, and of most fields, there is nothing to do."""
        felter: Iterable[Any] = self._fields.values()
        for felt in felter:
            if not _er_ferdig(felt):
                felt.post_process(formdata)


_AV_ET_FELT, _AV_EN_LISTE = (cast(Any, slag).post_process for slag in (Field, SelectField))


def _er_ferdig(felt: Any) -> bool:
    krok = type(felt).post_process
    if krok is _AV_EN_LISTE:
        return felt._choices_callable is None and felt._datalist is None
    return krok is _AV_ET_FELT and felt._datalist is None


class Skjemagrunn(Form, _Loekker):
    """What every form of ours is built on."""

    _sjekkene: Mapping[str, tuple[Sjekk]] = {}
    """The form's own check of a field (`validate_<field>`), where it has one."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        navnene = dir(cls)
        if any(navn.startswith("filter_") for navn in navnene):
            raise TypeError("a form of ours filters nothing")
        foran = "validate_"
        cls._sjekkene = {navn.removeprefix(foran): (getattr(cls, navn),) for navn in navnene if navn.startswith(foran)}

    def validate(self, extra_validators: Mapping[str, Sequence[Sjekk]] | None = None) -> bool:
        """Check each field by itself, and by what the form says of it; True where nothing is wrong."""
        ok = True
        felter: Iterable[tuple[str, Any]] = self._fields.items()
        for navn, felt in felter:
            ekstra: Sequence[Sjekk] = self._sjekkene.get(navn, ())
            if extra_validators:
                ekstra = (*extra_validators.get(navn, ()), *ekstra)
            if type(felt).validate is Field.validate:
                ok = _sjekk(felt, self, ekstra) and ok
            elif not felt.validate(self, ekstra):
                ok = False
        return ok


def _sjekk(felt: Any, form: Form, ekstra: Sequence[Sjekk]) -> bool:
    """As Field.validate does, where there is something to ask."""
    klasse = type(felt)
    felt.errors = list(felt.process_errors)
    stoppet = False
    if klasse.pre_validate is not Field.pre_validate:
        try:
            felt.pre_validate(form)
        except StopValidation as stopp:
            felt.errors.extend(stopp.args[:1] if any(stopp.args[:1]) else ())
            stoppet = True
        except ValidationError as feil:
            felt.errors.append(feil.args[0])
    if not stoppet and (felt.validators or ekstra):
        stoppet = felt._run_validation_chain(form, [*felt.validators, *ekstra])
    if klasse.post_validate is not Field.post_validate:
        try:
            felt.post_validate(form, stoppet)
        except ValidationError as feil:
            felt.errors.append(feil.args[0])
    return not felt.errors
