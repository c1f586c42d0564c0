"""All accounts, for those who keep them: the list, a new one, one with its roles, and the lock."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.db import i_dag, transaction
from koordinering.errors import DomainError
from koordinering.konto import queries, services
from koordinering.konto.forms import BrukersoekForm, EpostForm, NyBrukerForm, RolleForm, TittelForm
from koordinering.konto.routes.felles import bp, gjort
from koordinering.konto.rules import midlertidig_passord
from koordinering.roles import Rettighet, Rolle
from koordinering.tekst import N_
from koordinering.users import User
from koordinering.web.forsoek import Forsoek
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

Svar = str | Response | tuple[str, int]


@bp.get("/brukere")
@needs(Rettighet.BRUKER_LES)
def brukere() -> str:
    """A page of accounts with roles, lock and last sign-in."""
    form = BrukersoekForm(request.args, enheter=queries.enheter(me()))
    side = queries.brukere(me(), form.soek(), request.args.get("side", ""))
    return render_template("konto/brukere.html", side=side, form=form)


@bp.route("/brukere/ny", methods=["GET", "POST"])
@needs(Rettighet.BRUKER_ENDRE)
def ny_bruker() -> Svar:
    """Invite somebody. The temporary password is shown on this answer alone."""
    form = NyBrukerForm(data={"fra": i_dag()}, enheter=queries.enheter(me()))
    forsoek = Forsoek(form)
    if forsoek.gyldig:
        passord, roller = midlertidig_passord(), [(Rolle(form.rolle.data), form.enhet.data)]
        with forsoek.gjoer():
            tittel, tid = form.tittel.data or "", form.periode()
            ny = services.lag_bruker(form.brukernavn.data or "", tittel, passord, roller, av=me(), periode=tid).id
        if forsoek.gikk:
            return render_template("konto/ny_bruker_klar.html", user=queries.bruker(me(), ny), passord=passord)
    return render_template("konto/ny_bruker.html", form=form), forsoek.status


@bp.get("/brukere/<int:user_id>")
@needs(Rettighet.BRUKER_LES)
def bruker(user_id: int) -> str:
    """One account, and every role it has, has had and will get."""
    return _vis(queries.bruker(me(), user_id))


@bp.post("/brukere/<int:user_id>/tittel")
@needs(Rettighet.BRUKER_ENDRE)
def tittel(user_id: int) -> Svar:
    """Give it another title."""
    form, user = TittelForm(), queries.bruker(me(), user_id)
    if gjort(form, lambda: services.endre_tittel(user, form.tittel.data or "", av=me())):
        flash(gettext(N_("Tittelen er lagret.")), "suksess")
        return redirect(url_for("konto.bruker", user_id=user_id), 303)
    return _vis(queries.bruker(me(), user_id), tittel=form), 422


@bp.post("/brukere/<int:user_id>/epost")
@needs(Rettighet.BRUKER_ENDRE)
def brukers_epost(user_id: int) -> Svar:
    """Set where its reminders go."""
    form, user = EpostForm(), queries.bruker(me(), user_id)
    if gjort(form, lambda: services.endre_epost(user, form.epost.data or "", av=me())):
        flash(gettext(N_("E-postadressen er lagret.")), "suksess")
        return redirect(url_for("konto.bruker", user_id=user_id), 303)
    return _vis(queries.bruker(me(), user_id), epost=form), 422


@bp.post("/brukere/<int:user_id>/roller")
@needs(Rettighet.BRUKER_ENDRE)
def gi_rolle(user_id: int) -> Svar:
    """Give it a role in a unit."""
    form, user = RolleForm(enheter=queries.enheter(me())), queries.bruker(me(), user_id)
    if gjort(form, lambda: services.gi_rolle(user, Rolle(form.rolle.data), form.enhet.data, form.periode(), av=me())):
        flash(gettext(N_("Rollen er gitt. Gjelder den fra i dag, må brukeren logge inn på nytt.")), "suksess")
        return redirect(url_for("konto.bruker", user_id=user_id), 303)
    return _vis(queries.bruker(me(), user_id), rolle=form), 422


def _vis(
    user: User,
    *,
    tittel: TittelForm | None = None,
    rolle: RolleForm | None = None,
    epost: EpostForm | None = None,
) -> str:
    return render_template(
        "konto/bruker.html",
        user=user,
        roller=queries.roller(me(), user),
        dag=i_dag(),
        tittel_form=tittel or TittelForm(formdata=None, data={"tittel": user.visningsnavn}),
        rolle_form=rolle or RolleForm(formdata=None, data={"fra": i_dag()}, enheter=queries.enheter(me())),
        epost_form=epost or EpostForm(formdata=None, data={"epost": user.epost or ""}),
        feil_i=tittel or rolle or epost,
    )


@bp.post("/brukere/<int:user_id>/laas")
@needs(Rettighet.BRUKER_ENDRE)
def laas(user_id: int) -> Response:
    """Lock an account and end its sessions."""
    try:
        with transaction():
            services.laas(queries.bruker(me(), user_id), av=me())
    except DomainError as feil:
        flash(gettext(str(feil)), "feil")
    else:
        flash(gettext(N_("Brukeren er låst og logget ut overalt.")), "suksess")
    return redirect(url_for("konto.bruker", user_id=user_id), 303)


@bp.post("/brukere/<int:user_id>/laas-opp")
@needs(Rettighet.BRUKER_ENDRE)
def laas_opp(user_id: int) -> Response:
    """Let a locked account sign in again."""
    with transaction():
        services.laas_opp(queries.bruker(me(), user_id), av=me())
    flash(gettext(N_("Brukeren er låst opp.")), "suksess")
    return redirect(url_for("konto.bruker", user_id=user_id), 303)
