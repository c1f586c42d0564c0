"""What the pages of this package share: the blueprint, and looking up numbers and codes."""

from flask import Blueprint, request

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.saker import queries, services
from koordinering.saker.models import Sak
from koordinering.saker.rules.innboks import ForMangeOppslag
from koordinering.web.huset import me
from koordinering.web.skjema import BaseForm
from koordinering.web.sprak import gettext

bp = Blueprint("saker", __name__)


def logg_lesning(sak: Sak) -> None:
    """A page is about to show something of the case: a line in the log first, or nothing is shown."""
    audit.record(Hva.SAK_LEST, av=me(), gjelder=Ting("sak", sak.id, sak.enhet_id))


def kan_slaa_opp(form: BaseForm, med_nummer: bool) -> bool:
    """Whether the numbers or codes in the form may be looked up; says so above it when there were too many today."""
    try:
        if med_nummer:
            services.sjekk_oppslag(av=me(), adresse=request.remote_addr)
    except ForMangeOppslag as feil:
        form.form_errors.append(gettext(str(feil)))
        return False
    return True


def tell_oppslag() -> None:
    """A number or a code met a case of the unit without anything being registered: it counts as a look-up."""
    audit.record(Hva.SAK_SOEKT, av=me(), detalj="registrering")


def kjente_i_enheten(kjent: services.KjentIEgenEnhet) -> list[Sak]:
    """The unit's own cases that a number or a code met, as many as a page offers."""
    return [queries.i_enheten(me(), sak_id) for sak_id in kjent.saker[:3]]
