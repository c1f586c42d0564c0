"""The form of a statutory authority in the code list."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from koordinering.saker.models import Hjemmel
from koordinering.saker.rules.hjemler import Hjemmelopplysninger
from koordinering.tekst import N_
from koordinering.tiltak.foering.forms import skrevet
from koordinering.web.skjema import DATO, BaseForm, DateField, MaaFyllesUt


class HjemmelForm(BaseForm):
    """Its words, and from when to when it can be chosen."""

    vist = HiddenField()
    tekst = TextAreaField(lazy_gettext(N_("Hva hjemmelen er")), validators=[MaaFyllesUt(N_("Skriv hva hjemmelen er."))])
    fra = DateField(
        lazy_gettext(N_("Kan velges fra og med")),
        format=DATO,
        widget=TextInput(),
        validators=[MaaFyllesUt(N_("Skriv datoen som dd.mm.åååå."))],
    )
    til = DateField(lazy_gettext(N_("Kan velges til og med")), format=DATO, widget=TextInput(), validators=[Optional()])

    def __init__(self, *args: Any, hjemmel: Hjemmel | None = None, **kwargs: Any) -> None:
        if hjemmel is not None:
            kwargs["data"] = {
                "vist": hjemmel.avtrykk(),
                "tekst": hjemmel.tekst,
                "fra": hjemmel.gyldig_fra,
                "til": hjemmel.gyldig_til,
            }
        super().__init__(*args, **kwargs)

    def opplysninger(self) -> Hjemmelopplysninger:
        """What was typed, after validate()."""
        tekst = " ".join(str(self.tekst.data or "").replace("\x00", "").split())
        return Hjemmelopplysninger(tekst, skrevet(self.fra.data), self.til.data)
