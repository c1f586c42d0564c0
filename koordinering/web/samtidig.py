"""Two people at the same form: what the other saved stands at its field, and the next try counts."""

from typing import Any

from wtforms import BooleanField, Field, HiddenField

from koordinering.tekst import N_
from koordinering.web.feltmeldinger import NAA_STAAR
from koordinering.web.skjema import BaseForm, i_ord
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Kronerfelt


def til_det_nye(form: BaseForm, naa: BaseForm, *, merke: str = "versjon") -> None:
    """Keep what was typed, say at each field what is saved there now where that is something else, and let the next
    try count.

    `naa` is the same form as it would be opened now; `merke` is the field that says what the page showed. Without the
    new mark the form could never be saved; without what is saved now, the other's work would be written over unseen.
    """
    form[merke].data = naa[merke].data
    for felt in form:
        lagret = naa._fields.get(felt.short_name)
        if lagret is None or isinstance(felt, HiddenField) or _verdi(lagret) == _verdi(felt):
            continue
        staar = _paa_siden(lagret)
        if staar.split() != _paa_siden(felt).split():
            felt.errors = [*felt.errors, gettext(NAA_STAAR) % {"hva": staar}]


def _verdi(felt: Field) -> Any:
    """What a field holds. An amount is the same however it is written."""
    return (bool(felt.data), felt.oere) if isinstance(felt, Kronerfelt) else felt.data


def _paa_siden(felt: Field) -> str:
    """What a field holds, in the words of the page; a text with its lines as they are written."""
    skrevet = getattr(felt, "_value", None)
    if skrevet is None or isinstance(felt, BooleanField) or getattr(felt, "choices", None):
        return i_ord(felt, felt.data)
    linjer = [linje.strip() for linje in str(skrevet()).strip().splitlines()]
    return "\n".join(linjer) or gettext(N_("ingenting"))
