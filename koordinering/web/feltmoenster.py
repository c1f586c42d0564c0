"""The fields of a form, copied from those of the form before it.

WTForms makes each field anew for each form: it asks the validators what they are, gathers their flags and reads its
arguments, and comes to the same every time. On a page with sixty fields that is a good part of what the page costs.
A field that has just been bound holds nothing of what was sent; as it is then, it is what the next one begins as.
"""

from dataclasses import dataclass
from typing import Any, cast

from flask_babel.speaklater import LazyString
from wtforms import Field
from wtforms.fields.core import Label

from koordinering.web.sprak import gettext

_HER = "_moenster"
"""Where a field's declaration keeps what it was bound to: it lives as long as the declaration does."""


@dataclass(frozen=True)
class _Moenster:
    """A field that was bound to some form, without that form."""

    klasse: type[Field]
    holder: dict[str, Any]
    egne: tuple[str, ...]
    """What each field must have a copy of: lists that its form may add to."""
    ledetekst: Any
    """The label's text, None where it follows the name."""
    peker: bool
    """The label leads to the field; not where there are several buttons to choose from."""
    id: str | None
    """None where it follows the name."""


def lest(tekst: str | LazyString) -> str:
    """In the reader's language; a lazy text reads itself, and looks itself up each time it is asked for anything."""
    return str(tekst) if isinstance(tekst, LazyString) else gettext(tekst)


class Ledetekst(Label):
    """A label that is read when somebody asks for it: a form that was sent and was right shows none of its sixty."""

    def __init__(self, field_id: str, text: str) -> None:
        self.field_id = field_id
        self._skrevet, self._lest = text, ""

    @property
    def text(self) -> str:
        """In the reader's language."""
        self._lest = self._lest or lest(self._skrevet)
        return self._lest

    @text.setter
    def text(self, tekst: str) -> None:
        self._skrevet, self._lest = tekst, ""


def bind(form: Any, felt: Any, om: dict[str, Any]) -> Field:
    """Bind the declaration of a field to a form, as UnboundField.bind does; `om` is what the form says of it."""
    moenster: _Moenster | None = felt.__dict__.get(_HER)
    if moenster is None:
        bundet: Any = felt.bind(form=form, **om)
        if bundet._datalist is None:  # which knows the id of its field
            annet = felt.bind(form=form, **{**om, "name": f"{om['name']}_"})
            setattr(felt, _HER, _moenster(bundet, ledetekst=annet.label.text is bundet.label.text))
        return cast(Field, bundet)
    kopi: Field = object.__new__(moenster.klasse)
    holder = kopi.__dict__
    holder.update(moenster.holder)
    for navn in moenster.egne:
        holder[navn] = holder[navn].copy()
    holder["_form"], holder["meta"] = form, om.get("_meta") or form.meta
    holder["short_name"], holder["name"] = om["name"], om.get("prefix", "") + om["name"]
    holder["id"] = om.get("id") or moenster.id or holder["name"]
    if om.get("translations") is not None:
        holder["_translations"] = om["translations"]
    skrevet = moenster.ledetekst is not None  # else it is made of the name, as WTForms does
    tekst = moenster.ledetekst if skrevet else om["name"].replace("_", " ").title()
    holder["label"] = Ledetekst(holder["id"] if moenster.peker else cast(str, False), tekst)
    return kopi


def _moenster(felt: Field, *, ledetekst: bool) -> _Moenster:
    """`ledetekst`: its label has a text of its own, whatever the field is called."""
    utelatt = {"_form", "meta", "short_name", "name", "id", "label", "_translations"}
    holder = {navn: verdi for navn, verdi in vars(felt).items() if navn not in utelatt}
    egne = {navn: verdi.copy() for navn, verdi in holder.items() if isinstance(verdi, (list, dict))}
    return _Moenster(
        klasse=type(felt),
        holder=holder | egne,
        egne=tuple(egne),
        ledetekst=felt.label.text if ledetekst else None,
        peker=bool(felt.label.field_id),
        id=None if felt.id == felt.name else felt.id,
    )
