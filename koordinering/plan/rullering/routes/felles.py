"""What the pages that edit the plan share: the blueprint, what is being edited, and where they lead back to."""

from typing import TypeVar

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from koordinering.errors import FinnesIkke
from koordinering.plan.rullering import queries
from koordinering.plan.rullering.forms import Grunnlag
from koordinering.plan.rullering.queries import Redigering
from koordinering.plan.rullering.rules import FinnesUtkast, IngenUtkast, Plandel, Versjonsstatus
from koordinering.tekst import Kode
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

bp = Blueprint("rullering", __name__)

Svar = str | Response | tuple[str, int]
K = TypeVar("K", bound=Kode)

_HVOR = {"utkast": Versjonsstatus.UTKAST, "gjeldende": Versjonsstatus.GJELDENDE}


def hent(hvor: str) -> Redigering:
    """What is being edited, from the word in the address. Raises FinnesIkke, IngenUtkast."""
    if hvor not in _HVOR:
        raise FinnesIkke
    return queries.redigering(me(), _HVOR[hvor])


def grunnlag(side: Redigering) -> Grunnlag:
    """What the forms choose from."""
    return Grunnlag(side.fil, side.enheter)


def les_plandel(slag: str) -> Plandel:
    """The kind of part, from the word in the address. Raises FinnesIkke."""
    try:
        return Plandel(slag)
    except ValueError:
        raise FinnesIkke from None


def til_delen(hvor: str, slag: Plandel, del_id: str) -> str:
    """The page that shows a part where it is edited."""
    if slag is Plandel.TILTAK:
        return url_for("rullering.tiltak", hvor=hvor, tiltak_id=del_id)
    return url_for("rullering.rediger", hvor=hvor, _anchor=f"del-{slag.value}")


@bp.errorhandler(IngenUtkast)
def _ingen_utkast(feil: IngenUtkast) -> Response:
    """The draft went while the page was open, or somebody came back to it: the list of versions says what there is."""
    flash(gettext(str(feil)), "info")
    return redirect(url_for("rullering.versjoner"), 303)


@bp.errorhandler(FinnesUtkast)
def _finnes_utkast(feil: FinnesUtkast) -> Response:
    flash(gettext(str(feil)), "info")
    return redirect(url_for("rullering.rediger", hvor="utkast"), 303)
