"""The form that holds a case back."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from wtforms.widgets import TextInput

from koordinering.db import i_dag
from koordinering.saker.forms.felter import valg
from koordinering.saker.rules.registrering import MAKS_FRITEKST
from koordinering.saker.rules.tilbakehold import Holdegrunn
from koordinering.tekst import N_
from koordinering.web.skjema import DATO, BaseForm, DateField, Fritekstfelt, MaaFyllesUt, RadioField


class HoldForm(BaseForm):
    """Why, and until when; with a line of text only for «Annet», and none in a health unit."""

    grunn = RadioField(
        lazy_gettext(N_("Hvorfor skal saken ikke slettes?")), validators=[MaaFyllesUt(N_("Velg en grunn."))]
    )
    til = DateField(
        lazy_gettext(N_("Hold den til og med")),
        format=DATO,
        widget=TextInput(),
        validators=[MaaFyllesUt(N_("Skriv en dag."))],
    )
    fritekst = Fritekstfelt(lazy_gettext(N_("Kort forklaring når grunnen er «Annet»")), maks=MAKS_FRITEKST)

    def __init__(self, *args: Any, helse: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grunn.choices = valg(grunn for grunn in Holdegrunn if not (helse and grunn is Holdegrunn.ANNET))
        if helse:
            del self.fritekst

    @property
    def tekst(self) -> str | None:
        """The explanation, where the unit may write one."""
        felt = self._fields.get("fritekst")
        return felt.data if felt is not None else None

    @property
    def dag(self) -> date:
        """The day chosen, in a form that is valid."""
        return self.til.data or i_dag()
