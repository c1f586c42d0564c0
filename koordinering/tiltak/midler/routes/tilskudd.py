"""One grant to a club: the application, the decision, the report and the payments."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import i_dag, transaction
from koordinering.roles import Rettighet
from koordinering.tallskrift import kroner_tekst
from koordinering.tekst import N_
from koordinering.tiltak.lag import queries as lagene
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.forms import (
    AvslagForm,
    BetalForm,
    BetalTilskuddForm,
    InnvilgForm,
    RapportForm,
    SoeknadForm,
)
from koordinering.tiltak.midler.models import Tilskudd
from koordinering.tiltak.midler.routes import egen_konto
from koordinering.tiltak.midler.routes.felles import Svar, bp, kontofakta, paa_vei, proev, skjemaside
from koordinering.tiltak.midler.rules import Tilskuddsavslag
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import kroner
from koordinering.web.sprak import gettext


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


def _versjon(tilskudd_id: int) -> str:
    """The version that a page opened now would show."""
    return str(queries.tilskudd(me(), tilskudd_id).versjon)


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
        noekkel = form.lest_noekkel()
        laget.append(services.foer_soeknad(runde, lag, formaal, form.soeknad(), noekkel=noekkel, av=me()).id)

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

    status = proev(form, lagre, lambda: InnvilgForm(versjon=_versjon(tilskudd_id), formdata=None))
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

    status = proev(form, lagre, lambda: AvslagForm(versjon=_versjon(tilskudd_id), formdata=None))
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

    status = proev(form, lagre, lambda: RapportForm(versjon=_versjon(tilskudd_id), formdata=None))
    if status is None:
        return _ferdig(tilskudd_id, N_("Rapporten er ført."))
    return skjemaside(form, status, gettext(N_("Rapport fra laget")), _til(tilskudd_id), fakta=fakta)


@bp.route("/tilskudd/<int:tilskudd_id>/tilbakebetaling", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def tilbakebetaling(tilskudd_id: int) -> Svar:
    """Money has come back from the club."""
    ett = queries.tilskudd(me(), tilskudd_id)
    skal = ett.skal_tilbake_oere
    form = BetalForm(beloep=kroner_tekst(skal), versjon=str(ett.versjon))
    fakta = [(gettext(N_("Lag")), ett.lag.navn), (gettext(N_("Skal betales tilbake")), kroner(skal))]

    def lagre() -> None:
        services.registrer_tilbakebetaling(
            queries.tilskudd(me(), tilskudd_id), form.beloep.oere, versjon=form.lest_versjon(), av=me()
        )

    status = proev(form, lagre, lambda: BetalForm(versjon=_versjon(tilskudd_id), formdata=None))
    if status is None:
        return _ferdig(tilskudd_id, N_("Tilbakebetalingen er ført. Budsjettet har pengene igjen."))
    return skjemaside(form, status, gettext(N_("Laget har betalt tilbake")), _til(tilskudd_id), fakta=fakta)


@bp.route("/tilskudd/<int:tilskudd_id>/betal", methods=["GET", "POST"])
@needs(Rettighet.MIDLER_ENDRE)
def betal_tilskudd(tilskudd_id: int) -> Svar:
    """Enter a payment of the grant."""
    ett = queries.tilskudd(me(), tilskudd_id)
    form = BetalTilskuddForm(tilskudd=ett)
    merknad, melding = egen_konto.foer_betaling(me(), ett.lag), []
    fakta = [
        (gettext(N_("Lag")), ett.lag.navn),
        kontofakta(ett.lag),
        *paa_vei(ett.paa_vei_oere),
        (gettext(N_("Igjen å betale")), kroner(ett.rest_oere)),
    ]

    def lagre() -> None:
        tilskudd, vist = queries.tilskudd(me(), tilskudd_id), form.lest_versjon()
        ny = services.betal_tilskudd(tilskudd, form.beloep.oere, form.forfall.data, vist_oere=vist, av=me())
        melding.append(egen_konto.foert(ny))

    status = proev(form, lagre, lambda: BetalTilskuddForm(tilskudd=queries.tilskudd(me(), tilskudd_id), formdata=None))
    if status is None:
        return _ferdig(tilskudd_id, melding[0])
    tittel = gettext(N_("Betal tilskuddet"))
    return skjemaside(form, status, tittel, _til(tilskudd_id), fakta=fakta, merknad=merknad)
