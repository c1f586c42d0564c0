"""Whether it is well, for machines and for the one who keeps it; and the numbers for Prometheus."""

import logging
import time

from flask import Blueprint, Flask, jsonify, render_template, request
from werkzeug.wrappers import Response

from koordinering.config import Config
from koordinering.db import db
from koordinering.drift.rules import Dom
from koordinering.drift.services import disken, maalere, treghet
from koordinering.drift.services.status import status
from koordinering.drift.services.tilstand import Helse, helse, skriv
from koordinering.roles import Rettighet
from koordinering.sporing import FELTER, STARTET
from koordinering.web.gate import monitoring, needs, public
from koordinering.web.huset import innstillinger, me

bp = Blueprint("drift", __name__)
log = logging.getLogger("koordinering.foresporsel")

_TEKST = "text/plain; version=0.0.4; charset=utf-8"


@bp.get("/helse/lever")
@public
def lever() -> Response:
    """200 as long as the process answers at all: a reason to start it anew when it does not. Asks no database."""
    return jsonify(status="ok")


@bp.get("/helse", endpoint="helse")
@bp.get("/helse/klar")
@public
def klar() -> tuple[Response, int]:
    """200 when the database and the key store answer, the schema is current and the disk takes what is written.

    Else 503: send nobody here. What cannot be written down cannot be shown either, for each page is a line in the log.
    """
    return _svar(helse(), skrives=disken.kan_skrives(innstillinger()))


def _svar(naa: Helse, *, skrives: bool) -> tuple[Response, int]:
    if naa.skjema is None:
        return jsonify(status="feil", database="svarer ikke"), 503
    if not naa.noekkellager:
        return jsonify(status="feil", database="svarer", noekkellager="svarer ikke"), 503
    if not naa.skjema.gjeldende:
        return jsonify(status="feil", database="svarer", skjema=naa.skjema.naa, nyeste=naa.skjema.nyeste), 503
    if not skrives:
        return jsonify(status="feil", database="svarer", skjema=naa.skjema.naa, disk="kan ikke skrives"), 503
    return jsonify(status="ok", database="svarer", skjema=naa.skjema.naa), 200


@bp.get("/metrics")
@monitoring
def metrikker() -> Response:
    """The numbers, for whoever shows the token of KOORDINERING_METRIKK_TOKEN. Nothing about a person or a family."""
    return Response(skriv(innstillinger()), content_type=_TEKST)


@bp.get("/drift")
@needs(Rettighet.DRIFT_LES)
def oversikt() -> str:
    """Whether the installation is well, and what to do where it is not."""
    return render_template("drift/status.html", status=status(innstillinger(), av=me()), Dom=Dom)


def _ta_tiden(svar: Response) -> Response:
    """Count the request, and tell in the log of one that was slow. No address is written: one can hold a search."""
    sendt = request._get_current_object()  # type: ignore[attr-defined]
    valg, startet = innstillinger().drift, sendt.environ.get(STARTET)
    sekunder = time.perf_counter() - startet if startet is not None else 0.0
    if valg.metrikk_token is not None:
        maalere.tell(sendt.endpoint, sendt.method, svar.status_code, sekunder)
    treg = valg.treg_ms and sekunder * 1000 >= valg.treg_ms
    if treg or valg.logg_alle:
        felter = {"endepunkt": sendt.endpoint, "metode": maalere.metode(sendt.method), "status": svar.status_code}
        melding = "slow request" if treg else "request"
        log.log(
            logging.WARNING if treg else logging.INFO,
            melding,
            extra={FELTER: felter | {"ms": round(sekunder * 1000)}},
        )
    return svar


def init_app(app: Flask, config: Config) -> None:
    """Begin to follow the requests, the statements and the connections. Inside the application's context."""
    app.after_request(_ta_tiden)
    if config.drift.logg_alle:
        log.setLevel(logging.INFO)
    for navn, engine in db.engines.items():
        treghet.foelg_med(engine, config.drift.treg_sql_ms, maalere.tell_treg)
        if config.drift.metrikk_token is not None:
            maalere.foelg_pool(engine, navn or "data")
