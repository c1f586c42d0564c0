"""Fields for whole numbers and for kroner: with a space between thousands or without, as people write them."""

from typing import Any

import wtforms
from wtforms.validators import ValidationError

from koordinering.tallskrift import les_heltall, les_kroner
from koordinering.web.skjema import Tekstfelt
from koordinering.web.sprak import gettext


class Heltallsfelt(wtforms.IntegerField):
    """A whole number; the page shows it as it was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. WTForms' own reading takes «1_000» and no «1 000»."""
        if not valuelist:
            return
        self.data = None
        try:
            self.data = les_heltall(valuelist[0])
        except ValueError as feil:
            raise ValueError(gettext(str(feil))) from None


class Kronerfelt(Tekstfelt):
    """Kroner, kept as typed."""

    @property
    def oere(self) -> int:
        """The amount in øre; 0 where nothing is written, and for what is no amount, which validate() refuses."""
        try:
            return les_kroner(self.data or "")
        except ValueError:
            return 0

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no amount."""
        super().pre_validate(form)
        try:
            les_kroner(self.data or "")
        except ValueError as feil:
            raise ValidationError(gettext(str(feil))) from None
