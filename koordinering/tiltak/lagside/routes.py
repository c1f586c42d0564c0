"""The page of one club, above the clubs since it shows what others have with it. Each part asks for its own right."""

from flask import Blueprint, render_template, request

from koordinering.access import can
from koordinering.db import db, i_dag
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tiltak import queries as tilbudene
from koordinering.tiltak.klubbesoek import queries as besoekene
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.lag import queries as lagene
from koordinering.tiltak.models import Tilbud
from koordinering.web.gate import needs
from koordinering.web.huset import me

bp = Blueprint("lagside", __name__)

VISES = 10
"""Offers and visits on the club's own page; the rest stand in lists of their own."""


@bp.get("/lag/<int:lag_id>")
@needs(Rettighet.LAG_LES)
def vis(lag_id: int) -> str:
    """One club: how it is reached, what it offers, and when it was visited."""
    laget, session = lagene.lag(me(), lag_id), db.session()
    tilbud = hent_side(
        session,
        tilbudene.lagets_tilbud(me(), lag_id),
        [Tilbud.sesong_til, Tilbud.id],
        synkende=True,
        stoerrelse=VISES,
    )
    besoek = hent_side(
        session,
        besoekene.hos_laget(me(), lag_id),
        [Klubbesoek.dag, Klubbesoek.id],
        synkende=True,
        stoerrelse=VISES,
    )
    return render_template(
        "lag/vis.html",
        lag=laget,
        kan_endre=can(me(), Rettighet.LAG_ENDRE),
        tilbud=tilbud,
        tilstander=tilbudene.tilstander([t.beholdning_id for t in tilbud.rader]),
        loepende=tilbudene.loepende_tilbud(me(), lag_id),
        besoek=besoek,
        i_dag=i_dag(),
    )


@bp.get("/lag/<int:lag_id>/besoek")
@needs(Rettighet.KLUBBESOEK_FOER)
def besoek(lag_id: int) -> str:
    """The unit's visits to a club, of every year."""
    side = hent_side(
        db.session(),
        besoekene.hos_laget(me(), lag_id),
        [Klubbesoek.dag, Klubbesoek.id],
        synkende=True,
        noekkel=request.args.get("side", ""),
    )
    return render_template("lag/besoek.html", lag=lagene.lag(me(), lag_id), side=side)
