"""What a club is told: one sheet with place numbers, «ett barn», the age group, «fra kommunen», and nothing else."""

from flask import render_template

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import db, now
from koordinering.roles import Rettighet
from koordinering.tildeling import queries
from koordinering.tildeling.routes.felles import bp
from koordinering.tildeling.rules.runde import gaar_til_laget
from koordinering.tiltak import queries as tiltaket
from koordinering.web.gate import needs
from koordinering.web.huset import me


@bp.get("/tilbud/<int:tilbud_id>/ark")
@needs(Rettighet.TILBUD_ENDRE)
def ark(tilbud_id: int) -> str:
    """The places that are given in an offer, to print or copy for the club. What can still be undone is not there."""
    tilbud = tiltaket.eget_tilbud(me(), tilbud_id)
    gitt = list(db.session.scalars(queries.i_bruk(me(), tilbud.beholdning_id)))
    klare = [t for t in gitt if gaar_til_laget(t.gitt, now())]
    audit.record(Hva.LAPP_SKREVET, av=me(), gjelder=Ting("tilbud", tilbud.id, tilbud.enhet_id))
    aldre = {t.id: queries.innsyn(t.henvisning).alder if t.henvisning.til_mottaker else None for t in klare}
    return render_template("tildeling/ark.html", tilbud=tilbud, gitt=klare, alder=aldre, venter=len(gitt) - len(klare))
