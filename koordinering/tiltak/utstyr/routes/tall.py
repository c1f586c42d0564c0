"""Loans by category and month; figures entered for a month, or read from a file that is shown before it counts."""

from flask import flash, redirect, render_template, request, url_for

from koordinering.db import OSLO, now, transaction
from koordinering.errors import FinnesIkke, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.forms.tall import BekreftForm, FilForm, MaanedForm
from koordinering.tiltak.utstyr.routes.felles import Svar, bp
from koordinering.tiltak.utstyr.rules.maanedstall import les_fil
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

MAANEDER = (
    N_("Januar"), N_("Februar"), N_("Mars"), N_("April"), N_("Mai"), N_("Juni"),
    N_("Juli"), N_("August"), N_("September"), N_("Oktober"), N_("November"), N_("Desember"),
)  # fmt: skip


def _naa() -> tuple[int, int]:
    naa = now().astimezone(OSLO)
    return naa.year, naa.month


@bp.get("/tall")
@needs(Rettighet.UTSTYR_ENDRE)
def tall() -> str:
    """A year's loans by category and month."""
    i_aar, _ = _naa()
    enhet_id = queries.min_enhet(me())
    skrevet = request.args.get("aar", "")
    aar = int(skrevet) if skrevet.isascii() and skrevet.isdigit() and len(skrevet) == 4 else i_aar
    if not 2000 <= aar <= i_aar:
        raise FinnesIkke
    telt = queries.utlaan_per_maaned(aar, enhet_id)
    return render_template(
        "tiltak/utstyr/tall.html",
        aar=aar,
        aarene=queries.aarene(enhet_id, i_aar),
        tall={kategori: maaneder for kategori, maaneder in telt.items() if sum(maaneder)},
        summer=[sum(kolonne) for kolonne in zip(*telt.values(), strict=True)],
        maaneder=MAANEDER,
        kolonner=[{"tekst": gettext(navn)[:3], "tall": True} for navn in MAANEDER],
        valg=queries.valg(enhet_id),
        forrige=_forrige(),
        naa=_naa(),
    )


def _forrige() -> tuple[int, int]:
    aar, maaned = _naa()
    return (aar, maaned - 1) if maaned > 1 else (aar - 1, 12)


@bp.route("/tall/<int:aar>/<int:maaned>", methods=["GET", "POST"])
@needs(Rettighet.UTSTYR_ENDRE)
def foer_maaned(aar: int, maaned: int) -> Svar:
    """One month's figures."""
    if not (aar >= 2000 and 1 <= maaned <= 12 and (aar, maaned) <= _naa()):
        raise FinnesIkke
    form = MaanedForm(queries.foert(me(), aar, maaned))
    if form.validate_on_submit():
        try:
            with transaction():
                services.foer_maaned(aar, maaned, form.antall(), av=me())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            flash(gettext(N_("Tallene er lagret.")), "suksess")
            return redirect(url_for("utstyr.tall", aar=aar), 303)
    navn = gettext(MAANEDER[maaned - 1])
    status = 422 if form.is_submitted() else 200
    return render_template("tiltak/utstyr/maaned.html", form=form, aar=aar, navn=navn), status


@bp.route("/tall/import", methods=["GET", "POST"])
@needs(Rettighet.UTSTYR_ENDRE)
def importer() -> Svar:
    """Choose a file and see every row of it; nothing is written yet."""
    form = FilForm()
    if form.validate_on_submit():
        try:
            lest = les_fil(form.innhold(), *_naa())
        except UgyldigFelt as feil:
            form.feil(feil)
        else:
            galt = [rad for rad in lest if rad.feil]
            bekreft = BekreftForm(formdata=None)
            bekreft.fyll(lest if not galt else ())
            siden = {"lest": lest, "galt": galt, "bekreft": bekreft}
            return render_template("tiltak/utstyr/forhaandsvis.html", **siden), 422 if galt else 200
    return render_template("tiltak/utstyr/importer.html", form=form), 422 if form.is_submitted() else 200


@bp.post("/tall/import/bekreft")
@needs(Rettighet.UTSTYR_ENDRE)
def bekreft_import() -> Svar:
    """Write every row that was shown, or none."""
    bekreft = BekreftForm()
    form = FilForm(formdata=None)
    try:
        rader = bekreft.tall(*_naa())
        with transaction():
            services.importer(rader, av=me())
    except UgyldigFelt as feil:
        form.feil(feil)
        return render_template("tiltak/utstyr/importer.html", form=form), 422
    flash(gettext(N_("%(antall)d tall er lagret.")) % {"antall": len(rader)}, "suksess")
    return redirect(url_for("utstyr.tall", aar=max(rad.aar for rad in rader)), 303)
