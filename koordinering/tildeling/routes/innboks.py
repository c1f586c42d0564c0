"""«Til enheten»: what waits for the user's unit, oldest first."""

from flask import render_template, request

from koordinering import audit
from koordinering.audit import Hva
from koordinering.roles import Rettighet
from koordinering.tildeling import queries
from koordinering.tildeling.queries import FILTERSTATUSER, Innboksfilter
from koordinering.tildeling.routes.felles import bp
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import antall_tekst


@bp.get("/innboks")
@needs(Rettighet.HENVISNING_MOTTA)
def innboks() -> str:
    """The inbox, by a named filter."""
    filter_ = _filter(request.args.get("filter", ""))
    audit.record(Hva.LISTE_LEST, av=me(), detalj=f"innboks:{filter_.value}")
    side = queries.innboks(me(), filter_, request.args.get("side", ""))
    antall = queries.antall_i_innboks(me())
    return render_template(
        "tildeling/innboks.html",
        side=side,
        valgt=filter_,
        filtre={f: antall_tekst(sum(antall[s] for s in FILTERSTATUSER[f])) for f in Innboksfilter},
        innsyn={rad.id: rad.innsyn for rad in side.rader},
    )


def _filter(verdi: str) -> Innboksfilter:
    """What stands in the address; whatever is wrong with it, the usual filter."""
    return Innboksfilter(verdi) if verdi in set(Innboksfilter) else Innboksfilter.VENTER
