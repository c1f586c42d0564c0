"""The form that asks why a case outside the own inbox is opened."""

from typing import Any

from flask_babel import lazy_gettext

from koordinering.saker.forms.felter import valg
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.rules.registrering import MAKS_FRITEKST
from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm, Fritekstfelt, MaaFyllesUt, RadioField


class GrunnForm(BaseForm):
    """Why; with a line of text only for «Annet»."""

    grunn = RadioField(lazy_gettext(N_("Hvorfor åpner du saken?")), validators=[MaaFyllesUt(N_("Velg en grunn."))])
    tekst = Fritekstfelt(lazy_gettext(N_("Kort forklaring når grunnen er «Annet»")), maks=MAKS_FRITEKST)

    def __init__(self, *args: Any, helse: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grunn.choices = valg(g for g in Aapningsgrunn if not helse or g is not Aapningsgrunn.ANNET)
        if helse:  # a health unit writes no free text
            del self.tekst

    @property
    def forklaring(self) -> str | None:
        """What was written; None in a health unit."""
        return self.tekst.data if "tekst" in self._fields else None
