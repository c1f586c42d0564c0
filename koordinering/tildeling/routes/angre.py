"""Undoing on the allocation pages: whoever undoes stands where she stood, and is told what is free again."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.tekst import N_
from koordinering.tildeling import queries, services
from koordinering.tildeling.routes.felles import GJORT, blir_ledig, bp, skrevet
from koordinering.tildeling.routes.fordel import her
from koordinering.tildeling.rules import Handling
from koordinering.tildeling.rules.flere import MAKS_SAMTIDIG
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

_FOR_SENT = N_(
    "Ingenting er endret. Plassen kan ikke angres lenger: Det er gått mer enn ti minutter, "
    "eller noe er gjort med den siden."
)


@bp.post("/fordel/angre")
@needs(Rettighet.TILDELING_GI)
def fordel_angre() -> Response:
    """Undo what was given a moment ago, and back to the page it was undone on."""
    henvisning_id = skrevet("henvisning_id")
    try:
        with transaction():
            henvisning = saker.mottatt(me(), henvisning_id)
            ledig = blir_ledig(queries.aapen_tildeling(henvisning))
            services.angre(henvisning, av=me())
    except UgyldigOvergang:
        flash(gettext(_FOR_SENT), "advarsel")
    else:
        flash(f"{gettext(GJORT[Handling.ANGRE])} {ledig}".strip(), "suksess")
    return redirect(_der_hun_sto(), 303)


def _der_hun_sto() -> str:
    """The outcome of several at once where it was undone there, else the queue and the places."""
    besluttet = request.args.getlist("forslag")[:MAKS_SAMTIDIG]
    if besluttet:
        return url_for("tildeling.fordel_utfall", forslag=besluttet, **her())
    return url_for("tildeling.fordel", **her())
