"""«Foreslå fordeling»: a round is chosen, the proposal read and changed, and confirmed."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import db, transaction
from koordinering.errors import DomainError, Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tildeling import queries as tildeling
from koordinering.tildeling.forms import ForslagForm
from koordinering.tildeling.models import Forslag, Forslagslinje
from koordinering.tildeling.queries import forslag as queries
from koordinering.tildeling.queries.forslag import Valg
from koordinering.tildeling.routes.felles import Svar, bp, innsyn_i
from koordinering.tildeling.rules import Hvorfor
from koordinering.tildeling.rules.forklaring import Aarsak
from koordinering.tildeling.rules.forslag import Maal
from koordinering.tildeling.rules.runde import Forslagsstatus
from koordinering.tildeling.services import forslag as services
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules import Aktivitet, Mekanikk
from koordinering.web.gate import needs
from koordinering.web.huset import me

FRI, STRYK = "fri", "stryk"


@bp.get("/forslag")
@needs(Rettighet.TILBUD_ENDRE)
def forslagsliste() -> str:
    """The unit's proposals, the newest first."""
    orden = [Forslag.laget, Forslag.id]
    side = hent_side(
        db.session(), queries.forslagsliste(me()), orden, synkende=True, noekkel=request.args.get("side", "")
    )
    return render_template("tildeling/forslagsliste.html", side=side, bekreftet=Forslagsstatus.BEKREFTET)


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
    i_koe = len(queries.i_runden(me(), valgt.id))
    vises = {"form": form, "tiltak": valgt, "alle": tiltak, "tilbud": tilbud, "i_koe": i_koe}
    side = render_template("tildeling/forslag_nytt.html", **vises)
    return side, 422 if form.is_submitted() else 200


def _lag(tiltak_id: str, tilbud: Sequence[Tilbud], form: ForslagForm) -> int:
    """The slow solving first, then the writing; what has changed meanwhile is told when it is confirmed."""
    valgte = [t for t in tilbud if str(t.id) in (form.tilbud.data or ())]
    lodd = services.lodd(valgte)
    henvisninger = queries.i_runden(me(), tiltak_id)
    i_loddrekkefoelge = sorted(valgte, key=lambda t: lodd[t.id])
    loest = services.loesning(queries.grunnlag(me(), henvisninger, i_loddrekkefoelge, {}))
    with transaction():
        return services.lag_forslag(
            valgte[0].tiltak if valgte else tilbud[0].tiltak,
            henvisninger,
            lodd,
            loest,
            maate=form.valgt_maate(),
            frist_dager=form.frist_dager.data or 0,
            av=me(),
        ).id


@bp.get("/forslag/<int:forslag_id>")
@needs(Rettighet.TILBUD_ENDRE)
def vis_forslag(forslag_id: int) -> str:
    """One proposal: its figures, and each child with what it gets and why."""
    forslag = queries.forslag(me(), forslag_id)
    audit.record(Hva.LISTE_LEST, av=me(), gjelder=Ting("forslag", forslag.id, forslag.enhet_id), detalj="forslag")
    return _siden(forslag)


def _siden(forslag: Forslag, feil: str | None = None) -> str:
    vis = request.args.get("vis", "")
    query = queries.linjer(forslag)
    query = query.where(Forslagslinje.tilbud_id.is_(None)) if vis == "ingen" else query
    query = query.where(Forslagslinje.gjort.is_(False)) if vis == "ikke_gjort" else query
    side = hent_side(
        db.session(),
        query,
        [Forslagslinje.orden, Forslagslinje.id],
        noekkel=request.args.get("side", ""),
        stoerrelse=queries.LINJER_PER_SIDE,
    )
    tilbud = [ft.tilbud for ft in forslag.tilbud]
    henvisninger = [linje.henvisning for linje in side.rader]
    utkast = forslag.status is Forslagsstatus.UTKAST
    grunnlag = queries.grunnlag(me(), henvisninger, tilbud, {}) if utkast else None
    return render_template(
        "tildeling/forslag.html",
        forslag=forslag,
        side=side,
        vis=vis,
        feil=feil,
        utkast=utkast,
        tilbud={t.id: t for t in tilbud},
        mulige={s.id: s.valg for s in grunnlag.runde.soekere} if grunnlag else {},
        innsyn=innsyn_i(henvisninger),
        uferdig=bool(queries.ugjorte(forslag)) if not utkast else False,
        forklaringer={linje.id: _forklaring(linje) for linje in side.rader},
        hvorfor=Hvorfor,
        maal=[_maal(steg) for steg in forslag.bevis],
    )


def _maal(steg: Mapping[str, Any]) -> str:
    """One goal and how far it was met; the two that are settled child by child tell for how many it is proved."""
    maal = Maal(steg["maal"])
    naadd, bevist = N_("%(maal)s: %(verdi)d, det høyeste mulige er %(grense)d"), N_("%(maal)s: bevist for alle")
    enkeltvis = maal in {Maal.LENGST, Maal.BEST} and steg["verdi"] == steg["grense"]
    tekst: str = gettext(bevist if enkeltvis else naadd)
    return tekst % {"maal": gettext(maal.tekst), "verdi": steg["verdi"], "grense": steg["grense"]}


def _forklaring(linje: Forslagslinje) -> list[str]:
    """«Ønske 1, Fotball: Alle de 4 plassene er foreslått til andre. 3 barn foran i køen passer de samme.»"""
    if not linje.henvisning.synlig:
        return []
    oensker = tildeling.innsyn(linje.henvisning).oensker
    return [_fordi(f, oensker) for f in linje.fordi]


def _fordi(fordi: Mapping[str, Any], oensker: Sequence[Aktivitet]) -> str:
    aarsak, nr = Aarsak(fordi["aarsak"]), fordi["oenske"]
    tekst: str = gettext(aarsak.tekst)
    if aarsak is Aarsak.PASSER_IKKE:
        tekst = " ".join(gettext(Hvorfor(g).tekst) for g in fordi["grunner"])
    if aarsak is Aarsak.FULLT:
        full = N_("Alle de %(plasser)d plassene er foreslått til andre. %(foran)d barn foran i køen passer de samme.")
        ingen = N_("Ingen plasser er ledige.")
        tekst = gettext(full if fordi["plasser"] else ingen) % {"plasser": fordi["plasser"], "foran": fordi["foran"]}
    if aarsak in {Aarsak.STROEKET, Aarsak.ANNEN_HENVISNING} or nr > len(oensker):
        return tekst
    hva = gettext(oensker[nr - 1].tekst)
    med_oenske: str = gettext(N_("Ønske %(nr)d, %(hva)s: %(hvorfor)s")) % {"nr": nr, "hva": hva, "hvorfor": tekst}
    return med_oenske


@bp.post("/forslag/<int:forslag_id>/endre")
@needs(Rettighet.TILBUD_ENDRE)
def endre_forslag(forslag_id: int) -> Svar:
    """Lock, change or strike lines, and solve the rest again."""
    forslag = queries.forslag(me(), forslag_id)
    linjer, versjon = queries.alle_linjer(forslag), _versjon()
    valg = {linje.henvisning_id: _valgt(linje) for linje in linjer}
    i_rekkefoelge = [ft.tilbud for ft in forslag.tilbud]
    try:
        synlige = [linje.henvisning for linje in linjer if linje.henvisning.synlig]
        loest = services.loesning(queries.grunnlag(me(), synlige, i_rekkefoelge, valg))
        with transaction():
            services.endre_forslag(queries.forslag(me(), forslag_id), valg, loest, versjon=versjon, av=me())
    except DomainError as feil:
        return _siden(queries.forslag(me(), forslag_id), gettext(str(feil))), feil.status
    flash(gettext(N_("Forslaget er regnet ut på nytt.")), "suksess")
    return redirect(_hit(forslag_id), 303)


def _valgt(linje: Forslagslinje) -> Valg:
    """What the form says about a line; lines that are not on the page keep what they have."""
    naa = Valg(linje.tilbud_id if linje.laast else None, linje.stroeket)
    skrevet = request.form.get(f"linje_{linje.id}")
    if skrevet is None:
        return naa
    if skrevet in {FRI, STRYK}:
        return Valg(stroeket=skrevet == STRYK)
    ok = skrevet.isascii() and skrevet.isdigit() and len(skrevet) <= 19
    return Valg(laast=int(skrevet)) if ok else naa


def _versjon() -> int:
    tekst = request.form.get("versjon", "")
    return int(tekst) if tekst.isascii() and tekst.isdigit() and len(tekst) < 10 else 0


def _hit(forslag_id: int) -> str:
    return url_for("tildeling.vis_forslag", forslag_id=forslag_id, side=request.args.get("side") or None)


@bp.post("/forslag/<int:forslag_id>/bekreft")
@needs(Rettighet.TILBUD_ENDRE)
def bekreft_forslag(forslag_id: int) -> Svar:
    """Give what the proposal says, as far as it is still possible. A second click only goes on where it stopped."""
    forslag = queries.forslag(me(), forslag_id)
    if forslag.status is Forslagsstatus.UTKAST:
        try:
            with transaction():
                services.bekreft(queries.forslag(me(), forslag_id), versjon=_versjon(), av=me())
        except Endret as feil:
            return _siden(queries.forslag(me(), forslag_id), gettext(str(feil))), feil.status
    gjennomfoer(forslag_id)
    return redirect(url_for("tildeling.vis_forslag", forslag_id=forslag_id), 303)


def gjennomfoer(forslag_id: int) -> None:
    """Every confirmed line, in a transaction of its own."""
    for linje_id in queries.ugjorte(queries.forslag(me(), forslag_id)):
        with transaction() as session:
            linje = session.get_one(Forslagslinje, linje_id)
            services.gjennomfoer(linje, queries.forslag(me(), forslag_id), av=me())


@bp.post("/forslag/<int:forslag_id>/forkast")
@needs(Rettighet.TILBUD_ENDRE)
def forkast_forslag(forslag_id: int) -> Svar:
    """Throw a draft away."""
    try:
        with transaction():
            services.forkast(queries.forslag(me(), forslag_id), versjon=_versjon(), av=me())
    except Endret as feil:
        return _siden(queries.forslag(me(), forslag_id), gettext(str(feil))), feil.status
    flash(gettext(N_("Forslaget er forkastet. Ingenting er gitt.")), "suksess")
    return redirect(url_for("tildeling.forslagsliste"), 303)
