"""The filter of the list of indicators. What is not on the lists counts as no filter."""

from collections.abc import Iterable

from flask import request
from wtforms import StringField

from koordinering.plan.serier.rules import Opphav
from koordinering.plan.serier.rules.utvalg import Utvalg
from koordinering.tekst import N_
from koordinering.tiltak.models import Strategi
from koordinering.users import Enhet
from koordinering.web.skjema import BaseForm, SelectField
from koordinering.web.sprak import gettext

ALLE = ""


class SeriefilterForm(BaseForm):
    """A word, a strategy, a unit and an origin, or any of them."""

    q = StringField(N_("Søk"))
    strategi = SelectField(N_("Strategi"))
    enhet = SelectField(N_("Ansvarlig enhet"))
    opphav = SelectField(N_("Kilde"))

    @classmethod
    def fra_adressen(cls, strategier: Iterable[Strategi], enheter: Iterable[Enhet]) -> "SeriefilterForm":
        """The form as the address fills it."""
        form = cls(formdata=request.args)
        _velg(form.strategi, gettext(N_("Alle strategier")), [(en.id, en.id) for en in strategier])
        _velg(form.enhet, gettext(N_("Alle enheter")), [(en.id, en.kortnavn) for en in enheter])
        _velg(form.opphav, gettext(N_("Alle kilder")), [(o.value, gettext(o.tekst)) for o in Opphav])
        return form

    def utvalg(self) -> Utvalg:
        """What is looked for."""
        return Utvalg(self.q.data or "", self.strategi.data, self.enhet.data, self.opphav.data)


def _velg(felt: SelectField, alle: str, valg: list[tuple[str, str]]) -> None:
    felt.choices = [(ALLE, alle), *valg]
    if felt.data not in {verdi for verdi, _ in valg}:
        felt.data = ALLE
