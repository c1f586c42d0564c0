"""The form that withdraws a referral."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import Field
from wtforms.validators import ValidationError

from koordinering.saker.forms.felter import valg
from koordinering.saker.rules.overganger import Trekkgrunn
from koordinering.saker.rules.registrering import MAKS_FRITEKST
from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm, Fritekstfelt, MaaFyllesUt, RadioField
from koordinering.web.sprak import gettext


class TekstVedAnnet:
    """«Annet» says nothing without a text, where the unit may write one."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError when the reason is «Annet» and nothing is written."""
        if form.grunn.data == "annet" and not (field.data or "").strip():
            raise ValidationError(gettext(N_("Skriv kort hva grunnen er.")))


class TrekkForm(BaseForm):
    """Why; with a note for «Annet» and for no other reason, where the unit may write one."""

    grunn = RadioField(lazy_gettext(N_("Hvorfor trekkes den?")), validators=[MaaFyllesUt(N_("Velg en grunn."))])
    fritekst = Fritekstfelt(
        lazy_gettext(N_("Kort forklaring når grunnen er «Annet»")), maks=MAKS_FRITEKST, validators=[TekstVedAnnet()]
    )

    def __init__(self, *args: Any, fri_tekst: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not fri_tekst:
            del self.fritekst
        self.grunn.choices = valg(Trekkgrunn)
