"""A field that is copied from the form before it is as one that WTForms has just made."""

from functools import partial
from typing import Any, cast

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, Form, FormField, RadioField, SelectField, StringField
from wtforms.fields.core import Flags, Label
from wtforms.i18n import DummyTranslations
from wtforms.validators import InputRequired

from koordinering.web import feltmoenster
from koordinering.web.skjema import BaseForm
from tests.skjemaer import skjemaene


def _holder(felt: Field) -> dict[str, Any]:
    """What a field holds, comparable; of its label what a page asks for."""
    deler = {navn: vars(verdi) if isinstance(verdi, Flags) else verdi for navn, verdi in vars(felt).items()}
    deler.pop(feltmoenster.STILLE, None)
    label = felt.label
    tekstene = {"label": (isinstance(label, Label), label.field_id, str(label.text), label())}
    return deler | tekstene | {"slag": type(felt), "description": str(felt.description)}


_FELTER = {
    f"{navnet}.{navn}": felt
    for navnet, skjema in skjemaene()
    for navn, felt in vars(skjema).items()
    if hasattr(felt, "field_class")
}
_SPRAAK = DummyTranslations()


@pytest.mark.parametrize(
    "om",
    [
        {"name": "felt", "prefix": "", "translations": None},
        {"name": "et_felt", "prefix": "barn-3-", "translations": _SPRAAK},
        {"name": "rad-7", "id": "rad-7", "_meta": object(), "translations": _SPRAAK},
    ],
    ids=["alone", "in a row", "as a row"],
)
def test_a_copied_field_is_as_a_new_one(om: dict[str, Any]) -> None:
    skjema = Form()
    for felt in _FELTER.values():
        feltmoenster.bind(skjema, felt, om)  # the first may be the one that is copied
    kopiert, nye = (
        {navn: _holder(bind(felt)) for navn, felt in _FELTER.items()}
        for bind in (partial(_bind, skjema, om), lambda felt: felt.bind(form=skjema, **om))
    )
    assert len(nye) > 250
    assert [navn for navn in nye if kopiert[navn] != nye[navn]] == []


def _bind(skjema: Form, om: dict[str, Any], felt: Any) -> Field:
    return feltmoenster.bind(skjema, felt, om)


class _Rad(Form):
    navn = StringField("Navn")


class _Skjema(BaseForm):
    brukernavn = StringField("Brukernavn")
    """Its label is what WTForms would have made of the name, and is its own all the same."""
    valg = SelectField("Velg", choices=cast(Any, ["a"]))
    svar = RadioField("Svar", validators=[InputRequired()])
    egen = StringField("Egen", id="en-annen", render_kw={"class": "smal"})
    rader = FieldList(FormField(_Rad))


def test_forms_share_nothing_that_is_changed(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        foerste = _Skjema(MultiDict({"valg": "a", "rader-0-navn": "x", "rader-4-navn": "y"}))
        foerste.svar.choices = [("ja", "Ja")]
        cast(Any, foerste.valg.choices).append("b")
        foerste.egen.render_kw["class"] = "bred"
        foerste.valg.label.text = "Noe annet"
        assert not foerste.validate()
        assert foerste.svar.errors
        andre = _Skjema(MultiDict({"svar": "ja"}))
    assert cast(Any, andre.valg.choices) == ["a"]
    assert andre.svar.choices is None
    assert andre.egen.render_kw == {"class": "smal"}
    assert andre.valg.label.text == "Velg"
    assert (andre.egen.id, andre.egen.name) == ("en-annen", "egen")
    assert not andre.svar.errors
    skjema, annet_navn = Form(), {"name": "konto", "prefix": "", "translations": _SPRAAK}
    assert feltmoenster.bind(skjema, _Skjema.brukernavn, annet_navn).label.text == "Brukernavn"
    assert [list(rad.form) for rad in andre.rader] == []
    assert [(rad.form.navn.name, rad.form.navn.id, rad.form.navn.data) for rad in foerste.rader] == [
        ("rader-0-navn", "rader-0-navn", "x"),
        ("rader-1-navn", "rader-1-navn", "y"),
    ]
