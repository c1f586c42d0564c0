"""Grants to clubs: the public list, the application, the decision, the report and the payments."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, i_dag, transaction
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.lag import queries as lagene
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.export import Ark, Kroner, to_xlsx
from koordinering.tiltak.midler.forms import (
    AvslagForm,
    BeloepForm,
    BetalTilskuddForm,
    InnvilgForm,
    RapportForm,
    SoekForm,
    SoeknadForm,
    kroner_tekst,
)
from koordinering.tiltak.midler.models import Tilskudd
from koordinering.tiltak.midler.queries import Tilskuddsfilter
from koordinering.tiltak.midler.routes.felles import Svar, aar_i_adressen, bp, fil, proev, skjemaside, valgt
from koordinering.tiltak.midler.rules import Tilskuddsavslag
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import dato, kroner


@bp.get("/tilskudd")
@needs(Rettighet.TILSKUDD_LES)
def tilskuddsliste() -> str:
    """Every grant, in full: they are public."""
    form, filter_ = SoekForm(request.args), Tilskuddsfilter(valgt(list(Tilskuddsfilter), Tilskuddsfilter.ALLE))
    aar = aar_i_adressen(request.args.get("aar"))
    query = queries.tilskuddsliste(filter_, form.q.data or "", aar)
    side = hent_side(
        db.session(), query, [Tilskudd.mottatt, Tilskudd.id], synkende=True, noekkel=request.args.get("side", "")
    )
    return render_template(
        "midler/tilskuddsliste.html",
        form=form,
        side=side,
        filtre=list(Tilskuddsfilter),
        valgt=filter_,
        aar=aar,
        alle_aar=[a.aar for a in queries.alle_aar()],
        formaal={f.id: f.navn for f in queries.formaalene()},
        kan_endre=can(me(), Rettighet.MIDLER_ENDRE),
    )


_KOLONNER = (
    N_("Lag"),
    N_("Organisasjonsnummer"),
    N_("År"),
    N_("Runde"),
    N_("Formål"),
    N_("Antall barn"),
    N_("Søkt"),
    N_("Status"),
    N_("Innvilget"),
    N_("Vedtatt"),
    N_("Vilkår"),
    N_("Betalt"),
    N_("Rapportfrist"),
    N_("Rapport mottatt"),
    N_("Brukt"),
    N_("Betalt tilbake"),
)


@bp.post("/tilskudd/regneark")
@needs(Rettighet.TILSKUDD_LES)
def tilskudd_xlsx() -> Response:
    """The public list as a workbook, of one year or of all."""
    aar = aar_i_adressen(request.form.get("aar"))
    query = queries.tilskuddsliste(Tilskuddsfilter.ALLE, aar=aar).order_by(Tilskudd.mottatt, Tilskudd.id)
    formaal = {f.id: f.navn for f in queries.formaalene()}
    rader = [
        (
            t.lag.navn,
            t.lag.orgnr,
            t.runde.aar,
            t.runde.navn,
            formaal[t.budsjett.formaal_id],
            t.antall_barn,
            Kroner(t.soekt_oere),
            gettext(t.status.tekst),
            Kroner(t.innvilget_oere),
            t.vedtatt,
            t.vilkaar,
            Kroner(t.betalt_oere),
            t.rapport_frist,
            t.rapport_mottatt,
            Kroner(t.brukt_oere) if t.brukt_oere is not None else None,
            Kroner(t.tilbakebetalt_oere),
        )
        for t in db.session.scalars(query)
    ]
    navn = f"tilskudd_{aar or 'alle'}_per-{i_dag().isoformat()}.xlsx"
    return fil(to_xlsx(Ark(gettext(N_("Tilskudd")), [gettext(k) for k in _KOLONNER], rader)), navn)


@bp.get("/tilskudd/<int:tilskudd_id>")
@needs(Rettighet.TILSKUDD_LES)
def tilskudd(tilskudd_id: int) -> str:
    """One grant: what was applied for, decided, paid and reported."""
    ett = queries.tilskudd(me(), tilskudd_id)
    leser = can(me(), Rettighet.MIDLER_LES)
    return render_template(
        "midler/tilskudd.html",
        tilskudd=ett,
        budsjett=ett.budsjett,
        formaal=ett.budsjett.formaal.navn,
        i_dag=i_dag(),
        utbetalinger=queries.utbetalinger_av(tilskudd_id=ett.id) if leser else [],
        kan_endre=can(me(), Rettighet.MIDLER_ENDRE),
        leser=leser,
    )


def _til(tilskudd_id: int) -> tuple[str, str]:
    return url_for("midler.tilskudd", tilskudd_id=tilskudd_id), gettext(N_("Til tilskuddet"))


def _ferdig(tilskudd_id: int, melding: str) -> Response:
    flash(gettext(melding), "suksess")
    return redirect(url_for("midler.tilskudd", tilskudd_id=tilskudd_id), 303)


def _fakta(ett: Tilskudd) -> list[tuple[str, str]]:
    budsjett = ett.budsjett
    return [
        (gettext(N_("Lag")), ett.lag.navn),
        (gettext(N_("Formål")), f"{budsjett.formaal.navn} {budsjett.aar}"),
        (gettext(N_("Søkt")), kroner(ett.soekt_oere)),
        (gettext(N_("Fritt i budsjettet")), kroner(budsjett.fritt_oere)),
    ]


@bp.route("/tilskudd/ny", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def ny_soeknad() -> Svar:
    """Enter a club's application."""
    form, laget = SoeknadForm(mottatt=i_dag()), []

    def lagre() -> None:
        runde = queries.runde(me(), int(form.runde_id.data))
        lag = lagene.lag(me(), int(form.lag_id.data))
        formaal = {f.id: f for f in queries.formaalene()}[form.formaal_id.data]
        laget.append(services.foer_soeknad(runde, lag, formaal, form.soeknad(), av=me()).id)

    status = proev(form, lagre)
    if status is None:
        return _ferdig(laget[0], N_("Søknaden er ført."))
    tilbake = (url_for("midler.tilskuddsliste"), gettext(N_("Til tilskuddene")))
    return skjemaside(form, status, gettext(N_("Ny søknad fra et lag")), tilbake)


@bp.route("/tilskudd/<int:tilskudd_id>/innvilg", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def innvilg(tilskudd_id: int) -> Svar:
    """Grant the club money."""
    ett = queries.tilskudd(me(), tilskudd_id)
    form = InnvilgForm(innvilget=kroner_tekst(ett.soekt_oere), versjon=str(ett.versjon))
    fakta = _fakta(ett)

    def lagre() -> None:
        services.innvilg(
            queries.tilskudd(me(), tilskudd_id),
            form.innvilget.oere,
            vilkaar=(form.vilkaar.data or "").strip() or None,
            rapport_frist=form.rapport_frist.data,
            versjon=form.lest_versjon(),
            av=me(),
        )

    status = proev(form, lagre)
    if status is None:
        return _ferdig(tilskudd_id, N_("Tilskuddet er innvilget, og beløpet er bundet i budsjettet."))
    tittel, knapp = gettext(N_("Innvilg tilskudd")), gettext(N_("Innvilg"))
    return skjemaside(form, status, tittel, _til(tilskudd_id), knapp=knapp, fakta=fakta)


@bp.route("/tilskudd/<int:tilskudd_id>/avslaa", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def avslaa(tilskudd_id: int) -> Svar:
    """Refuse the club."""
    ett = queries.tilskudd(me(), tilskudd_id)
    form, fakta = AvslagForm(versjon=str(ett.versjon)), _fakta(ett)

    def lagre() -> None:
        grunn = Tilskuddsavslag(form.avslag.data)
        services.avslaa(queries.tilskudd(me(), tilskudd_id), grunn, versjon=form.lest_versjon(), av=me())

    status = proev(form, lagre)
    if status is None:
        return _ferdig(tilskudd_id, N_("Søknaden er avslått."))
    tittel, knapp = gettext(N_("Avslå søknaden")), gettext(N_("Avslå"))
    return skjemaside(form, status, tittel, _til(tilskudd_id), knapp=knapp, fakta=fakta)


@bp.post("/tilskudd/<int:tilskudd_id>/trekk")
@needs(Rettighet.MIDLER_ENDRE)
def trekk(tilskudd_id: int) -> Response:
    """The club withdraws."""
    with transaction():
        services.trekk(queries.tilskudd(me(), tilskudd_id), av=me())
    return _ferdig(tilskudd_id, N_("Søknaden er trukket. Det som var bundet, er frigitt."))


@bp.post("/tilskudd/<int:tilskudd_id>/purr")
@needs(Rettighet.MIDLER_ENDRE)
def purr(tilskudd_id: int) -> Response:
    """The club has been reminded of its report."""
    with transaction():
        services.purr(queries.tilskudd(me(), tilskudd_id), av=me())
    return _ferdig(tilskudd_id, N_("Purringen er notert."))


@bp.route("/tilskudd/<int:tilskudd_id>/rapport", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def rapport(tilskudd_id: int) -> Svar:
    """Enter the club's report."""
    ett = queries.tilskudd(me(), tilskudd_id)
    form = RapportForm(mottatt=i_dag(), versjon=str(ett.versjon))
    fakta = [(gettext(N_("Lag")), ett.lag.navn), (gettext(N_("Betalt til laget")), kroner(ett.betalt_oere))]

    def lagre() -> None:
        services.registrer_rapport(
            queries.tilskudd(me(), tilskudd_id), form.rapport(), versjon=form.lest_versjon(), av=me()
        )

    status = proev(form, lagre)
    if status is None:
        return _ferdig(tilskudd_id, N_("Rapporten er ført."))
    return skjemaside(form, status, gettext(N_("Rapport fra laget")), _til(tilskudd_id), fakta=fakta)


@bp.route("/tilskudd/<int:tilskudd_id>/tilbakebetaling", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def tilbakebetaling(tilskudd_id: int) -> Svar:
    """Money has come back from the club."""
    ett = queries.tilskudd(me(), tilskudd_id)
    skal = ett.skal_tilbake_oere
    form = BeloepForm(beloep=kroner_tekst(skal), versjon=str(ett.versjon))
    fakta = [(gettext(N_("Lag")), ett.lag.navn), (gettext(N_("Skal betales tilbake")), kroner(skal))]

    def lagre() -> None:
        services.registrer_tilbakebetaling(
            queries.tilskudd(me(), tilskudd_id), form.beloep.oere, versjon=form.lest_versjon(), av=me()
        )

    status = proev(form, lagre)
    if status is None:
        return _ferdig(tilskudd_id, N_("Tilbakebetalingen er ført. Budsjettet har pengene igjen."))
    return skjemaside(form, status, gettext(N_("Laget har betalt tilbake")), _til(tilskudd_id), fakta=fakta)


@bp.route("/tilskudd/<int:tilskudd_id>/betal", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def betal_tilskudd(tilskudd_id: int) -> Svar:
    """Enter a payment of the grant."""
    ett = queries.tilskudd(me(), tilskudd_id)
    form = BetalTilskuddForm(tilskudd=ett)
    konto = ett.lag.kontonummer
    fakta = [
        (gettext(N_("Lag")), ett.lag.navn),
        (gettext(N_("Lagets kontonummer")), konto or gettext(N_("Ikke oppgitt"))),
        (gettext(N_("Igjen å betale")), kroner(ett.rest_oere)),
    ]

    def lagre() -> None:
        services.betal_tilskudd(queries.tilskudd(me(), tilskudd_id), form.beloep.oere, form.forfall.data, av=me())

    status = proev(form, lagre)
    if status is None:
        return _ferdig(tilskudd_id, N_("Utbetalingen er ført."))
    return skjemaside(form, status, gettext(N_("Betal tilskuddet")), _til(tilskudd_id), fakta=fakta)


def purretekst(ett: Tilskudd) -> str:
    """What the consultant can paste into a letter to the club."""
    tekst = gettext(
        N_(
            "Vi mangler rapporten for tilskuddet på %(beloep)s som %(lag)s fikk %(vedtatt)s. "
            "Fristen var %(frist)s. Send oss hvor mye som er brukt, og hvor mange barn som deltok."
        )
    )
    return str(
        tekst
        % {
            "beloep": kroner(ett.innvilget_oere),
            "lag": ett.lag.navn,
            "vedtatt": dato(ett.vedtatt),
            "frist": dato(ett.rapport_frist),
        }
    )


bp.add_app_template_global(purretekst, "purretekst")
