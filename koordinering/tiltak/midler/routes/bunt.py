"""Files to the economy system: making the next, and taking any of them out again."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, transaction
from koordinering.konto.services import ta_uttrekk
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.export import (
    CSV_TYPE,
    UTBETALINGSKOLONNER,
    XLSX_TYPE,
    Ark,
    Celle,
    Filslag,
    Kroner,
    to_csv,
    to_xlsx,
)
from koordinering.tiltak.midler.models import Bunt, Utbetaling
from koordinering.tiltak.midler.routes.felles import bp, fil
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext


@bp.get("/utbetalinger/filer")
@needs(Rettighet.MIDLER_LES)
def bunter() -> str:
    """Every file, newest first, and what the next one gets."""
    side = hent_side(db.session(), queries.bunter(), [Bunt.nummer], synkende=True, noekkel=request.args.get("side", ""))
    return render_template(
        "midler/bunter.html",
        side=side,
        neste=queries.til_fil(me()),
        kan_lage=can(me(), Rettighet.UTBETALING_EKSPORTER),
        navn=queries.navn_paa([b.laget_av for b in side.rader]),
    )


@bp.post("/utbetalinger/filer")
@needs(Rettighet.UTBETALING_EKSPORTER)
def lag_bunt() -> Response:
    """Make the next file."""
    with transaction():
        bunt = services.lag_bunt(av=me())
        nummer = bunt.nummer if bunt else None
    if nummer is None:
        flash(gettext(N_("Ingen utbetalinger er klare nå.")), "info")
        return redirect(url_for("midler.bunter"), 303)
    flash(gettext(N_("Filen er laget. Last den ned og les den inn i økonomisystemet.")), "suksess")
    return redirect(url_for("midler.bunt", nummer=nummer), 303)


@bp.get("/utbetalinger/filer/<int:nummer>")
@needs(Rettighet.MIDLER_LES)
def bunt(nummer: int) -> str:
    """One file: what is in it."""
    en = queries.bunt(me(), nummer)
    return render_template(
        "midler/bunt.html",
        bunt=en,
        utbetalinger=queries.i_bunten(nummer),
        formaal={f.id: f.navn for f in queries.formaalene()},
        navn=queries.navn_paa([en.laget_av]),
        filslag=list(Filslag),
        kan_hente=can(me(), Rettighet.UTBETALING_EKSPORTER),
    )


@bp.post("/utbetalinger/filer/<int:nummer>/hent")
@needs(Rettighet.UTBETALING_EKSPORTER)
def hent_bunt(nummer: int) -> Response:
    """The file itself, the same each time; a POST, since it leaves a trace."""
    ta_uttrekk(av=me(), adresse=request.remote_addr)
    slag = Filslag.XLSX if request.form.get("slag") == Filslag.XLSX else Filslag.CSV
    with transaction():
        services.hentet(queries.bunt(me(), nummer), slag.value, av=me())
        ark = _ark(nummer)
    if slag is Filslag.XLSX:
        return fil(to_xlsx(ark), f"utbetalinger_{nummer}.xlsx", XLSX_TYPE)
    return fil(to_csv(ark), f"utbetalinger_{nummer}.csv", CSV_TYPE)


def _ark(nummer: int) -> Ark:
    formaal = {f.id: f.navn for f in queries.formaalene()}
    rader = [_rad(utbetaling, formaal) for utbetaling in queries.i_bunten(nummer)]
    return Ark(gettext(N_("Utbetalinger")), UTBETALINGSKOLONNER, rader)


def _rad(en: Utbetaling, formaal: dict[str, str]) -> list[Celle]:
    budsjett = en.budsjett
    return [
        str(en.bunt_nummer),
        en.bilag,
        en.lag.navn,
        en.lag.orgnr,
        en.kontonummer,
        Kroner(en.beloep_oere),
        "NOK",
        en.forfall,
        en.faktura.nummer if en.faktura else "",
        formaal[budsjett.formaal_id],
        str(budsjett.aar),
    ]
