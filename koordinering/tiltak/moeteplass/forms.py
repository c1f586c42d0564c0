"""The shape of what is typed about open offers."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import TextInput

from koordinering.db import i_dag
from koordinering.tekst import N_
from koordinering.tiltak.foering.forms import skrevet
from koordinering.tiltak.foering.rules import AAR
from koordinering.tiltak.moeteplass import queries
from koordinering.tiltak.moeteplass.models import Moeteplass
from koordinering.tiltak.moeteplass.queries import Moeteplassoek
from koordinering.tiltak.moeteplass.rules import Moeteplassopplysninger, Ukedag, les_grupper
from koordinering.users import User
from koordinering.web.skjema import DATO, BaseForm, DateField, Flervalg, MaaFyllesUt, SelectField, Tekstfelt, Versjonert
from koordinering.web.sprak import gettext


class MoeteplassForm(Versjonert):
    """A new or changed open offer."""

    tiltak_id = SelectField(lazy_gettext(N_("Tiltak")), validators=[MaaFyllesUt(N_("Velg et tiltak."))])
    enhet_id = SelectField(lazy_gettext(N_("Enhet som teller")), validators=[MaaFyllesUt(N_("Velg en enhet."))])
    navn = Tekstfelt(lazy_gettext(N_("Navn")), validators=[MaaFyllesUt()], maks=60)
    grupper = TextAreaField(lazy_gettext(N_("Aldersgrupper")), validators=[MaaFyllesUt()])
    ukedager = Flervalg(
        lazy_gettext(N_("Vanligvis åpent")),
        validators=[Optional()],
    )
    fra = DateField(lazy_gettext(N_("Første dag")), format=DATO, widget=TextInput(), validators=[MaaFyllesUt()])
    til = DateField(lazy_gettext(N_("Siste dag")), format=DATO, widget=TextInput(), validators=[Optional()])

    def __init__(self, user: User, *args: Any, moeteplass: Moeteplass | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **(_som_felter(moeteplass) if moeteplass else {"fra": i_dag()}), **kwargs)
        self.ukedager.choices = [(dag.value, gettext(dag.tekst)) for dag in Ukedag]
        self.enhet_id.choices = [("", gettext(N_("Velg")))] + [(e.id, e.navn) for e in queries.enheter(user)]
        if moeteplass is not None:
            del self.tiltak_id
            return
        self.tiltak_id.choices = [("", gettext(N_("Velg")))]
        self.tiltak_id.choices += [(t.id, f"{t.id} {t.kortnavn}") for t in queries.moeteplasstiltak()]

    def opplysninger(self) -> Moeteplassopplysninger:
        """What was typed, after validate()."""
        return Moeteplassopplysninger(
            navn=self.navn.data or "",
            fra=skrevet(self.fra.data),
            til=self.til.data,
            ukedager=tuple(Ukedag(dag) for dag in self.ukedager.data or ()),
            grupper=les_grupper(self.grupper.data or ""),
        )


def _som_felter(moeteplass: Moeteplass) -> dict[str, Any]:
    felter = ("enhet_id", "navn", "fra", "til", "ukedager", "versjon")
    return {felt: getattr(moeteplass, felt) for felt in felter} | {
        "grupper": "\n".join(gruppe.navn for gruppe in moeteplass.i_bruk)
    }


class DagForm(BaseForm):
    """The day to go to."""

    dag = DateField(
        lazy_gettext(N_("Dato")),
        format=DATO,
        widget=TextInput(),
        validators=[MaaFyllesUt(N_("Skriv datoen som dd.mm.åååå."))],
        description=N_("dd.mm.åååå"),
    )

    def validate_dag(self, felt: Any) -> None:
        """A year that a day in the product can lie in."""
        if felt.data is not None and not AAR[0] <= felt.data.year <= AAR[1]:
            raise ValidationError(gettext(N_("Skriv en dato med et årstall fra 2000 til 2100.")))


class MoeteplassSoekForm(BaseForm):
    """Narrowing the list of open offers."""

    q = Tekstfelt(lazy_gettext(N_("Navn")), maks=60)
    alle = BooleanField(lazy_gettext(N_("Også avsluttede")))

    def soek(self) -> Moeteplassoek:
        """What to narrow by."""
        return Moeteplassoek(tekst=self.q.data or "", ogsaa_avsluttede=self.alle.data)
