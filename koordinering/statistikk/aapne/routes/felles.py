"""How an answer to everybody is given: limited per address, kept for a while, readable from other sites.

What is answered never depends on who asks, and no cookie is read or set: it may be kept by whoever stands between. The
pages have the menu of whoever is signed in, and are kept only where the request had no cookie.
"""

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, request, url_for

from koordinering.konto.services import grenser
from koordinering.statistikk.aapne.export import Datasett
from koordinering.statistikk.aapne.queries import Tabellrad
from koordinering.web.sprak import gettext

bp = Blueprint("aapnedata", __name__)
styring_bp = Blueprint("aapne", __name__)

SEKUNDER = 300
"""How long an answer is kept: so long does a closed release live on with whoever has fetched it."""

_FOR_ALLE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@bp.before_request
def _begrens() -> Response | None:
    """Count the request before anything is made; too many from one network wait."""
    try:
        grenser.ta_forsoek(grenser.aapne_data(request.remote_addr))
    except grenser.VentLitt as vent:
        svar = Response(gettext(str(vent)) + "\n", 429, content_type="text/plain; charset=utf-8")
        svar.headers["Retry-After"] = str(vent.sekunder)
        return svar
    return None


@bp.after_request
def _for_alle(svar: Response) -> Response:
    svar.headers.update(_FOR_ALLE)
    if svar.status_code == 200 and svar.mimetype == "text/html" and not request.cookies:
        svar.headers["Cache-Control"] = f"public, max-age={SEKUNDER}"
        svar.headers.add("Vary", "Cookie")
    return svar


def fil(innhold: str | bytes, slag: str, navn: str | None = None) -> Response:
    """A file for everybody. What the asker has already is not sent again."""
    svar = Response(innhold, content_type=f"{slag}; charset=utf-8")
    svar.set_etag(hashlib.sha256(svar.get_data()).hexdigest()[:32])
    svar.headers["Cache-Control"] = f"public, max-age={SEKUNDER}"
    if navn is not None:
        svar.headers.set("Content-Disposition", "inline", filename=navn)
    svar.make_conditional(request)
    return svar


def som_json(data: Any, slag: str = "application/json") -> Response:
    """The same, of what JSON can hold."""
    return fil(json.dumps(data, ensure_ascii=False, indent=1), slag)


def adresse(sti: str) -> str:
    """The whole address of something below the open data's own."""
    return str(url_for("aapnedata.indeks", _external=True)) + sti


def datasett(rad: Tabellrad) -> Datasett:
    """An open table as the indexes tell of it."""
    p = rad.publisering
    assert p.nummer is not None and p.publisert is not None  # noqa: S101, PT018 - what is released has both
    return Datasett(p.nummer, rad.kode, rad.tittel, p.aar, p.publisert.date())
