"""Requests about the unit's own cases: the list, one request, its answer, and the officer's view of the deadlines."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import i_dag, transaction
from koordinering.errors import UgyldigFelt
from koordinering.konto import services as konto
from koordinering.personvern.krav import queries, services
from koordinering.personvern.krav.export import Filslag
from koordinering.personvern.krav.forms import FerdigForm, GjenaapneForm, KravForm, OpphevForm, UtsettForm
from koordinering.personvern.krav.models import Krav
from koordinering.personvern.krav.queries import Kravfilter
from koordinering.personvern.krav.routes.dokument import om_saken
from koordinering.personvern.krav.routes.felles import bp, som_fil, valgt_fil, valgt_filter
from koordinering.personvern.krav.rules.dokument import Dokument
from koordinering.personvern.krav.rules.frist import Kravslag, Rettet, Utsettelsesgrunn, kan_gjenaapnes
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker import services as sakene
from koordinering.saker.routes.felles import logg_lesning
from koordinering.saker.rules.overganger import Gjenaapningsgrunn
from koordinering.tekst import N_
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

Svar = Response | str | tuple[str, int]


@bp.get("/krav")
@needs(Rettighet.KRAV_BEHANDLE)
def liste() -> str:
    """The unit's requests, what is overdue first."""
    filter_ = valgt_filter()
    return render_template(
        "krav/liste.html",
        side=queries.side(me(), filter_, request.args.get("side", "")),
        filter=filter_,
        filtre=[f for f in Kravfilter if f is not Kravfilter.FOR_SENT],
        idag=i_dag(),
    )


@bp.get("/krav/tilsyn")
@needs(Rettighet.KRAV_TILSYN)
def tilsyn() -> str:
    """Every unit's requests and whether they were answered in time; never which case."""
    filter_ = valgt_filter()
    audit.record(Hva.LISTE_LEST, av=me(), detalj=f"krav:{filter_.value}")
    return render_template(
        "krav/tilsyn.html",
        side=queries.tilsyn(me(), filter_, request.args.get("side", "")),
        filter=filter_,
        filtre=list(Kravfilter),
        idag=i_dag(),
    )


@bp.route("/saker/<int:sak_id>/krav", methods=["GET", "POST"])
@needs(Rettighet.KRAV_BEHANDLE)
def ny(sak_id: int) -> Svar:
    """Register a request about a case."""
    sak = queries.saken(me(), sak_id)
    form = KravForm(data={"mottatt": i_dag()})
    if request.method == "GET":
        logg_lesning(sak)
        return render_template("krav/ny.html", form=form, sak=sak)
    if form.validate():
        try:
            with transaction():
                sak = queries.saken(me(), sak_id)
                krav_id = services.registrer(sak, form.kravslag, form.dag, av=me()).id
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Kravet er registrert.")))
            return redirect(url_for("krav.vis", krav_id=krav_id), 303)
    logg_lesning(sak)
    return render_template("krav/ny.html", form=form, sak=sak), 422


@bp.get("/krav/<int:krav_id>")
@needs(Rettighet.KRAV_BEHANDLE)
def vis(krav_id: int) -> str:
    """One request, and what can be done with it now."""
    return side(queries.krav(me(), krav_id))


def side(
    krav: Krav,
    *,
    utsett: UtsettForm | None = None,
    ferdig: FerdigForm | None = None,
    opphev: OpphevForm | None = None,
    gjenaapne: GjenaapneForm | None = None,
) -> str:
    """The page of a request; forms with errors stand where they were."""
    if krav.slag is Kravslag.SAMLET:
        mal, sak, helt = "krav/samlet.html", None, False
    else:
        mal, sak = "krav/vis.html", queries.saken(me(), krav.sak_id) if krav.sak_id is not None else None
        if sak is not None:
            logg_lesning(sak)
        helt = sak is not None and sakene.kan_slettes(saker.henvisninger(sak))
    return render_template(
        mal,
        krav=krav,
        sak=sak,
        helt=helt,
        deler=queries.godkjente(krav),
        idag=i_dag(),
        rettet=[Rettet(r) for r in krav.rettet],
        utsett=utsett or UtsettForm(formdata=None),
        ferdig=ferdig or FerdigForm(formdata=None, slag=krav.slag),
        opphev=opphev or OpphevForm(formdata=None),
        gjenaapne=gjenaapne or GjenaapneForm(formdata=None),
        kan_gjenaapnes=sak is not None and kan_gjenaapnes(krav.slag, krav.utfall),
    )


def til_kravet(krav: Krav, melding: str) -> Response:
    """Back to the request's own page with a message."""
    flash(gettext(melding))
    if krav.slag is Kravslag.SAMLET:
        return redirect(url_for("krav.vis_samlet", samlet_id=krav.id), 303)
    return redirect(url_for("krav.vis", krav_id=krav.id), 303)


@bp.post("/krav/<int:krav_id>/utsett")
@needs(Rettighet.KRAV_BEHANDLE, Rettighet.KRAV_SAMLE)
def utsett(krav_id: int) -> Svar:
    """Move the deadline, once, with a reason."""
    krav = queries.et_krav(me(), krav_id)
    form = UtsettForm()
    if form.validate():
        try:
            with transaction():
                krav = queries.et_krav(me(), krav_id)
                services.utsett(krav, Utsettelsesgrunn(form.grunn.data), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            return til_kravet(krav, N_("Fristen er utsatt. Si fra til familien om det og om hvorfor."))
    return side(queries.et_krav(me(), krav_id), utsett=form), 422


@bp.post("/krav/<int:krav_id>/ferdig")
@needs(Rettighet.KRAV_BEHANDLE, Rettighet.KRAV_SAMLE)
def ferdig(krav_id: int) -> Svar:
    """Close the request with what came of it."""
    krav = queries.et_krav(me(), krav_id)
    form = FerdigForm(slag=krav.slag)
    if form.validate():
        try:
            with transaction():
                krav = queries.et_krav(me(), krav_id)
                services.ferdig(krav, *form.svaret(), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            return til_kravet(krav, N_("Kravet er besvart."))
    return side(queries.et_krav(me(), krav_id), ferdig=form), 422


@bp.post("/krav/<int:krav_id>/gjenaapne")
@needs(Rettighet.KRAV_BEHANDLE)
def gjenaapne(krav_id: int) -> Svar:
    """Take an answer back, with a reason."""
    form = GjenaapneForm()
    if not form.validate():
        return side(queries.et_krav(me(), krav_id), gjenaapne=form), 422
    with transaction():
        krav = queries.et_krav(me(), krav_id)
        services.gjenaapne(krav, Gjenaapningsgrunn(form.grunn.data), av=me())
    return til_kravet(krav, N_("Kravet er åpnet igjen, med den samme fristen. Det må besvares på nytt."))


@bp.get("/krav/<int:krav_id>/innsyn")
@needs(Rettighet.KRAV_BEHANDLE)
def innsyn(krav_id: int) -> str:
    """Everything that is stored about the case, to read or print. Logged first."""
    krav, dokument = _dokument(krav_id, Hva.INNSYN_LEST)
    return render_template("krav/innsyn.html", krav=krav, dokument=dokument, filslag=list(Filslag))


@bp.post("/krav/<int:krav_id>/innsyn/fil")
@needs(Rettighet.KRAV_BEHANDLE)
def fil(krav_id: int) -> Response:
    """The same as a file; that it was taken out is a line in the log."""
    konto.ta_uttrekk(av=me(), adresse=request.remote_addr)
    slag = valgt_fil()
    _, dokument = _dokument(krav_id, Hva.INNSYN_HENTET, slag.value)
    return som_fil(dokument, slag)


def _dokument(krav_id: int, hva: Hva, detalj: str | None = None) -> tuple[Krav, Dokument]:
    krav = queries.krav(me(), krav_id)
    sak = queries.saken(me(), krav.sak_id)
    audit.record(hva, av=me(), gjelder=Ting("sak", sak.id, sak.enhet_id), detalj=detalj)
    return krav, om_saken(queries.innhold(sak))
