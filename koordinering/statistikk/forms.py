"""The forms of the pages with counts."""

from wtforms import SelectField

from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm, MaaFyllesUt, Tekstfelt


class TellingForm(BaseForm):
    """Which year to count."""

    aar = SelectField(N_("År"), coerce=int, validators=[MaaFyllesUt()])

    def med_aar(self, aar: list[int]) -> "TellingForm":
        """Offer these years."""
        self.aar.choices = [(ett, str(ett)) for ett in aar]
        return self


class EksportForm(BaseForm):
    """Which kind of file; the service knows which there are."""

    format = Tekstfelt(N_("Filtype"), maks=20)
