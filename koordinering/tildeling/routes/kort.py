"""Opplevelseskortet: the year's cards, handing out, the waiting list, and the new year."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.access import can, enheter
from koordinering.audit import Hva
from koordinering.db import i_dag, transaction
from koordinering.errors import Endret, FinnesIkke, UgyldigFelt, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tildeling import queries, services
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.queries.koefilter import Koefilter, koeside
from koordinering.tildeling.routes.felles import GJORT, SLIPPER, Svar, betegnelse, blir_ledig, bp, innsyn_i
from koordinering.tildeling.rules import Handling
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak import services as beholdning
from koordinering.tiltak.forms import KortaarForm
from koordinering.tiltak.models import Kortaar, Tiltak
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.skjema import heltall
from koordinering.web.sprak import gettext

I_KOEEN = 100
"""Referrals of the queue on the page; the inbox has the rest."""


@bp.get("/kort")
@needs(Rettighet.TILDELING_GI, Rettighet.KORT_ENDRE)
def kort() -> str:
    """The year's cards; and for the unit that hands them out, who is waiting and who has one."""
    tiltak, aar = _tiltak(request.args.get("tiltak")), _aar(request.args.get("aar"))
    if tiltak is None:
        return render_template("tildeling/kort_ingen.html")
    kortaar = tiltaket.kortaar(tiltak.id, aar)
    return render_template(
        "tildeling/kort.html",
        tiltak=tiltak,
        alle=tiltaket.korttiltak(),
        aar=aar,
        naa=i_dag().year,
        kortaar=kortaar,
        andre_aar=tiltaket.alle_kortaar(tiltak.id),
        tall=tiltaket.tilstander([kortaar.beholdning_id])[kortaar.beholdning_id] if kortaar else {},
        gitt=queries.antall_gitt(tiltak.id, aar),
        kan_endre=can(me(), Rettighet.KORT_ENDRE),
        **_for_utdeleren(tiltak, kortaar),
    )


def _for_utdeleren(tiltak: Tiltak, kortaar: Kortaar | None) -> dict[str, Any]:
    """The queue and the cards in use, for the unit that hands them out; nothing for others."""
    if tiltak.mottaker_id not in enheter(me(), Rettighet.TILDELING_GI):
        return {"deler_ut": False, "koe": [], "neste": None, "i_bruk": None, "innsyn": {}}
    audit.record(Hva.LISTE_LEST, av=me(), detalj="kort")
    koe = koeside(me(), [tiltak.id], Koefilter(), stoerrelse=I_KOEEN).rader
    side = queries.kort_ute(me(), kortaar, request.args.get("side", "")) if kortaar is not None else None
    ute = [t.henvisning for t in side.rader] if side else []
    return {
        "deler_ut": True,
        "koe": koe,
        "neste": services.neste_i_tur(koe, tiltak, me()),
        "i_bruk": side,
        "innsyn": innsyn_i([*koe, *ute]),
    }


def _tiltak(valgt: str | None) -> Tiltak | None:
    alle = tiltaket.korttiltak()
    return next((t for t in alle if t.id == valgt), alle[0] if alle else None)


def _paakrevd_tiltak() -> Tiltak:
    tiltak = _tiltak(request.values.get("tiltak"))
    if tiltak is None:
        raise FinnesIkke
    return tiltak


def _aar(tekst: str | None) -> int:
    aar = heltall(tekst, 4) or 0
    return aar if 2000 <= aar <= 2100 else i_dag().year


@bp.post("/kort/neste")
@needs(Rettighet.TILDELING_GI)
def kort_neste() -> Response:
    """Give a card to the first on the waiting list who can have one now."""
    with transaction():
        tiltak = _paakrevd_tiltak()
        tiltak_id, neste = tiltak.id, services.gi_neste(tiltak, av=me())
        hvem = betegnelse(queries.innsyn(neste)) if neste else ""
    if neste is None:
        flash(gettext(N_("Ingen på ventelisten kan få kort nå.")), "info")
    else:
        flash(gettext(N_("Kort gitt til %(hvem)s.")) % {"hvem": hvem}, "suksess")
    return redirect(url_for("tildeling.kort", tiltak=tiltak_id), 303)


@bp.post("/kort/<int:tildeling_id>/tilbake")
@needs(Rettighet.TILDELING_GI)
def kort_tilbake(tildeling_id: int) -> Response:
    """A card or place came back, or a card was lost; also when the referral may no longer be read."""
    tapt = request.form.get("tapt") == "1"
    handling = Handling.MELD_TAPT if tapt else Handling.LEVER_TILBAKE
    try:
        with transaction():
            tildeling = queries.tildeling(me(), tildeling_id)
            services.lever_tilbake_enhet(tildeling, handling, av=me())
            ledig = blir_ledig(tildeling) if handling in SLIPPER else ""
            til_neste = queries.tilbud_til(tildeling) is None and not tapt
            neste = services.foerste_i_koeen(tildeling.henvisning.tiltak, me()) if til_neste else None
            hvem = betegnelse(queries.innsyn(neste)) if neste else None
    except UgyldigOvergang:
        if (holdt := queries.tildeling(me(), tildeling_id)).slutt is None:
            raise
        return _var_ikke_ute(holdt)
    flash(f"{gettext(GJORT[handling])} {ledig}".strip(), "suksess")
    if hvem:
        flash(gettext(N_("Neste i køen: %(hvem)s.")) % {"hvem": hvem}, "info")
    return redirect(_der_det_staar(queries.tildeling(me(), tildeling_id)), 303)


def _var_ikke_ute(tildeling: Tildeling) -> Response:
    """Who comes second is told what has become of it."""
    naa = gettext(N_("Ingenting er endret. Det som var gitt, er nå: %(tilstand)s."))
    flash(naa % {"tilstand": gettext(tildeling.tilstand.tekst)}, "info")
    return redirect(_der_det_staar(tildeling), 303)


def _der_det_staar(tildeling: Tildeling) -> str:
    tilbud = queries.tilbud_til(tildeling)
    if tilbud is not None:
        return url_for("tildeling.fordel", tilbud=tilbud.id)
    return url_for("tildeling.kort", tiltak=tildeling.tiltak_id)


@bp.route("/kort/endre", methods=["GET", "POST"])
@needs(Rettighet.KORT_ENDRE)
def kort_endre() -> Svar:
    """How many cards a year has, and who may have how many; makes the year's cards when there are none."""
    tiltak, aar = _paakrevd_tiltak(), _aar(request.values.get("aar"))
    form = KortaarForm(kortaar=tiltaket.kortaar(tiltak.id, aar))
    if form.validate_on_submit():
        try:
            with transaction():
                _lagre(_paakrevd_tiltak(), aar, form)
        except UgyldigFelt as feil:
            form.feil(feil)
        except Endret as feil:
            return _kort_endret(form, aar, feil)
        else:
            flash(gettext(N_("Kortene er lagret.")), "suksess")
            return redirect(url_for("tildeling.kort", tiltak=tiltak.id, aar=aar), 303)
    return _endreside(form, tiltak, aar), 422 if form.is_submitted() else 200


def _endreside(form: KortaarForm, tiltak: Tiltak, aar: int, naa: Kortaar | None = None) -> str:
    return render_template("tildeling/kort_endre.html", form=form, tiltak=tiltak, aar=aar, naa=naa)


def _lagre(tiltak: Tiltak, aar: int, form: KortaarForm) -> None:
    kortaar = tiltaket.kortaar(tiltak.id, aar)
    if kortaar is None:
        beholdning.opprett_kortaar(tiltak, aar, **form.valg(), nytt=True, av=me())
    else:
        beholdning.endre_kortaar(kortaar, **form.valg(), versjon=form.lest_versjon(), av=me())


def _kort_endret(form: KortaarForm, aar: int, feil: Endret) -> Svar:
    """What was typed beside what stands now: sent once more, it is meant."""
    tiltak = _paakrevd_tiltak()
    naa = tiltaket.kortaar(tiltak.id, aar)
    if naa is not None:
        form.versjon.data = str(naa.versjon)
    form.form_errors.append(gettext(str(feil)))
    return _endreside(form, tiltak, aar, naa), feil.status
