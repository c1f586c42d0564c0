"""The shape of what is typed about the card's venues."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from koordinering.db import i_dag
from koordinering.tekst import N_
from koordinering.tiltak.foering.forms import skrevet
from koordinering.tiltak.kort.models import Samarbeidssted
from koordinering.tiltak.kort.queries import Stedsoek
from koordinering.tiltak.kort.rules import Stedslag, Stedsopplysninger
from koordinering.web.skjema import DATO, BaseForm, DateField, MaaFyllesUt, SelectField, Tekstfelt, Versjonert
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt


def _slag() -> list[tuple[str, str]]:
    return [(slag.value, gettext(slag.tekst)) for slag in Stedslag]


class StedForm(Versjonert):
    """A new or changed venue."""

    navn = Tekstfelt(lazy_gettext(N_("Navn på stedet")), validators=[MaaFyllesUt()], maks=120)
    slag = SelectField(lazy_gettext(N_("Hva en gjør der")), validators=[MaaFyllesUt(N_("Velg noe fra listen."))])
    tak = Heltallsfelt(lazy_gettext(N_("Høyst så mange besøk per kort i året")), validators=[Optional()])
    fra = DateField(lazy_gettext(N_("Første dag")), format=DATO, widget=TextInput(), validators=[MaaFyllesUt()])
    til = DateField(lazy_gettext(N_("Siste dag")), format=DATO, widget=TextInput(), validators=[Optional()])

    def __init__(self, *args: Any, sted: Samarbeidssted | None = None, **kwargs: Any) -> None:
        if sted is not None:
            kwargs |= {felt: getattr(sted, felt) for felt in ("navn", "tak", "fra", "til", "versjon")}
            kwargs["slag"] = sted.slag.value
        else:
            kwargs["fra"] = i_dag().replace(month=1, day=1)
        super().__init__(*args, **kwargs)
        self.slag.choices = [("", gettext(N_("Velg"))), *_slag()]

    def opplysninger(self) -> Stedsopplysninger:
        """What was typed, after validate()."""
        return Stedsopplysninger(
            navn=self.navn.data or "",
            slag=Stedslag(self.slag.data),
            tak=self.tak.data,
            fra=skrevet(self.fra.data),
            til=self.til.data,
        )


class StedSoekForm(BaseForm):
    """Narrowing the list of venues."""

    q = Tekstfelt(lazy_gettext(N_("Navn på stedet")), maks=60)
    slag = SelectField(lazy_gettext(N_("Hva en gjør der")), validators=[Optional()])
    alle = BooleanField(lazy_gettext(N_("Også avsluttede")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slag.choices = [("", gettext(N_("Alle"))), *_slag()]

    def soek(self) -> Stedsoek:
        """What to narrow by; what is not understood narrows nothing."""
        slag = {en.value: en for en in Stedslag}
        return Stedsoek(tekst=self.q.data or "", slag=slag.get(self.slag.data or ""), ogsaa_avsluttede=self.alle.data)
