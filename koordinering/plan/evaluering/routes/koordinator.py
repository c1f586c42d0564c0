"""The coordinator's pages: what is due, the choices, the bodies and what each of them hears."""

from flask import flash, redirect, render_template, url_for

from koordinering.access import can
from koordinering.db import i_dag, transaction
from koordinering.errors import DomainError
from koordinering.plan import queries as planen
from koordinering.plan.aktiviteter import queries as aktiviteter
from koordinering.plan.evaluering import queries, services
from koordinering.plan.evaluering.forms import EvalueringForm, ValgForm
from koordinering.plan.evaluering.routes.felles import Svar, bp
from koordinering.plan.evaluering.rules import REGLER_I_ORD, Evalueringsfilter
from koordinering.plan.organer import queries as organer
from koordinering.plan.organer import services as organtjenester
from koordinering.plan.organer.forms import AarForm, OrganForm
from koordinering.plan.organer.models import Organ
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.samtidig import til_det_nye
from koordinering.web.sprak import gettext


@bp.get("/plan/evaluering")
@needs(Rettighet.EVALUERING_STYR)
def oversikt() -> str:
    """Every measure's evaluation: when, how it stands, whose turn it is."""
    form = EvalueringForm.fra_adressen(planen.strategier(me()), planen.ansvarlige(me()))
    alle = queries.stand(me(), i_dag(), enhet=form.enhet.data or None, strategi=form.strategi.data or None)
    return render_template(
        "evaluering/oversikt.html",
        form=form,
        rader=[en for en in alle if en.passer(form.valgt)],
        i_alt=len(alle),
        tallene=[
            {
                "tall": sum(en.passer(f) for en in alle),
                "tekst": gettext(f.tekst).lower(),
                "href": url_for("evaluering.oversikt", filter=f.value),
            }
            for f in (Evalueringsfilter.FORFALT, Evalueringsfilter.SNART, Evalueringsfilter.SENDT)
        ],
    )


@bp.route("/plan/evaluering/valg", methods=["GET", "POST"])
@needs(Rettighet.EVALUERING_STYR)
def valg() -> Svar:
    """The choices that the dates rest on, and the rule of each cadence in words."""
    form = ValgForm(queries.valg())
    forsoek = Forsoek(form, DomainError)
    if forsoek.gyldig:
        with forsoek.gjoer():
            services.lagre_valg(form.valgene(), versjon=form.lest_versjon(), av=me())
    if forsoek.gikk:
        flash(gettext(N_("Valgene er lagret.")), "suksess")
        return redirect(url_for("evaluering.oversikt"), 303)
    if forsoek.endret:
        til_det_nye(form, ValgForm(queries.valg(), formdata=None))
    side = render_template("evaluering/valg.html", form=form, regler=REGLER_I_ORD, paa_epost=services.post_i_bruk())
    return side, forsoek.status


@bp.get("/plan/organer")
@needs(Rettighet.PLAN_LES)
def organene() -> str:
    """The bodies that measures report to."""
    styrer = can(me(), Rettighet.EVALUERING_STYR)
    return render_template(
        "organer/liste.html",
        organer=organer.organer(me()),
        mangler=organer.mangler(me()) if styrer else [],
    )


@bp.get("/plan/organer/<int:organ_id>")
@needs(Rettighet.PLAN_LES)
def organet(organ_id: int) -> str:
    """What one body hears: its measures, the approved assessments of a year, and what was done there."""
    organ = organer.organ(me(), organ_id)
    i_aar = i_dag().year
    aarene = sorted({i_aar, i_aar - 1, *queries.aarene(me())}, reverse=True)
    form = AarForm.fra_adressen(aarene, i_aar - 1)
    ider = {rad.tiltak_id for rad in organ.tiltak}
    return render_template(
        "organer/vis.html",
        organ=organ,
        form=form,
        aar=form.valgt,
        stander=[en for en in queries.stand(me(), i_dag()) if en.tiltak.id in ider],
        vurderinger=queries.vurderinger(me(), form.valgt),
        aktiviteter=aktiviteter.hos_organet(me(), organ.id, form.valgt),
    )


@bp.route("/plan/organer/nytt", methods=["GET", "POST"])
@needs(Rettighet.EVALUERING_STYR)
def nytt_organ() -> Svar:
    """Add a body."""
    return _organskjema(None)


@bp.route("/plan/organer/<int:organ_id>/endre", methods=["GET", "POST"])
@needs(Rettighet.EVALUERING_STYR)
def endre_organ(organ_id: int) -> Svar:
    """Change a body, or which measures it hears of."""
    return _organskjema(organ_id)


def _organskjema(organ_id: int | None) -> Svar:
    form = OrganForm(organer.tiltak(me()), organ=_organ(organ_id))
    forsoek = Forsoek(form, DomainError)
    if forsoek.gyldig:
        navn, tiltak = form.navn.data or "", form.tiltak.data or []
        with forsoek.gjoer():
            organtjenester.lagre(_organ(organ_id), navn, tiltak, versjon=form.lest_versjon(), av=me())
    if forsoek.gikk:
        flash(gettext(N_("Organet er lagret.")), "suksess")
        return redirect(url_for("evaluering.organene"), 303)
    if forsoek.endret:
        til_det_nye(form, OrganForm(organer.tiltak(me()), organ=_organ(organ_id), formdata=None))
    return render_template("organer/skjema.html", form=form, organ=_organ(organ_id)), forsoek.status


def _organ(organ_id: int | None) -> Organ | None:
    return organer.organ(me(), organ_id) if organ_id is not None else None


@bp.post("/plan/organer/<int:organ_id>/slett")
@needs(Rettighet.EVALUERING_STYR)
def slett_organ(organ_id: int) -> Svar:
    """Take a body off the list."""
    with transaction():
        organtjenester.slett(organer.organ(me(), organ_id), av=me())
    flash(gettext(N_("Organet er tatt bort.")), "suksess")
    return redirect(url_for("evaluering.organene"), 303)


@bp.post("/plan/organer/fra-planen")
@needs(Rettighet.EVALUERING_STYR)
def organer_fra_planen() -> Svar:
    """Put in what the plan's own words name and the list has not."""
    with transaction():
        organtjenester.hent_fra_planen(av=me())
    flash(gettext(N_("Organene planen nevner, står nå i listen.")), "suksess")
    return redirect(url_for("evaluering.organene"), 303)
