"""A form of ours reads and checks what is sent as WTForms does it, field for field."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any, cast

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, Form, FormField, SelectField, StringField
from wtforms.fields import choices
from wtforms.form import BaseForm as WTFormsGrunn
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from koordinering.web import skjema as web
from koordinering.web import skjemaloekker
from koordinering.web.skjema import BaseForm, Flervalg, MaaFyllesUt, Skjemadel
from tests.skjemaer import skjemaene

_VERDIER = (
    "", " ", "x", "ja", "on", "0", "7", "2017", "2 017", "1_000", "-3", "60,5", "2026-01-02", "31.02.2026", "samtykke",
    "fotball", "Ola Nordmann", "ring 22 33 44 55", "21810112345", "a" * 400, "to\r\nlinjer",
)  # fmt: skip
_RUNDER = 25


def _felter(felter: Iterable[Any]) -> Iterator[Field]:
    """These fields, and those in their rows and parts."""
    for felt in felter:
        yield felt
        yield from _felter(felt.entries if isinstance(felt, FieldList) else felt.form if _er_del(felt) else ())


def _er_del(felt: Field) -> bool:
    return isinstance(felt, FormField)


def _bart(skjema: type[Form]) -> type[Form]:
    """The form with its fields and checks, made as WTForms makes one: what it is about is not needed to compare."""
    return _avledet(skjema, __init__=Form.__init__)


def _avledet(skjema: type[Form], **holder: Any) -> type[Form]:
    slag: Any = type(skjema)
    return cast(type[Form], slag(skjema.__name__, (skjema,), holder))


def _navnene(skjema: type[Form]) -> list[str]:
    """What a browser can send: of a list of rows, two rows."""
    form = skjema()
    rader = [f"{felt.name}-{nr}-x" for felt in form if isinstance(felt, FieldList) for nr in range(2)]
    return [felt.name for felt in _felter(skjema(MultiDict(dict.fromkeys(rader, "x"))))]


def _sendt(navnene: list[str], trekk: Random) -> MultiDict[str, str] | None:
    """Nothing, some or all of it, now and then more of one field."""
    del_ = trekk.choice((0, 0.3, 0.7, 1))
    par = [(navn, trekk.choice(_VERDIER)) for navn in navnene for _ in range(2) if trekk.random() < del_]
    return MultiDict(par) if par or trekk.random() < 0.5 else None


def _lest_og_sjekket(skjema: type[Form], sendt: MultiDict[str, str] | None, kjent: dict[str, Any]) -> object:
    """All that reading and checking leaves behind, or what went wrong: without what it is about, some forms cannot."""
    form = skjema(sendt, **kjent)
    for felt in _felter(form):
        if isinstance(felt, SelectField) and felt.choices is None:
            felt.choices = cast(Any, [("", "Velg"), ("x", "X"), ("7", "Sju"), ("ja", "Ja")])
    lest = [_om(felt) for felt in _felter(form)]
    try:
        svar: object = form.validate()
    except Exception as feil:  # the same must go wrong both ways
        svar = type(feil)
    return lest, svar, [_om(felt) for felt in _felter(form)], [str(feil) for feil in form.form_errors]


def _om(felt: Any) -> object:
    sammensatt = isinstance(felt, (FormField, FieldList))
    return (
        type(felt), felt.name, felt.short_name, felt.id, felt.raw_data, None if sammensatt else felt.data,
        None if sammensatt else felt.object_data, list(felt.process_errors), None if sammensatt else list(felt.errors),
        felt.label.field_id, str(felt.label.text), str(felt.description),
    )  # fmt: skip


def _som_wtforms(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on nothing of ours: forms are made, read and checked by WTForms alone."""
    for navn in ("__init__", "process", "post_process"):
        monkeypatch.setattr(skjemaloekker._Loekker, navn, getattr(WTFormsGrunn, navn))
    monkeypatch.setattr(skjemaloekker.Skjemagrunn, "validate", Form.validate)
    monkeypatch.setattr(web._Felles, "bind_field", lambda _meta, form, felt, om: felt.bind(form=form, **om))


def test_every_form_is_read_and_checked_as_wtforms_does_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    trekk = Random(7)  # noqa: S311 - the same each time
    alle = [_bart(skjema) for _, skjema in skjemaene()]
    assert len(alle) > 130
    with app.test_request_context(method="POST"):
        proever = [
            (skjema, sendt, kjent)
            for skjema in alle
            for navnene in [_navnene(skjema)]
            for sendt in (_sendt(navnene, trekk) for _ in range(_RUNDER))
            for kjent in [{navn: "7" for navn in navnene if "-" not in navn and trekk.random() < 0.1}]
        ]
        vaare = [_lest_og_sjekket(*proeve) for proeve in proever]
        _som_wtforms(monkeypatch)
        deres = [_lest_og_sjekket(*proeve) for proeve in proever]
    ulike = [proever[nr] for nr, (a, b) in enumerate(zip(vaare, deres, strict=True)) if a != b]
    assert ulike == []
    svarene = [cast(Any, ett)[1] for ett in vaare]
    assert min(svarene.count(True), svarene.count(False)) > 1_000


class _Stopper(StringField):
    """Stops with a message or without one, or is wrong, before what checks it is asked and after."""

    def pre_validate(self, form: Any) -> None:
        if self.data in {"", "x"}:
            raise StopValidation("stopp" if self.data else "")
        if self.data == "ja":
            raise ValidationError("foer")

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or self.data == "7":
            raise ValidationError(f"etter {validation_stopped}")


class _Rad(Skjemadel):
    navn = StringField("Navn", validators=[MaaFyllesUt()], default=lambda: "ny")
    valg = Flervalg("Valg", choices=cast(Any, lambda: [("x", "X"), ("7", "Sju")]), default=["x"])


_valg: Any = cast(Any, choices).SelectChoice


class _AltMulig(BaseForm):
    """What no form of the product has, and WTForms can do."""

    stopper = _Stopper("Stopper", validators=[Length(max=3)])
    filtrert = StringField("Filtrert", filters=[lambda tekst: tekst and tekst.upper()], validators=[Optional()])
    valg = web.SelectField("Velg", choices=cast(Any, lambda: [("x", "X"), ("ja", "Ja")]), validators=[Optional()])
    gruppert = web.SelectField("I grupper", choices=cast(Any, [_valg("x", "X", optgroup="En"), _valg("7", "Sju")]))
    rad = FormField(_Rad)
    rader = FieldList(FormField(_Rad), min_entries=1, max_entries=3)
    enkle = FieldList(StringField("Enkel", description="Om den", validators=[Length(min=2)]), default=["en", "to"])

    def validate_valg(self, field: Field) -> None:
        if field.data == "ja":
            raise ValidationError("ikke ja")


class _Ting:
    stopper, valg, enkle, rad = "7", "x", ("a", "b"), None


@pytest.mark.parametrize("ekstra", [None, {"stopper": [Length(min=2)], "valg": [MaaFyllesUt()]}])
def test_what_wtforms_can_do_and_no_form_of_ours_does_yet(
    app: Flask, monkeypatch: pytest.MonkeyPatch, ekstra: Any
) -> None:
    def alt() -> list[object]:
        # lists of their own each time: WTForms puts the form's own check into those it is given
        ny = lambda form: _AltMulig.validate(form, ekstra and {n: [*v] for n, v in ekstra.items()})  # noqa: E731
        return [_lest_og_sjekket(_bart(_avledet(_AltMulig, validate=ny)), *en) for en in proever]

    trekk = Random(8)  # noqa: S311 - the same each time
    with app.test_request_context(method="POST"):
        navnene = _navnene(_bart(_AltMulig))
        assert {"rader-1-navn", "rad-valg", "enkle-1"} <= {*navnene}
        kjente: list[Any] = [{}, {"obj": _Ting()}, {"data": {"valg": "ja"}, "rad": {"navn": "z"}}]
        proever = [(_sendt(navnene, trekk), trekk.choice(kjente)) for _ in range(200)]
        vaare = alt()
        _som_wtforms(monkeypatch)
        assert vaare == alt()


def test_a_form_that_filters_by_itself_is_refused() -> None:
    with pytest.raises(TypeError, match="filters nothing"):
        _avledet(Skjemadel, filter_navn=lambda form, verdi: verdi)
    with pytest.raises(TypeError, match="filters nothing"):
        Skjemadel(extra_filters={"navn": [str.strip]})
    with pytest.raises(TypeError, match="the token"):
        Skjemadel(meta={"csrf": True})


def test_wtforms_reads_few_fields_by_itself(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    lest: list[str] = []
    les: Any = Field.process

    def tell(felt: Field, *om: Any, **mer: Any) -> None:
        lest.append(felt.name)
        les(felt, *om, **mer)

    with app.test_request_context(method="POST"):
        alle = [(skjema, _navnene(skjema)) for skjema in (_bart(skjema) for _, skjema in skjemaene())]
        monkeypatch.setattr(Field, "process", tell)
        for skjema, navnene in alle:
            skjema(MultiDict(dict.fromkeys(navnene[::2], "x")))
    assert len(lest) < sum(len(navnene) for _, navnene in alle) / 5
