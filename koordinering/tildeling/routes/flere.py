"""Several at once on the allocation page: one action on all that are marked, and what came of each."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for

from koordinering import audit
from koordinering.audit import Hva
from koordinering.db import now, transaction
from koordinering.errors import FinnesIkke, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.tekst import N_
from koordinering.tildeling import queries
from koordinering.tildeling.forms import FlereForm
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.queries.forslag import besluttede
from koordinering.tildeling.routes.felles import Svar, bp, innsyn_i
from koordinering.tildeling.routes.fordel import HOLDTE, flereskjema, her, maatene, siden, valgt
from koordinering.tildeling.routes.forslag import gjennomfoer
from koordinering.tildeling.rules import Hvorfor
from koordinering.tildeling.rules.flere import HOLDT, MAKS_SAMTIDIG, MED_TILBUD, Tillegg, kan_fortsette
from koordinering.tildeling.rules.runde import Maate, kan_angres
from koordinering.tildeling.services.flere import beslutt
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.models import Tilbud
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.skjema import NOEKKELSIFRE, heltall
from koordinering.web.sprak import gettext

GJORT: Mapping[Maate, str] = {
    Maate.GI: N_("Gitt"),
    Maate.TILBY: N_("Tilbudt"),
    Maate.VENTELISTE: N_("Satt på venteliste"),
    Maate.AVSLAA: N_("Avslått"),
    Maate.TILBAKE: N_("Levert tilbake"),
    Maate.AVSLUTT: N_("Avsluttet"),
}
"""What the page says of a row that was done."""

_MANGLER = N_("%(antall)d av dem du valgte, er ikke lenger hos enheten. Ingenting er gjort med dem.")


@bp.post("/fordel/flere")
@needs(Rettighet.TILBUD_ENDRE)
def fordel_flere() -> Svar:
    """Take one action on all that are marked; what came of each stands on the page that follows."""
    henvisning, tilbud = valgt(me())
    holdt = "holdt" in request.args and tilbud is not None
    form = flereskjema(me(), HOLDT, prefix=HOLDTE) if holdt else flereskjema(me(), maatene(henvisning, tilbud))
    if form.validate():
        try:
            besluttet = _gjoer(form, tilbud, holdt=holdt)
            return redirect(url_for("tildeling.fordel_utfall", forslag=besluttet, **her()), 303)
        except UgyldigFelt as feil:
            form.feil(feil)
    skjemaer = {"flere_holdt" if holdt else "flere": form}
    return siden(me(), *valgt(me()), **skjemaer), 422


def _gjoer(form: FlereForm, tilbud: Tilbud | None, *, holdt: bool) -> list[int]:
    """Decide, then carry out each row in a transaction of its own. Ids of what was decided."""
    maate, tilbud_id = Maate(form.maate.data), tilbud.id if tilbud else None
    with transaction():
        i = tiltaket.eget_tilbud(me(), tilbud_id) if tilbud_id is not None else None
        rader, sluppet = _holdte(form, i) if holdt and i else (queries.mottatte(me(), form.ider()), set())
        besluttet = beslutt(
            rader,
            maate,
            i if maate in MED_TILBUD else None,
            frist_dager=form.frist(),
            tillegg=form.tillegg(),
            sluppet=sluppet,
            av=me(),
        )
        ider, mangler = [f.id for f in besluttet], len(form.ider()) - len(rader)
    if mangler:
        flash(gettext(_MANGLER) % {"antall": mangler}, "advarsel")
    for id_ in ider:
        gjennomfoer(id_, form.tillegg())
    return ider


def _holdte(form: FlereForm, tilbud: Tilbud) -> tuple[list[Henvisning], set[int]]:
    """The referrals whose places are marked, and those of them that hold what was marked no longer."""
    merket = queries.holdt(me(), tilbud.beholdning_id, form.ider())
    per = {t.henvisning_id: t for t in sorted(merket, key=lambda t: t.slutt is None)}  # what is held now comes last
    return [t.henvisning for t in per.values()], {id_ for id_, t in per.items() if t.slutt is not None}


@bp.get("/fordel/utfall")
@needs(Rettighet.TILBUD_ENDRE)
def fordel_utfall() -> Svar:
    """Row by row what came of one action on several, and why not where it could not be done."""
    valgte = request.args.getlist("forslag")[:MAKS_SAMTIDIG]
    ider = [id_ for tekst in valgte if (id_ := heltall(tekst, NOEKKELSIFRE)) is not None]
    if not ider:
        return redirect(url_for("tildeling.forslagsliste"), 303)
    besluttet = besluttede(me(), ider)
    if not besluttet:
        raise FinnesIkke
    audit.record(Hva.LISTE_LEST, av=me(), detalj="utfall")
    linjer = [linje for forslag in besluttet for linje in forslag.linjer]
    henvisninger = [linje.henvisning for linje in linjer]
    gitt = queries.gitt_til(henvisninger)
    return render_template(
        "tildeling/utfall.html",
        maate=besluttet[0].maate,
        gjort={maate: gettext(tekst) for maate, tekst in GJORT.items()},
        her=her(),
        besluttet=besluttet,
        tilbud=next((ft.tilbud for forslag in besluttet for ft in forslag.tilbud), None),
        antall=len(linjer),
        antall_gjort=sum(linje.gjort is True for linje in linjer),
        kan_fortsette={f.id for f in besluttet if kan_fortsette(f.maate, Tillegg())},
        innsyn=innsyn_i(henvisninger),
        plasser={id_: t.plass.nummer for id_, t in gitt.items() if t.plass is not None},
        kan_angres=_kan_angres(henvisninger, gitt),
        angret=queries.angret(henvisninger, besluttet[0].bekreftet) if besluttet[0].bekreftet else set(),
        hvorfor=Hvorfor,
    )


def _kan_angres(henvisninger: Sequence[Henvisning], gitt: Mapping[int, Tildeling]) -> set[int]:
    """Referrals whose place the user gave a moment ago, as far as time and person go."""
    uroert = [h.id for h in henvisninger if h.id in gitt and not h.startet and h.beskjed_gitt is None]
    return {i for i in uroert if kan_angres(gitt[i].gitt, gitt_av=gitt[i].gitt_av, hvem=me().id, naa=now())}
