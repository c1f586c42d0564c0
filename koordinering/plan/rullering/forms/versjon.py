"""Forms over the plan's versions: what to compare, why something is taken out, and the decision."""

from collections.abc import Sequence

from flask import request
from flask_babel import lazy_gettext
from wtforms import HiddenField
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from koordinering.plan.rullering.forms.felter import MAKS_GRUNN, Planlinje
from koordinering.plan.rullering.services.versjoner import Vedtak
from koordinering.tekst import N_
from koordinering.tiltak.foering.forms import skrevet
from koordinering.web.skjema import DATO, BaseForm, DateField, Fritekstfelt, MaaFyllesUt, SelectField


class SammenlignForm(BaseForm):
    """Two versions. What is not on the list counts as the newest, and the one before it."""

    fra = SelectField(lazy_gettext(N_("Fra versjon")))
    til = SelectField(lazy_gettext(N_("Til versjon")))

    def __init__(self, numre: Sequence[int]) -> None:
        super().__init__(formdata=request.args)
        for felt, ellers in ((self.fra, numre[1:2] or numre[:1]), (self.til, numre[:1])):
            felt.choices = [(str(nr), str(nr)) for nr in numre]
            if felt.data not in {str(nr) for nr in numre}:
                felt.data = str(ellers[0]) if ellers else ""


class FjernForm(BaseForm):
    """Why a part is taken out."""

    grunn = Fritekstfelt(lazy_gettext(N_("Hvorfor")), validators=[Optional()], maks=MAKS_GRUNN)


class VedtaForm(BaseForm):
    """The decision that a draft is put in force by."""

    sett = HiddenField()
    organ = Planlinje(
        lazy_gettext(N_("Vedtatt av")), validators=[MaaFyllesUt(N_("Skriv hvem som vedtok planen."))], maks=120
    )
    dato = DateField(
        lazy_gettext(N_("Dato for vedtaket")),
        format=DATO,
        widget=TextInput(),
        validators=[MaaFyllesUt(N_("Skriv datoen."))],
    )
    sak = Planlinje(lazy_gettext(N_("Saksnummer")), validators=[Optional()], maks=60)

    def vedtak(self) -> Vedtak:
        """What was typed, after validate()."""
        return Vedtak(self.organ.data or "", skrevet(self.dato.data), self.sak.data or None)
