"""A joint answer across units: the officer's pages, and each unit's own part."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import i_dag, now, transaction
from koordinering.errors import UgyldigFelt
from koordinering.konto import services as konto
from koordinering.personvern.krav import queries, services
from koordinering.personvern.krav.export import Filslag
from koordinering.personvern.krav.forms import DelForm, SamletForm
from koordinering.personvern.krav.models import Krav, Kravdel
from koordinering.personvern.krav.queries import Kravfilter
from koordinering.personvern.krav.routes.dokument import om_saken, samlet
from koordinering.personvern.krav.routes.felles import bp, som_fil, valgt_fil, valgt_filter
from koordinering.personvern.krav.routes.krav import Svar, side
from koordinering.personvern.krav.rules.dokument import Dokument
from koordinering.roles import Rettighet
from koordinering.saker.rules.innboks import ForMangeOppslag
from koordinering.saker.services import sjekk_oppslag
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.get("/samlet")
@needs(Rettighet.KRAV_SAMLE)
def samlede() -> str:
    """The joint answers that the user's unit puts together, what is overdue first."""
    filter_ = valgt_filter()
    return render_template(
        "krav/samlede.html",
        side=queries.samlede(me(), filter_, request.args.get("side", "")),
        filter=filter_,
        filtre=[f for f in Kravfilter if f not in {Kravfilter.FOR_SENT, Kravfilter.BEGRENSET}],
        idag=i_dag(),
        utpekt=services.er_utpekt(me()),
    )


@bp.get("/samlet/deler")
@needs(Rettighet.KRAV_GODKJENN)
def deler() -> str:
    """The unit's own parts of joint answers."""
    audit.record(Hva.LISTE_LEST, av=me(), detalj="krav:deler")
    return render_template("krav/deler.html", side=queries.deler(me(), request.args.get("side", "")), naa=now())


@bp.route("/samlet/ny", methods=["GET", "POST"])
@needs(Rettighet.KRAV_SAMLE)
def ny_samlet() -> Svar:
    """Ask the units. The answer is the same whoever knows the family."""
    services.utpekt(me())
    form = SamletForm(data={"mottatt": i_dag()})
    if request.method == "GET":
        return render_template("krav/ny_samlet.html", form=form)
    status = 422
    if form.validate():
        try:
            krav_id = _be_om_deler(form)
        except UgyldigFelt as feil:
            form.feil(feil)
        except ForMangeOppslag as feil:
            form.form_errors.append(gettext(str(feil)))
            status = feil.status
        else:
            flash(gettext(N_("Kravet er registrert. Tjenester som har noe om familien, blir spurt.")))
            return redirect(url_for("krav.vis_samlet", samlet_id=krav_id), 303)
    return render_template("krav/ny_samlet.html", form=form), status


def _be_om_deler(form: SamletForm) -> int:
    sjekk_oppslag(form.antall_numre, av=me(), adresse=request.remote_addr)
    for _ in range(form.antall_numre):
        audit.record(Hva.SAK_SOEKT, av=me(), detalj="nummer")
    indekser = form.indekser()
    with transaction():
        return services.be_om_deler(form.kravets_id, form.normaliserte, indekser, form.dag, form.sjekket, av=me()).id


@bp.get("/samlet/<int:samlet_id>")
@needs(Rettighet.KRAV_SAMLE)
def vis_samlet(samlet_id: int) -> str:
    """One joint answer: what is approved, once the units' time is out."""
    return side(queries.samlet(me(), samlet_id))


@bp.get("/samlet/<int:samlet_id>/innsyn")
@needs(Rettighet.KRAV_SAMLE)
def samlet_innsyn(samlet_id: int) -> str:
    """The approved parts put together, to read or print. Logged in each case's own log."""
    krav, dokument = _samlet(samlet_id, Hva.INNSYN_LEST)
    return render_template("krav/innsyn.html", krav=krav, dokument=dokument, filslag=list(Filslag))


@bp.post("/samlet/<int:samlet_id>/fil")
@needs(Rettighet.KRAV_SAMLE)
def samlet_fil(samlet_id: int) -> Response:
    """The same as a file."""
    konto.ta_uttrekk(av=me(), adresse=request.remote_addr)
    slag = valgt_fil()
    _, dokument = _samlet(samlet_id, Hva.INNSYN_HENTET, slag.value)
    return som_fil(dokument, slag)


def _samlet(samlet_id: int, hva: Hva, detalj: str | None = None) -> tuple[Krav, Dokument]:
    krav = queries.samlet(me(), samlet_id)
    godkjente = queries.godkjente(krav)
    gjelder = [Ting("sak", del_.sak_id, del_.enhet_id) for del_ in godkjente]
    for ting in gjelder or [Ting("krav", krav.id, krav.enhet_id)]:
        audit.record(hva, av=me(), gjelder=ting, detalj=detalj)
    lest = [services.les_del(del_) for del_ in godkjente]
    return krav, samlet([dokument for dokument in lest if dokument is not None])


@bp.get("/samlet/deler/<int:del_id>")
@needs(Rettighet.KRAV_GODKJENN)
def vis_del(del_id: int) -> str:
    """The unit's part as it would be given, for its leader. Opening it is logged first."""
    return _delside(del_id, DelForm(formdata=None))


def _delside(del_id: int, form: DelForm) -> str:
    del_ = queries.del_(me(), del_id)
    audit.record(Hva.INNSYN_LEST, av=me(), gjelder=Ting("sak", del_.sak_id, del_.enhet_id), detalj="del")
    return render_template("krav/del.html", del_=del_, dokument=_delen(del_), form=form, naa=now())


def _delen(del_: Kravdel) -> Dokument:
    return om_saken(queries.innhold(del_.sak))


@bp.post("/samlet/deler/<int:del_id>")
@needs(Rettighet.KRAV_GODKJENN)
def svar_for_del(del_id: int) -> Svar:
    """Approve the part, or leave it out with a reason."""
    queries.del_(me(), del_id)
    form = DelForm()
    if form.validate():
        svar, grunn = form.svaret()
        try:
            with transaction():
                del_ = queries.del_(me(), del_id)
                services.svar_for_del(del_, svar, grunn, dokument=_delen(del_), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Svaret er lagret.")))
            return redirect(url_for("krav.deler"), 303)
    return _delside(del_id, form), 422
