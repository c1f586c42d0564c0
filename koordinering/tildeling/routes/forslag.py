"""«Foreslå fordeling»: a round is chosen, the proposal read and changed, and confirmed."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import or_

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import db, transaction
from koordinering.errors import DomainError, Endret, UgyldigFelt, UlagredeValg
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tildeling import queries as tildeling
from koordinering.tildeling.forms import ForslagForm
from koordinering.tildeling.models import Forslag, Forslagslinje
from koordinering.tildeling.queries import forslag as queries
from koordinering.tildeling.routes.felles import Svar, bp, innsyn_i
from koordinering.tildeling.routes.forslagstekst import forklaring, maaltekst
from koordinering.tildeling.routes.forslagsvalg import paa_siden, som_kode, valgene, versjon
from koordinering.tildeling.rules import Hvorfor
from koordinering.tildeling.rules.flere import Tillegg
from koordinering.tildeling.rules.runde import Forslagsstatus
from koordinering.tildeling.services import flere
from koordinering.tildeling.services import forslag as services
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules import Mekanikk
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

_UTVALG = {
    "ingen": or_(Forslagslinje.tilbud_id.is_(None), Forslagslinje.gjort.is_(False), queries.linjen_er_angret()),
    "ikke_gjort": Forslagslinje.gjort.is_(False),
}
"""Which lines the page is narrowed to."""


_SLUPPET = N_("Disse låsene er sluppet, fordi barnet ikke kan få tilbudet: nr. %(nr)s. Grunnen står ved hvert barn.")


@bp.get("/forslag")
@needs(Rettighet.TILBUD_ENDRE)
def forslagsliste() -> str:
    """The unit's proposals, the newest first."""
    orden = [Forslag.laget, Forslag.id]
    side = hent_side(
        db.session(), queries.forslagsliste(me()), orden, synkende=True, noekkel=request.args.get("side", "")
    )
    gitt = queries.gitt([f.id for f in side.rader if f.status is Forslagsstatus.BEKREFTET])
    return render_template("tildeling/forslagsliste.html", side=side, bekreftet=Forslagsstatus.BEKREFTET, gitt=gitt)


@bp.route("/forslag/nytt", methods=["GET", "POST"])
@needs(Rettighet.TILBUD_ENDRE)
def nytt_forslag() -> Svar:
    """Choose what is to be distributed, and let it be proposed."""
    tiltak = {t.id: t for t in tildeling.mottakertiltak(me(), Mekanikk.FRIPLASS)}
    valgt = tiltak.get(request.args.get("tiltak", next(iter(tiltak), "")))
    if valgt is None:
        flash(gettext(N_("Enheten din har ingen tiltak med plasser.")), "info")
        return redirect(url_for("tildeling.forslagsliste"), 303)
    query = tiltaket.egne_tilbud(me()).where(Tilbud.tiltak_id == valgt.id).order_by(Tilbud.navn, Tilbud.id)
    tilbud = list(db.session.scalars(query.limit(queries.MAKS_TILBUD)))
    tall = tiltaket.tilstander([t.beholdning_id for t in tilbud])
    form = ForslagForm([(t, tall[t.beholdning_id]) for t in tilbud])
    if form.validate_on_submit():
        try:
            return redirect(url_for("tildeling.vis_forslag", forslag_id=_lag(valgt.id, tilbud, form)), 303)
        except UgyldigFelt as feil:
            form.feil(feil)
    i_koe = queries.antall_til_runden(me(), valgt.id)
    vises = {"form": form, "tiltak": valgt, "alle": tiltak, "tilbud": tilbud}
    side = render_template("tildeling/forslag_nytt.html", i_koe=i_koe, maks=queries.MAKS_SOEKERE, **vises)
    return side, 422 if form.is_submitted() else 200


def _lag(tiltak_id: str, tilbud: Sequence[Tilbud], form: ForslagForm) -> int:
    """The slow solving first, then the writing; what has changed meanwhile is told when it is confirmed."""
    valgte = [t for t in tilbud if str(t.id) in (form.tilbud.data or ())]
    lodd = services.lodd(valgte)
    henvisninger = queries.i_runden(me(), tiltak_id)
    i_loddrekkefoelge = sorted(valgte, key=lambda t: lodd[t.id])
    loest = services.loesning(queries.grunnlag(me(), henvisninger, i_loddrekkefoelge, {}))
    ider = [h.id for h in henvisninger]  # before the transaction, in which each would be read anew by itself
    with transaction():
        return services.lag_forslag(
            valgte[0].tiltak if valgte else tilbud[0].tiltak,
            ider,
            lodd,
            loest,
            maate=form.valgt_maate(),
            frist_dager=form.frist_dager.data or 0,
            av=me(),
        ).id


@bp.get("/forslag/<int:forslag_id>")
@needs(Rettighet.TILBUD_ENDRE)
def vis_forslag(forslag_id: int) -> Svar:
    """One proposal: its figures, and each child with what it gets and why."""
    forslag = queries.forslag(me(), forslag_id)
    if forslag.for_haand:
        return redirect(url_for("tildeling.fordel_utfall", forslag=forslag_id), 303)
    audit.record(Hva.LISTE_LEST, av=me(), gjelder=Ting("forslag", forslag.id, forslag.enhet_id), detalj="forslag")
    return _siden(forslag)


def _siden(forslag: Forslag, feil: DomainError | None = None) -> str:
    """The page; after an error with the lines and the choices that were sent."""
    vis = request.args.get("vis", "")
    sendt = paa_siden(queries.alle_linjer(forslag)) if feil else []
    query = queries.linjer(forslag)
    if vis in _UTVALG:
        query = query.where(or_(_UTVALG[vis], Forslagslinje.id.in_(sendt)))
    side = hent_side(
        db.session(),
        query,
        [Forslagslinje.orden, Forslagslinje.id],
        noekkel=request.args.get("side", ""),
        stoerrelse=queries.LINJER_PER_SIDE,
    )
    tilbud = [ft.tilbud for ft in forslag.tilbud]
    henvisninger = [linje.henvisning for linje in side.rader]
    utkast, bekreftet = (forslag.status is status for status in (Forslagsstatus.UTKAST, Forslagsstatus.BEKREFTET))
    grunnlag = queries.grunnlag(me(), henvisninger, tilbud, {}) if utkast else None
    return render_template(
        "tildeling/forslag.html",
        forslag=forslag,
        side=side,
        vis=vis,
        feil=gettext(str(feil)) if feil else None,
        uregnet=isinstance(feil, UlagredeValg),
        utkast=utkast,
        tilbud={t.id: t for t in tilbud},
        lagret={linje.id: som_kode(queries.lagret(linje)) for linje in side.rader},
        valgt={id_: som_kode(valg) for id_, valg in valgene(side.rader, {t.id for t in tilbud}).items()},
        mulige={s.id: s.valg for s in grunnlag.runde.soekere} if grunnlag else {},
        innsyn=innsyn_i(henvisninger),
        bekreftet=bekreftet,
        utfallet=queries.utfallet(forslag) if bekreftet else {},
        angrede=queries.angrede(forslag) if bekreftet else set(),
        gitt=queries.gitt([forslag.id]).get(forslag.id) if bekreftet else None,
        forklaringer={linje.id: forklaring(linje) for linje in side.rader},
        hvorfor=Hvorfor,
        maal=[maaltekst(steg) for steg in forslag.bevis],
    )


@bp.post("/forslag/<int:forslag_id>/endre")
@needs(Rettighet.TILBUD_ENDRE)
def endre_forslag(forslag_id: int) -> Svar:
    """Lock, change or strike lines, and solve the rest again."""
    forslag = queries.forslag(me(), forslag_id)
    linjer, i_rekkefoelge = queries.alle_linjer(forslag), [ft.tilbud for ft in forslag.tilbud]
    valg = valgene(linjer, {t.id for t in i_rekkefoelge})
    if "bla" in request.args and all(valg[linje.henvisning_id] == queries.lagret(linje) for linje in linjer):
        return redirect(_hit(forslag_id), 303)  # another page of it, and nothing to keep
    try:
        synlige = [linje.henvisning for linje in linjer if linje.henvisning.til_mottaker]
        loest = services.loesning(queries.grunnlag(me(), synlige, i_rekkefoelge, valg))
        with transaction():
            endret = queries.forslag(me(), forslag_id)
            sluppet = services.endre_forslag(endret, valg, loest, versjon=versjon(), av=me())
    except DomainError as feil:
        return _siden(queries.forslag(me(), forslag_id), feil), feil.status
    flash(gettext(N_("Forslaget er regnet ut på nytt.")), "suksess")
    if sluppet:
        flash(gettext(_SLUPPET) % {"nr": ", ".join(map(str, sluppet))}, "advarsel")
    return redirect(_hit(forslag_id), 303)


def _hit(forslag_id: int) -> str:
    side, vis = (request.args.get(navn) or None for navn in ("side", "vis"))
    return url_for("tildeling.vis_forslag", forslag_id=forslag_id, side=side, vis=vis)


@bp.post("/forslag/<int:forslag_id>/bekreft")
@needs(Rettighet.TILBUD_ENDRE)
def bekreft_forslag(forslag_id: int) -> Svar:
    """Give what the proposal says, as far as it is still possible. A second click only goes on where it stopped."""
    forslag = queries.forslag(me(), forslag_id)
    if forslag.status is Forslagsstatus.UTKAST:
        valg = valgene(queries.alle_linjer(forslag), {ft.tilbud_id for ft in forslag.tilbud})
        try:
            with transaction():
                services.bekreft(queries.forslag(me(), forslag_id), valg, versjon=versjon(), av=me())
        except (Endret, UlagredeValg) as feil:
            return _siden(queries.forslag(me(), forslag_id), feil), feil.status
    gjennomfoer(forslag_id)
    return redirect(url_for("tildeling.vis_forslag", forslag_id=forslag_id), 303)


def gjennomfoer(forslag_id: int, tillegg: Tillegg | None = None) -> None:
    """Every confirmed line, in a transaction of its own."""
    for linje_id in queries.ugjorte(queries.forslag(me(), forslag_id)):
        with transaction() as session:
            linje, forslag = session.get_one(Forslagslinje, linje_id), queries.forslag(me(), forslag_id)
            flere.gjennomfoer(linje, forslag, tillegg=tillegg or Tillegg(), av=me())


@bp.post("/forslag/<int:forslag_id>/forkast")
@needs(Rettighet.TILBUD_ENDRE)
def forkast_forslag(forslag_id: int) -> Svar:
    """Throw a draft away."""
    try:
        with transaction():
            services.forkast(queries.forslag(me(), forslag_id), versjon=versjon(), av=me())
    except Endret as feil:
        return _siden(queries.forslag(me(), forslag_id), feil), feil.status
    flash(gettext(N_("Forslaget er forkastet. Ingenting er gitt.")), "suksess")
    return redirect(url_for("tildeling.forslagsliste"), 303)
