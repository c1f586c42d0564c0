"""The start page: the work that waits, per role."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from koordinering.forside.panel import Antall
from koordinering.forside.paneler import EGEN_START, paneler
from koordinering.tiltak.utstyr.forms.felter import SkannForm
from koordinering.web.gate import signed_in
from koordinering.web.huset import innstillinger, me
from koordinering.web.side import tall
from koordinering.web.sprak import gettext

bp = Blueprint("forside", __name__)


@bp.get("/")
@signed_in
def start() -> str | Response:
    """What waits for the one who is signed in; or the one page of work that a role has."""
    egen = EGEN_START.get(me().roller)
    if egen is not None:
        return redirect(url_for(egen), 303)
    vist = [(panel, [_noekkeltall(en) for en in panel.antall]) for panel in paneler(me(), innstillinger())]
    skann = SkannForm(formdata=None) if any(panel.skann for panel, _ in vist) else None
    return render_template("forside/start.html", paneler=vist, skann=skann)


def _noekkeltall(antall: Antall) -> dict[str, str]:
    return {
        "tall": gettext("over 1 000") if antall.mange else tall(antall.antall),
        "tekst": gettext(antall.tekst),
        "href": url_for(antall.endpoint, filter=antall.filter),
    }
