"""The form that picks what file a report is taken out as, and the filter of the overview."""

from collections.abc import Iterable

from flask import request

from koordinering.plan.rapport.services import Rapportformat
from koordinering.tekst import N_
from koordinering.tiltak.models import Strategi
from koordinering.users import Enhet
from koordinering.web.skjema import BaseForm, SelectField
from koordinering.web.sprak import gettext

ALLE = ""


class FilForm(BaseForm):
    """Which kind of file."""

    format = SelectField(validate_choice=True)

    def __init__(self) -> None:
        super().__init__()
        self.format.choices = [(slag.value, gettext(slag.tekst)) for slag in Rapportformat]


class OversiktForm(BaseForm):
    """A year, a strategy and a unit; what is not on the lists counts as no filter."""

    aar = SelectField(N_("År"))
    strategi = SelectField(N_("Strategi"))
    enhet = SelectField(N_("Hovedansvar"))

    @classmethod
    def fra_adressen(
        cls, aarene: Iterable[int], strategier: Iterable[Strategi], enheter: Iterable[Enhet]
    ) -> "OversiktForm":
        """The form as the address fills it."""
        form = cls(formdata=request.args)
        _velg(form.aar, [(str(aar), str(aar)) for aar in aarene])
        _velg(form.strategi, [(ALLE, gettext(N_("Alle strategier"))), *((en.id, en.id) for en in strategier)])
        _velg(form.enhet, [(ALLE, gettext(N_("Alle enheter"))), *((en.id, en.kortnavn) for en in enheter)])
        return form


def _velg(felt: SelectField, valg: list[tuple[str, str]]) -> None:
    felt.choices = valg
    if felt.data not in {verdi for verdi, _ in valg}:
        felt.data = valg[0][0]
