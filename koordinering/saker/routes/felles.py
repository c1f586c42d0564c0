"""What the pages of this package share: the blueprint, and the limit on looking up numbers."""

from flask import Blueprint
from flask_babel import gettext

from koordinering import audit
from koordinering.audit import Hva
from koordinering.saker import services
from koordinering.saker.rules.innboks import ForMangeOppslag
from koordinering.web.huset import me
from koordinering.web.skjema import BaseForm

bp = Blueprint("saker", __name__)


def kan_slaa_opp(form: BaseForm, med_nummer: bool) -> bool:
    """Whether the numbers in the form may be looked up; says so above the form when there were too many today."""
    try:
        if med_nummer:
            services.sjekk_oppslag(av=me())
    except ForMangeOppslag as feil:
        form.form_errors.append(gettext(str(feil)))
        return False
    return True


def tell_oppslag() -> None:
    """A number met a case of the unit without anything being registered: it counts as a look-up."""
    audit.record(Hva.SAK_SOEKT, av=me(), detalj="registrering")
