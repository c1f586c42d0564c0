"""Edits one part of the plan: a measure's page, a form, a new part, taking out, taking back and moving."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import transaction
from koordinering.errors import Endret, FinnesIkke
from koordinering.plan.rullering.forms import NYE, SKJEMAER, Skjema
from koordinering.plan.rullering.forms.felter import Delform
from koordinering.plan.rullering.forms.versjon import FjernForm
from koordinering.plan.rullering.queries import Redigering
from koordinering.plan.rullering.routes.felles import Svar, bp, grunnlag, hent, les_plandel, til_delen
from koordinering.plan.rullering.rules import IBruk, Plandel
from koordinering.plan.rullering.rules.endring import avtrykk
from koordinering.plan.rullering.rules.forskjell import kalles
from koordinering.plan.rullering.services import rediger
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.get("/plan/rediger/<hvor>/tiltak/<tiltak_id>")
@needs(Rettighet.PLAN_ENDRE)
def tiltak(hvor: str, tiltak_id: str) -> str:
    """A measure with all its fields, each group with a way to edit it."""
    side = hent(hvor)
    linje = side.krev(Plandel.TILTAK, tiltak_id)
    return render_template("rullering/tiltak.html", side=side, hvor=hvor, linje=linje, felter=side.ordene(linje))


@dataclass(frozen=True)
class _Delside:
    hvor: str
    side: Redigering
    skjema: Skjema
    linje: Any
    del_id: str

    @classmethod
    def hent(cls, hvor: str, skjema: str, del_id: str) -> "_Delside":
        side = hent(hvor)
        valgt = SKJEMAER.get(skjema)
        if valgt is None or (valgt.bare_utkast and not side.er_utkast):
            raise FinnesIkke
        return cls(hvor, side, valgt, side.krev(valgt.slag, del_id), del_id)

    def form(self) -> Delform:
        grunn = self.side.rad.grunner.get(f"{self.skjema.slag.value}:{self.del_id}", "") if self.side.er_utkast else ""
        return self.skjema.form(self.linje, grunnlag(self.side), self.side.hvor, grunn)

    def vis(self, form: Delform, *, konflikt: bool) -> str:
        felter = form.felter() if konflikt else {}
        return render_template(
            "rullering/del.html",
            form=form,
            side=self.side,
            hvor=self.hvor,
            slag=self.skjema.slag,
            del_id=self.del_id,
            tittel=gettext(self.skjema.tittel),
            navn=kalles(self.skjema.slag, self.linje),
            endring=self.side.endring(self.skjema.slag, self.del_id),
            staar_naa=[(navn, ord_) for felt, navn, ord_ in self.side.ordene(self.linje) if felt in felter],
            tilbake=til_delen(self.hvor, self.skjema.slag, self.del_id),
        )


@bp.route("/plan/rediger/<hvor>/<skjema>/<plandel_id>", methods=["GET", "POST"])
@needs(Rettighet.PLAN_ENDRE)
def endre(hvor: str, skjema: str, plandel_id: str) -> Svar:
    """Edit some fields of one part, in the draft or in the plan in force."""
    side = _Delside.hent(hvor, skjema, plandel_id)
    form = side.form()
    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            endret = rediger.endre(side.side.hvor, form.rettelse(plandel_id), av=me())
        if forsoek.gikk:
            flash(gettext(N_("Endringen er lagret.")) if endret else gettext(N_("Ingenting var endret.")), "suksess")
            return redirect(til_delen(hvor, side.skjema.slag, plandel_id), 303)
        side = _Delside.hent(hvor, skjema, plandel_id)
    if forsoek.endret:
        form.avtrykk.data = avtrykk(side.linje)
    return side.vis(form, konflikt=forsoek.endret), forsoek.status


@bp.route("/plan/utkast/ny/<nytt>", methods=["GET", "POST"])
@needs(Rettighet.PLAN_ENDRE)
def ny(nytt: str) -> Svar:
    """A new part of the draft."""
    valgt = NYE.get(nytt)
    if valgt is None:
        raise FinnesIkke
    side = hent("utkast")
    valg = grunnlag(side)
    form = valgt.form(valg)
    forsoek = Forsoek(form)
    if forsoek.gyldig:
        linje = form.linje(valg)
        with forsoek.gjoer():
            rediger.legg_til(valgt.slag, linje, _grunn(form), av=me())
        if forsoek.gikk:
            flash(gettext(valgt.lagret), "suksess")
            return redirect(til_delen("utkast", valgt.slag, linje.id), 303)
        side = hent("utkast")
    til = url_for("rullering.rediger", hvor="utkast")
    svar = render_template("rullering/ny.html", form=form, side=side, tittel=gettext(valgt.tittel), tilbake=til)
    return svar, forsoek.status


def _grunn(form: Any) -> str | None:
    return (form.grunn.data or None) if "grunn" in form else None


@bp.route("/plan/utkast/<plandel>/<plandel_id>/fjern", methods=["GET", "POST"])
@needs(Rettighet.PLAN_ENDRE)
def fjern(plandel: str, plandel_id: str) -> Svar:
    """Take a part out of the draft, asked first."""
    side, form, delen = hent("utkast"), FjernForm(), les_plandel(plandel)
    linje = side.krev(delen, plandel_id)
    navn, forsoek = kalles(delen, linje), Forsoek(form, IBruk)
    if forsoek.gyldig:
        with forsoek.gjoer():
            rediger.fjern(delen, plandel_id, form.grunn.data or None, av=me())
        if forsoek.gikk:
            flash(gettext(N_("Tatt ut av utkastet: %(navn)s.")) % {"navn": navn}, "suksess")
            return redirect(url_for("rullering.rediger", hvor="utkast"), 303)
        side = hent("utkast")
    tilbake = til_delen("utkast", delen, plandel_id)
    i_planen = side.i_planen(delen, plandel_id)
    return (
        render_template(
            "rullering/fjern.html", form=form, side=side, slag=delen, navn=navn, tilbake=tilbake, i_planen=i_planen
        ),
        forsoek.status,
    )


@bp.post("/plan/utkast/<plandel>/<plandel_id>/tilbake")
@needs(Rettighet.PLAN_ENDRE)
def tilbake(plandel: str, plandel_id: str) -> Response:
    """Make a part of the draft as it is in the plan in force again."""
    try:
        with transaction():
            rediger.ta_tilbake(les_plandel(plandel), plandel_id, av=me())
    except IBruk as feil:
        flash(gettext(str(feil)), "feil")
    else:
        flash(gettext(N_("Delen er slik den er i planen som gjelder.")), "suksess")
    return redirect(url_for("rullering.rediger", hvor="utkast"), 303)


@bp.post("/plan/utkast/<plandel>/<plandel_id>/flytt")
@needs(Rettighet.PLAN_ENDRE)
def flytt(plandel: str, plandel_id: str) -> Response:
    """Move a part of the draft one step up or down."""
    with transaction():
        rediger.flytt(les_plandel(plandel), plandel_id, -1 if request.form.get("vei") == "opp" else 1, av=me())
    flash(gettext(N_("Flyttet.")), "suksess")
    return redirect(til_delen("utkast", les_plandel(plandel), plandel_id), 303)


@bp.post("/plan/tiltak/<tiltak_id>/plassering")
@needs(Rettighet.PLAN_ENDRE)
def plasser(tiltak_id: str) -> Response:
    """Confirm where an uncertain measure stands, or take the confirmation back."""
    sikker = request.form.get("sikker", "ja") != "nei"
    with transaction():
        rediger.plasser(tiltak_id, sikker=sikker, av=me())
    flash(
        gettext(N_("Plasseringen er bekreftet.")) if sikker else gettext(N_("Bekreftelsen er tatt tilbake.")), "suksess"
    )
    return redirect(url_for("plan.tiltak", tiltak_id=tiltak_id), 303)
