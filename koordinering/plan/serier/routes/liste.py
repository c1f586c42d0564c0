"""The list of indicators, by strategy, and one of them."""

from collections.abc import Iterable

from flask import render_template

from koordinering.plan import queries as planen
from koordinering.plan.serier import queries
from koordinering.plan.serier.forms.filter import SeriefilterForm
from koordinering.plan.serier.routes.felles import bp
from koordinering.plan.serier.rules import Serie
from koordinering.plan.serier.rules.utvalg import Utvalg, velg
from koordinering.roles import Rettighet
from koordinering.tiltak.models import Tiltak
from koordinering.web.gate import needs
from koordinering.web.huset import me


@bp.get("/plan/indikatorer")
@needs(Rettighet.PLAN_LES)
def liste() -> str:
    """Every series under the strategy that it belongs to; those of the whole plan first, ended ones last."""
    strategier, enheter = planen.strategier(me()), planen.ansvarlige(me())
    form = SeriefilterForm.fra_adressen(strategier, enheter)
    tiltak = {en.id: en for en in planen.tiltaksliste(me())}
    ansvar = {en.id: frozenset(a.enhet_id for a in en.ansvar if a.hovedansvar) for en in tiltak.values()}
    utvalg = Utvalg(form.q.data or "", form.strategi.data, form.enhet.data, form.opphav.data)
    valgte = velg(queries.serier(me()), utvalg, {en.id: en.strategi_id for en in tiltak.values()}, ansvar)
    return render_template(
        "serier/liste.html",
        form=form,
        grupper=_grupper(valgte, tiltak),
        avsluttede=[en for en in valgte if en.avsluttet],
        strategier={en.id: en for en in strategier},
        tiltak=tiltak,
        smalt=utvalg.smalt,
    )


def _grupper(serier: Iterable[Serie], tiltak: dict[str, Tiltak]) -> list[tuple[str, list[Serie]]]:
    """Under the strategy of the first measure that is in the plan; «» for those of the whole plan."""
    grupper: dict[str, list[Serie]] = {}
    for en in serier:
        if not en.avsluttet:
            strategi = next((tiltak[t].strategi_id for t in en.tiltak if t in tiltak), "")
            grupper.setdefault(strategi, []).append(en)
    orden = {en.strategi_id: nr for nr, en in enumerate(tiltak.values())}
    return sorted(grupper.items(), key=lambda par: orden.get(par[0], -1))


@bp.get("/plan/indikatorer/<serie_id>")
@needs(Rettighet.PLAN_LES)
def vis(serie_id: str) -> str:
    """One series: its figures, how they are counted, where it breaks, and what was changed."""
    serie = queries.serie(me(), serie_id)
    tiltak = {en.id: en for en in planen.tiltaksliste(me())}
    return render_template("serier/vis.html", serie=serie, tiltak=tiltak)
