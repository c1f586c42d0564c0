"""The filter of the plan's matrix."""

from collections.abc import Iterable

from flask import request

from koordinering.tekst import N_
from koordinering.tiltak.models import Strategi
from koordinering.users import Enhet
from koordinering.web.skjema import BaseForm, SelectField
from koordinering.web.sprak import gettext


class PlanfilterForm(BaseForm):
    """One unit, one strategy, or both. What is not on the lists counts as no filter."""

    enhet = SelectField(N_("Enhet"))
    strategi = SelectField(N_("Strategi"))

    @classmethod
    def fra_adressen(cls, enheter: Iterable[Enhet], strategier: Iterable[Strategi]) -> "PlanfilterForm":
        """The form as the address fills it."""
        form = cls(formdata=request.args)
        _velg(form.enhet, gettext("Alle enheter"), [(enhet.id, enhet.kortnavn) for enhet in enheter])
        _velg(form.strategi, gettext("Alle strategier"), [(strategi.id, strategi.id) for strategi in strategier])
        return form


def _velg(felt: SelectField, alle: str, valg: list[tuple[str, str]]) -> None:
    felt.choices = [("", alle), *valg]
    if felt.data not in {verdi for verdi, _ in valg}:
        felt.data = ""
