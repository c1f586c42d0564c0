"""The fields of a form, copied from those of the form before it.

WTForms makes each field anew for each form: it asks the validators what they are, gathers their flags and reads its
arguments, and comes to the same every time. On a page with sixty fields that is a good part of what the page costs.
A field that has just been bound holds nothing of what was sent; as it is then, it is what the next one begins as.
"""

from dataclasses import dataclass
from typing import Any, cast

from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.fields.core import Label

from koordinering.web.sprak import gettext

_HER = "_moenster"
"""Where a field's declaration keeps what it was bound to: it lives as long as the declaration does."""
STILLE = "_stille"
"""Where a copied field keeps what it becomes when it is read (Stille); None where its default or its reading is its
own, and WTForms must read it."""

_Lister = tuple[tuple[str, Any], ...]
"""Names and lists: each field has its own."""


@dataclass(frozen=True)
class Stille:
    """What reading makes of a field that the form is not made with a value for: its default, and what follows of it."""

    uten: dict[str, Any]
    """Where no form was sent, and before what was sent is read."""
    uten_lister: _Lister
    tomt: dict[str, Any]
    """Where one was sent without this field."""
    tomme_lister: _Lister

    def les(self, felt: Field, sendt: Any) -> None:
        """As Field.process does."""
        holder = vars(felt)
        if sendt is not None and felt.name not in sendt:
            holder.update(self.tomt)
            for navn, verdi in self.tomme_lister:
                holder[navn] = verdi.copy()
            return
        holder.update(self.uten)
        for navn, verdi in self.uten_lister:
            holder[navn] = verdi.copy()
        if sendt is not None:
            skrevet = felt.raw_data = sendt.getlist(felt.name)
            try:
                felt.process_formdata(skrevet)
            except ValueError as feil:
                cast(list[str], felt.process_errors).append(feil.args[0])


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
    return str(tekst) if isinstance(tekst, LazyString) else tekst and gettext(tekst)


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
    """Bind the declaration of a field to a form, as UnboundField.bind does; `om` is what the form says of it.

    Its texts are marked with N_ where the form is written, and come in the reader's language.
    """
    moenster: _Moenster | None = felt.__dict__.get(_HER)
    if moenster is None:
        return _bind_foerste(form, felt, om)
    kopi: Field = object.__new__(moenster.klasse)
    kopi.__dict__ = holder = moenster.holder.copy()
    for egen in moenster.egne:
        holder[egen] = holder[egen].copy()
    holder["_form"], holder["meta"] = form, om.get("_meta", form.meta)
    holder["short_name"] = kort = om["name"]
    holder["name"] = navn = om["prefix"] + kort if "prefix" in om else kort
    holder["id"] = id_ = om.get("id", moenster.id or navn)
    if om["translations"] is not None:
        holder["_translations"] = om["translations"]
    # a text of its own, else it is made of the name, as WTForms does
    tekst = moenster.ledetekst if moenster.ledetekst is not None else kort.replace("_", " ").title()
    holder["label"] = Ledetekst(id_ if moenster.peker else cast(str, False), tekst)
    if kopi.description:
        kopi.description = lest(kopi.description)
    return kopi


def _bind_foerste(form: Any, felt: Any, om: dict[str, Any]) -> Field:
    """As WTForms does it; what comes of it is kept with the declaration."""
    bundet: Any = felt.bind(form=form, **om)
    if bundet._datalist is None:  # which knows the id of its field
        annet = felt.bind(form=form, **{**om, "name": f"{om['name']}_"})
        moenster = _moenster(bundet, ledetekst=annet.label.text is bundet.label.text)
        moenster.holder[STILLE] = _stille(*(felt.bind(form=form, **om) for _ in range(2)))
        setattr(felt, _HER, moenster)
    bundet.label = Ledetekst(bundet.label.field_id, bundet.label.text)
    bundet.description = lest(bundet.description)
    return cast(Field, bundet)


def _moenster(felt: Field, *, ledetekst: bool) -> _Moenster:
    """`ledetekst`: its label has a text of its own, whatever the field is called."""
    settes = dict.fromkeys(("_form", "meta", "short_name", "name", "id", "label"))
    holder = {navn: verdi for navn, verdi in vars(felt).items() if navn != "_translations"} | settes
    egne = {navn: verdi.copy() for navn, verdi in holder.items() if isinstance(verdi, (list, dict))}
    return _Moenster(
        klasse=type(felt),
        holder=holder | egne,
        egne=tuple(egne),
        ledetekst=felt.label.text if ledetekst else None,
        peker=bool(felt.label.field_id),
        id=None if felt.id == felt.name else felt.id,
    )


def _stille(en: Any, to: Any) -> Stille | None:
    """Two fields just bound are read, one without a form and one from an empty one, to see what becomes of them."""
    if type(en).process is not Field.process or callable(en.default) or en.filters:
        return None
    uten, uten_lister = _lest(en, None)
    tomt, tomme_lister = _lest(to, MultiDict())
    # a message is in the reader's language, and is not kept
    return None if en.process_errors or to.process_errors else Stille(uten, uten_lister, tomt, tomme_lister)


def _lest(felt: Field, sendt: MultiDict[str, str] | None) -> tuple[dict[str, Any], _Lister]:
    """What reading sets in the field, and the lists among it."""
    foer = dict(vars(felt))
    felt.process(sendt)
    satt = {navn: verdi for navn, verdi in vars(felt).items() if navn not in foer or foer[navn] is not verdi}
    lister = tuple((navn, verdi) for navn, verdi in satt.items() if isinstance(verdi, list))
    return {navn: verdi for navn, verdi in satt.items() if not isinstance(verdi, list)}, lister
