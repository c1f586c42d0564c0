"""What is chosen from a list is taken and refused as WTForms takes and refuses it, whatever the choices look like."""

from itertools import product
from typing import Any

import pytest
import wtforms
from werkzeug.datastructures import MultiDict
from wtforms import Form

from koordinering.web.skjema import Flervalg, RadioField, SelectField

_SLAGENE = [
    (SelectField, wtforms.SelectField),
    (RadioField, wtforms.RadioField),
    (Flervalg, wtforms.SelectMultipleField),
]
_VALGENE: list[Any] = [
    [],
    [("a", "A"), ("b", "B")],
    (("a", "A"), ("", "Ingen")),
    [(1, "En"), ("2", "To")],
    [(None, "Ingen"), ("a", "A")],
    ["a", "bc"],
    [("a", "A"), "b"],
    {"Gruppe": [("a", "A"), ("b", "B")]},
    lambda: [("a", "A")],
]
_SENDT: list[list[str]] = [[], [""], ["a"], ["b"], ["a", "b"], ["a", "x"], ["1"], ["2"], ["None"], ["bc"], ["A"]]


def _svar(slag: Any, valg: Any, sendt: list[str], **om: Any) -> object:
    class Skjema(Form):
        felt = slag(choices=valg, **om)

    skjema = Skjema(MultiDict([("felt", en) for en in sendt]))
    try:
        return skjema.validate(), skjema.errors, skjema.felt.data
    except (TypeError, ValueError) as feil:
        return str(feil)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # groups as WTForms had them before 3.3
@pytest.mark.parametrize(("vaart", "deres"), _SLAGENE)
@pytest.mark.parametrize("om", [{}, {"coerce": int}, {"validate_choice": False}, {"default": "a"}], ids=str)
def test_a_choice_is_taken_and_refused_as_wtforms_does(vaart: Any, deres: Any, om: dict[str, Any]) -> None:
    alle = [(valg, sendt) for valg, sendt in product(_VALGENE, _SENDT)]
    svarene = [_svar(vaart, valg, sendt, **om) for valg, sendt in alle]
    assert svarene == [_svar(deres, valg, sendt, **om) for valg, sendt in alle]
    assert len({str(svar) for svar in svarene}) > 4, "some are taken and some refused"
