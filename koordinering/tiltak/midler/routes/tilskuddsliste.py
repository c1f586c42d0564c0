"""The public list of grants to clubs, the same as a workbook, and the text of a reminder."""

from flask import render_template, request
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.db import db, i_dag
from koordinering.konto.services import ta_uttrekk
from koordinering.roles import Rettighet
from koordinering.sider import hent_side
from koordinering.tekst import N_
from koordinering.tiltak.midler import queries
from koordinering.tiltak.midler.export import Ark, Kroner, to_xlsx
from koordinering.tiltak.midler.forms import (
    SoekForm,
)
from koordinering.tiltak.midler.models import Tilskudd
from koordinering.tiltak.midler.queries import Tilskuddsfilter
from koordinering.tiltak.midler.routes.felles import aar_i_adressen, bp, fil, valgt
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import dato, kroner
from koordinering.web.sprak import gettext


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
    ta_uttrekk(av=me(), adresse=request.remote_addr)
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
