"""The access log, for the data protection officer and for leaders of units."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Svartype

from koordinering import audit
from koordinering.audit import Hva, Innslag, Ting
from koordinering.db import OSLO, db, i_dag
from koordinering.konto import services as konto
from koordinering.personvern import queries
from koordinering.personvern.forms import LoggfilterForm, MoensterForm, SakensLoggForm
from koordinering.personvern.queries.moenster import SLAG
from koordinering.personvern.rules.loggen import GRENSER
from koordinering.personvern.segl import queries as segl
from koordinering.roles import Rettighet
from koordinering.saker.models import Sak
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.services import les_tekster
from koordinering.tekst import N_
from koordinering.tiltak.midler.export import CSV_TYPE, XLSX_TYPE, Ark, Filslag, to_csv, to_xlsx
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.skjema import heltall
from koordinering.web.sprak import gettext

bp = Blueprint("personvern", __name__)

_FOR_STOR = 2**63
"""No id is so large, and no database takes it."""


def _filter(args: MultiDict[str, str]) -> tuple[LoggfilterForm, queries.Loggfilter, Sak | None]:
    """What was asked for; the case only when the user reads the log of its unit."""
    form = LoggfilterForm(args, queries.enheter_i_loggen(me()))
    sak_id = heltall(args.get("sak"), sifre=19)
    sak = queries.saken(me(), sak_id=sak_id) if sak_id is not None and sak_id < _FOR_STOR else None
    return form, form.valg(sak.id if sak is not None else None), sak


def _om(sak: Sak | None) -> Ting | None:
    return Ting("sak", sak.id, sak.enhet_id) if sak is not None else None


@bp.get("/innsynslogg")
@needs(Rettighet.LOGG_LES)
def logg() -> str:
    """Who did or read what: ids and codes, the newest first. Each look is itself a line."""
    form, valg, sak = _filter(request.args)
    audit.record(Hva.LOGG_LEST, av=me(), gjelder=_om(sak))
    return render_template(
        "personvern/logg.html",
        form=form,
        logg=queries.logg(me(), valg, request.args.get("side", "")),
        sak=sak,
        status=segl.status(db.session()),
        filslag=list(Filslag),
        soek={k: v for k, v in request.args.items() if k != "side"},
    )


@bp.route("/innsynslogg/sak", methods=["GET", "POST"])
@needs(Rettighet.LOGG_LES)
def sakens_logg() -> str | Svartype | tuple[str, int]:
    """Who opened F-…: the lines of one case, found by its reference."""
    form = SakensLoggForm()
    if not form.is_submitted():
        return render_template("personvern/sak.html", form=form)
    if form.validate():
        sak = queries.saken(me(), referanse=form.normalisert)
        audit.record(Hva.LOGG_LEST, av=me(), gjelder=_om(sak), detalj="referanse")
        if sak is not None:
            return redirect(url_for("personvern.logg", sak=sak.id), 303)
        form.referanse.errors = [gettext(N_("Fant ingen sak med referansen i loggen du kan lese."))]
    return render_template("personvern/sak.html", form=form), 422


@bp.get("/innsynslogg/moenstre")
@needs(Rettighet.LOGG_LES)
def moenstre() -> str:
    """Unusual patterns, one at a time: who, which day, how often."""
    form = MoensterForm(request.args, i_dag())
    audit.record(Hva.LOGG_LEST, av=me(), detalj=form.valgt.value)
    return render_template(
        "personvern/moenstre.html",
        form=form,
        funnet=queries.moenstre(me(), form.valgt, form.dager, request.args.get("side", "")),
        grense=GRENSER[form.valgt],
        slag=SLAG[form.valgt],
    )


@bp.post("/innsynslogg/eksport")
@needs(Rettighet.LOGG_LES)
def eksport() -> Svartype:
    """The lines of the filter as a file; that they were taken out is a line too."""
    konto.ta_uttrekk(av=me(), adresse=request.remote_addr)
    _, valg, sak = _filter(request.form)
    slag = Filslag.XLSX if request.form.get("fil") == Filslag.XLSX else Filslag.CSV
    linjer, brukernavn, enheter = queries.uttrekk(me(), valg)
    if len(linjer) > queries.MAKS_UTTREKK:
        flash(gettext(N_("For mange linjer til en fil. Velg en kortere periode.")), "advarsel")
        tilbake: dict[str, Any] = {k: v for k, v in request.form.items() if k not in {"csrf_token", "fil"}}
        return redirect(url_for("personvern.logg", **tilbake), 303)
    audit.record(Hva.LOGG_EKSPORTERT, av=me(), gjelder=_om(sak), detalj=slag.value)
    hoder = [N_("Tid"), N_("Bruker"), N_("Roller"), N_("Hva"), N_("Gjelder"), N_("Nummer"), N_("Enhet"), N_("Detalj")]
    rader = [_rad(linje, brukernavn, enheter) for linje in linjer]
    ark = Ark(gettext(N_("Innsynslogg")), [gettext(hode) for hode in hoder], rader)
    innhold, mimetype = (to_xlsx(ark), XLSX_TYPE) if slag is Filslag.XLSX else (to_csv(ark), CSV_TYPE)
    svar = Response(innhold, mimetype=mimetype)
    svar.headers.set("Content-Disposition", "attachment", filename=f"innsynslogg.{slag.value}")
    return svar


def _rad(linje: Innslag, brukernavn: Any, enheter: Any) -> list[str]:
    tid: datetime = linje.tid.astimezone(OSLO)
    return [
        f"{tid:%d.%m.%Y %H:%M:%S}",
        "" if linje.user_id is None else brukernavn.get(linje.user_id, gettext(N_("Slettet bruker"))),
        linje.roller.replace(",", ", "),
        gettext(linje.hva.tekst),
        linje.gjelder or "",
        "" if linje.gjelder_id is None else str(linje.gjelder_id),  # more digits than a spreadsheet keeps in a number
        enheter.get(linje.enhet_id, ""),
        linje.detalj or "",
    ]


@bp.get("/innsynslogg/aapninger")
@needs(Rettighet.LOGG_LES)
def aapninger() -> str:
    """Why cases outside somebody's own inbox were opened: who, when, which reference, and the answer."""
    valgt = request.args.get("grunn", "")
    grunn = Aapningsgrunn(valgt) if valgt in set(Aapningsgrunn) else None
    audit.record(Hva.LOGG_LEST, av=me(), detalj="aapninger")
    side = queries.aapninger(me(), grunn, request.args.get("side", ""))
    return render_template(
        "personvern/aapninger.html",
        side=side,
        grunn=grunn,
        grunner=list(Aapningsgrunn),
        tekster=les_tekster(side.rader),
    )
