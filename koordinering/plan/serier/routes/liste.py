"""The list of indicators, by strategy, and one of them."""

from collections.abc import Iterable

from flask import render_template, request

from koordinering.plan import queries as planen
from koordinering.plan.bilder import kan_tegnes, velg
from koordinering.plan.serier import queries
from koordinering.plan.serier.forms.filter import SeriefilterForm
from koordinering.plan.serier.routes.felles import bp
from koordinering.plan.serier.rules import Serie
from koordinering.plan.serier.rules.utvalg import velg_ut
from koordinering.roles import Rettighet
from koordinering.tiltak.models import Tiltak
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.get("/plan/indikatorer")
@needs(Rettighet.PLAN_LES)
def liste() -> str:
    """Every series under the strategy that it belongs to; those of the whole plan first, ended ones last."""
    strategier, enheter = planen.strategier(me()), planen.ansvarlige(me())
    form = SeriefilterForm.fra_adressen(strategier, enheter)
    tiltak = {en.id: en for en in planen.tiltaksliste(me())}
    valgte = _valgte(form, tiltak)
    return render_template(
        "serier/liste.html",
        form=form,
        grupper=_grupper(valgte, tiltak),
        avsluttede=[en for en in valgte if en.avsluttet],
        strategier={en.id: en for en in strategier},
        tiltak=tiltak,
        smalt=form.utvalg().smalt,
        kan_foere=bool(queries.kan_foeres(me(), valgte)),
    )


def _valgte(form: SeriefilterForm, tiltak: dict[str, Tiltak]) -> list[Serie]:
    ansvar = {en.id: frozenset(a.enhet_id for a in en.ansvar if a.hovedansvar) for en in tiltak.values()}
    return velg_ut(queries.serier(me()), form.utvalg(), {en.id: en.strategi_id for en in tiltak.values()}, ansvar)


def _grupper(serier: Iterable[Serie], tiltak: dict[str, Tiltak]) -> list[tuple[str, list[Serie]]]:
    """Under the strategy of the first measure that is in the plan; «» for those of the whole plan."""
    grupper: dict[str, list[Serie]] = {}
    for en in serier:
        if not en.avsluttet:
            strategi = next((tiltak[t].strategi_id for t in en.tiltak if t in tiltak), "")
            grupper.setdefault(strategi, []).append(en)
    orden = {en.strategi_id: nr for nr, en in enumerate(tiltak.values())}
    return sorted(grupper.items(), key=lambda par: orden.get(par[0], -1))


@bp.get("/plan/indikatorer/bilder")
@needs(Rettighet.PLAN_LES)
def bilder() -> str:
    """The series that can be drawn, as small pictures side by side, under their strategies."""
    strategier, enheter = planen.strategier(me()), planen.ansvarlige(me())
    form = SeriefilterForm.fra_adressen(strategier, enheter)
    tiltak = {en.id: en for en in planen.tiltaksliste(me())}
    valgte = _valgte(form, tiltak)
    grupper = _grupper((en for en in valgte if kan_tegnes(en)), tiltak)
    return render_template(
        "serier/bilder.html",
        form=form,
        grupper=[(strategi, [(en, velg(en, gettext)) for en in serier]) for strategi, serier in grupper],
        uten=[en for en in valgte if not en.avsluttet and not kan_tegnes(en)],
    )


@bp.get("/plan/indikator/<serie_id>")
@needs(Rettighet.PLAN_LES)
def vis(serie_id: str) -> str:
    """One series: its figures, how they are counted, where it breaks, and what was changed."""
    serie = queries.serie(me(), serie_id)
    return render_template(
        "serier/vis.html",
        serie=serie,
        bilde=velg(serie, gettext) if kan_tegnes(serie) else None,
        tiltak={en.id: en for en in planen.tiltaksliste(me())},
        kan_foere=queries.kan_foere(me(), serie),
        historikk=queries.historikk(me(), serie_id, request.args.get("side", "")),
    )
