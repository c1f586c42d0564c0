"""Released figures, for everybody who signs in: the list, one release, a table, and files."""

from flask import Response, render_template, request

from koordinering.roles import Rettighet
from koordinering.statistikk import services
from koordinering.statistikk.aapne import queries as aapne
from koordinering.statistikk.disclosure import Tegn
from koordinering.statistikk.export import Format
from koordinering.statistikk.forms import EksportForm, PubliseringssoekForm
from koordinering.statistikk.routes.felles import bp, last_ned
from koordinering.web.gate import needs
from koordinering.web.huset import me


@bp.get("/publiseringer")
@needs(Rettighet.STATISTIKK_PUBLISERT_LES)
def publiseringer() -> str:
    """Releases, the newest first."""
    sok = PubliseringssoekForm(me(), request.args)
    side = services.liste(sok.soek(), request.args.get("side", ""), av=me())
    return render_template("statistikk/publiseringer.html", sok=sok, side=side)


@bp.get("/publiseringer/<int:publisering_id>")
@needs(Rettighet.STATISTIKK_PUBLISERT_LES)
def publisering(publisering_id: int) -> str:
    """One release: what is in it, who made it, and what can be done with a draft."""
    vis = services.innhold(publisering_id, av=me())
    return render_template(
        "statistikk/publisering.html",
        vis=vis,
        aapning=aapne.aapning(me(), publisering_id) if vis.publisering.nummer else None,
        kan_aapnes=aapne.opplysninger() is not None,
    )


@bp.get("/publiseringer/<int:publisering_id>/<kode>")
@needs(Rettighet.STATISTIKK_PUBLISERT_LES)
def publisert_tabell(publisering_id: int, kode: str) -> str:
    """A released table."""
    return render_template(
        "statistikk/publisert.html",
        vis=services.vis_publisert(publisering_id, kode, av=me()),
        alternativer=services.alternativer(kode),
        koblingstabell=services.koblingstabell(),
        tegn=Tegn,
        formater=Format,
    )


@bp.post("/publiseringer/<int:publisering_id>/<kode>/eksport")
@needs(Rettighet.STATISTIKK_PUBLISERT_LES)
def publisert_eksport(publisering_id: int, kode: str) -> Response:
    """A released table as a file."""
    form = EksportForm()
    form.validate_on_submit()
    return last_ned(
        services.eksporter_publisert(publisering_id, kode, form.format.data or "", av=me(), adresse=request.remote_addr)
    )


@bp.post("/publiseringer/<int:publisering_id>/pakke")
@needs(Rettighet.STATISTIKK_PUBLISERT_LES)
def pakke(publisering_id: int) -> Response:
    """All of a release as a zip."""
    return last_ned(services.pakke(publisering_id, av=me(), adresse=request.remote_addr))
