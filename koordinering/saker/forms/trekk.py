"""The form that withdraws a referral."""

from typing import Any

from flask_babel import lazy_gettext

from koordinering.saker.forms.felter import valg
from koordinering.saker.rules.overganger import Trekkgrunn
from koordinering.saker.rules.registrering import MAKS_FRITEKST
from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm, Fritekstfelt, MaaFyllesUt, RadioField


class TrekkForm(BaseForm):
    """Why; with a note only for «Annet»."""

    grunn = RadioField(lazy_gettext(N_("Hvorfor trekkes den?")), validators=[MaaFyllesUt(N_("Velg en grunn."))])
    fritekst = Fritekstfelt(lazy_gettext(N_("Kort forklaring når grunnen er «Annet»")), maks=MAKS_FRITEKST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grunn.choices = valg(Trekkgrunn)
