"""Journey 2: the queue beside the free places, who fits what and why not, and giving."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from koordinering import audit
from koordinering.access import can
from koordinering.audit import Hva
from koordinering.db import db, now, transaction
from koordinering.errors import DomainError, FinnesIkke, KanIkkeInnvilges, Oppbrukt, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker.models import Henvisning
from koordinering.sider import Side, tell
from koordinering.tekst import N_
from koordinering.tildeling import queries, services
from koordinering.tildeling.forms import FlereForm, FordelFilterForm
from koordinering.tildeling.queries.forslag import foreslaatt
from koordinering.tildeling.queries.koefilter import Koefilter, koeside
from koordinering.tildeling.routes.felles import GJORT, Svar, bp, innsyn_i, skrevet
from koordinering.tildeling.routes.neste import neste_for
from koordinering.tildeling.rules import HANDLINGER, Gjenstand, Handling, Hvorfor
from koordinering.tildeling.rules.flere import HANDLING, HOLDT, I_KOEEN, MED_TILBUD
from koordinering.tildeling.rules.runde import VANLIG_FRIST, Maate, kan_angres
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.queries import Tilbudssoek, Tilstander
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import User
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.side import tidspunkt
from koordinering.web.skjema import NOEKKELSIFRE, heltall
from koordinering.web.sprak import gettext

MAKS_TILBUD = 200
"""Offers weighed for a referral on one page."""

MAKS_KOE = 200
"""Referrals weighed for an offer on one page, from the front of the queue."""


@dataclass(frozen=True)
class Vurdert:
    """A referral beside an offer: fits when there is no reason why not."""

    henvisning: Henvisning
    tilbud: Tilbud
    grunner: tuple[Hvorfor, ...]
    oenske: int | None
    """Which of the child's wishes it is, 1 for the first; None when it is none of them or not told."""


@dataclass(frozen=True)
class Plasser:
    """The free side of the page."""

    tilbud: Sequence[Tilbud]
    tall: Mapping[int, Tilstander]
    ting: Mapping[int, Gjenstand]
    foreslaatt: Mapping[int, int]
    """Places that stand in drafts of proposals now, by offer."""
    antall: int
    """How many there are; more than are shown when the list is cut."""


HOLDTE = "holdt-"
"""Stands before the names of the form for places that are held."""

FILTRE = ("q", "aktivitet", "alder", "oenske", "gruppe")
"""What the two sides are narrowed by, as it stands in the address."""


def filtre() -> dict[str, Any]:
    """The filters of the address, to be kept whatever is chosen or done."""
    return {navn: verdi for navn in FILTRE if (verdi := request.args.get(navn, ""))}


def her() -> dict[str, Any]:
    """The filters and what is chosen, so that whoever comes back stands where she stood."""
    return filtre() | {navn: request.args[navn] for navn in ("henvisning", "tilbud", "side") if navn in request.args}


@bp.get("/fordel")
@needs(Rettighet.TILBUD_ENDRE)
def fordel() -> str:
    """The queue and the places; a referral or an offer chosen in the address shows what fits it."""
    audit.record(Hva.LISTE_LEST, av=me(), detalj="fordel")
    return siden(me(), *valgt(me()))


def valgt(user: User) -> tuple[Henvisning | None, Tilbud | None]:
    """The referral and the offer that are chosen in the address. Raises FinnesIkke."""
    return _valgt_henvisning(user, _nummer("henvisning")), _valgt_tilbud(user, _nummer("tilbud"))


def flereskjema(user: User, maater: Sequence[Maate], **kw: Any) -> FlereForm:
    """What can be done with several at once, as far as the user's role goes."""
    lov = [m for m in maater if can(user, HANDLINGER[HANDLING[m]].rett)]
    enhetene = [t.mottaker for t in queries.mottakertiltak(user, Mekanikk.FRIPLASS)]
    return FlereForm(lov, fri_tekst=not any(e is not None and e.helse for e in enhetene), **kw)


def maatene(henvisning: Henvisning | None, tilbud: Tilbud | None) -> Sequence[Maate]:
    """What can be done with those who are marked: with a chosen offer, giving its places too."""
    return I_KOEEN if tilbud is not None and henvisning is None else [m for m in I_KOEEN if m not in MED_TILBUD]


def siden(
    user: User,
    henvisning: Henvisning | None,
    tilbud: Tilbud | None,
    endret: str | None = None,
    *,
    flere: FlereForm | None = None,
    flere_holdt: FlereForm | None = None,
) -> str:
    """The page; after an error with the marks and the answers that were sent."""
    form = FordelFilterForm(request.args)
    tiltak = {t.id: t.kortnavn for t in queries.mottakertiltak(user, Mekanikk.FRIPLASS)}
    koe, plasser = _koe(user, tiltak, form.koefilter()), _plasser(user, form.soek(), tilbud)
    passer, i_koeen = _passer(user, henvisning, tilbud, plasser, form.koefilter())
    i_bruk = list(db.session.scalars(queries.i_bruk(user, tilbud.beholdning_id))) if tilbud else []
    vises = [*koe.rader, *(v.henvisning for v in passer), *(t.henvisning for t in i_bruk)]
    return render_template(
        "tildeling/fordel.html",
        endret=endret,
        form=form,
        filtre=filtre(),
        koe=koe,
        tiltak=tiltak,
        plasser=plasser,
        maks_tilbud=MAKS_TILBUD,
        i_koeen=i_koeen,
        maks_koe=MAKS_KOE,
        valgt=henvisning,
        valgt_tilbud=tilbud,
        passer=[v for v in passer if not v.grunner],
        passer_ikke=[v for v in passer if v.grunner],
        i_bruk=i_bruk,
        neste=neste_for(tilbud, logg=False) if tilbud and not henvisning else None,
        vanlig_frist=VANLIG_FRIST,
        flere=flere or flereskjema(user, maatene(henvisning, tilbud), formdata=None),
        flere_holdt=flere_holdt or flereskjema(user, HOLDT, prefix=HOLDTE, formdata=None),
        her=her(),
        kan_angres={t.id for t in i_bruk if kan_angres(t.gitt, gitt_av=t.gitt_av, hvem=user.id, naa=now())},
        handlinger=services.handlinger(henvisning, user) if henvisning else (),
        innsyn=innsyn_i([*vises, henvisning] if henvisning else vises),
    )


def _nummer(navn: str) -> int | None:
    return heltall(request.args.get(navn), NOEKKELSIFRE)


def _valgt_henvisning(user: User, id_: int | None) -> Henvisning | None:
    if id_ is None:
        return None
    funnet = saker.mottatt(user, id_)
    if Mekanikk.FRIPLASS not in funnet.tiltak.slag:
        raise FinnesIkke
    return funnet


def _valgt_tilbud(user: User, id_: int | None) -> Tilbud | None:
    return tiltaket.eget_tilbud(user, id_) if id_ is not None else None


def _koe(user: User, tiltak: Collection[str], filter_: Koefilter) -> Side[Henvisning]:
    return koeside(user, tiltak, filter_, request.args.get("side", ""))


def _plasser(user: User, soek: Tilbudssoek, valgt: Tilbud | None) -> Plasser:
    query = tiltaket.egne_tilbud(user, soek)
    tilbud = {t.id: t for t in db.session.scalars(query.order_by(Tilbud.navn, Tilbud.id).limit(MAKS_TILBUD))}
    if valgt is not None:
        tilbud.setdefault(valgt.id, valgt)
    return Plasser(
        tilbud=list(tilbud.values()),
        tall=tiltaket.tilstander([t.beholdning_id for t in tilbud.values()]),
        ting=queries.plasser_i(tilbud),
        foreslaatt=foreslaatt(user, tilbud),
        antall=tell(db.session(), query),
    )


def _passer(
    user: User, henvisning: Henvisning | None, tilbud: Tilbud | None, plasser: Plasser, filter_: Koefilter
) -> tuple[list[Vurdert], int]:
    """The chosen referral beside every offer, or the chosen offer beside the front of the queue, best first.

    And how many stand in the queue that the offer is held against, up to what is counted; 0 for a referral.
    """
    if henvisning is not None:
        valgte = [tilbud] if tilbud is not None else plasser.tilbud
        return sorted(_vurder(user, [henvisning], valgte, plasser.ting), key=_best_foerst), 0
    if tilbud is None:
        return [], 0
    foran = koeside(user, [tilbud.tiltak_id], filter_, stoerrelse=MAKS_KOE)
    return _vurder(user, foran.rader, [tilbud], plasser.ting), foran.antall


def _vurder(
    user: User, henvisninger: Sequence[Henvisning], tilbud: Sequence[Tilbud], ting: Mapping[int, Gjenstand]
) -> list[Vurdert]:
    """Ceilings are weighed on the family's own case here; the giving itself asks across cases."""
    fakta = queries.kandidater(henvisninger)
    return [
        Vurdert(h, t, queries.grunner(user, fakta[h.id], ting[t.id], h), _oenske(h, t))
        for h in henvisninger
        for t in tilbud
    ]


def _oenske(henvisning: Henvisning, tilbud: Tilbud) -> int | None:
    oensker = queries.innsyn(henvisning).oensker
    return oensker.index(tilbud.aktivitet) + 1 if tilbud.aktivitet in oensker else None


def _best_foerst(vurdert: Vurdert) -> tuple[bool, int, str, int]:
    return (bool(vurdert.grunner), vurdert.oenske or 99, vurdert.tilbud.navn, vurdert.tilbud.id)


@bp.post("/fordel/gi")
@needs(Rettighet.TILDELING_GI)
def fordel_gi() -> Svar:
    """Give a place in the chosen offer, or offer it with a deadline. Who comes second is told what changed."""
    henvisning_id, tilbud_id, tilbys = skrevet("henvisning_id"), skrevet("tilbud_id"), "tilby" in request.form
    try:
        with transaction():
            henvisning, tilbud = saker.mottatt(me(), henvisning_id), tiltaket.eget_tilbud(me(), tilbud_id)
            gjort = (
                services.tilby(henvisning, tilbud, frist_dager=VANLIG_FRIST, av=me())
                if tilbys
                else services.gi(henvisning, tilbud, av=me())
            )
            nummer, navn = gjort.plass.nummer if gjort.plass else 0, tilbud.navn
    except (Oppbrukt, UgyldigOvergang, KanIkkeInnvilges) as feil:
        henvisning = saker.mottatt(me(), henvisning_id)
        tilbud = tiltaket.eget_tilbud(me(), tilbud_id)
        return siden(me(), henvisning, tilbud, _hva_er_endret(henvisning, tilbud, feil)), feil.status
    gitt = N_("Plass %(nummer)d i %(navn)s er gitt. Henviser får oppgaven «Gi beskjed til familien».")
    tilbudt = N_("Plass %(nummer)d i %(navn)s er tilbudt. Henviser svarer for familien.")
    flash(gettext(tilbudt if tilbys else gitt) % {"nummer": nummer, "navn": navn}, "suksess")
    return redirect(url_for("tildeling.fordel", tilbud=tilbud_id, **filtre()), 303)


def _hva_er_endret(henvisning: Henvisning, tilbud: Tilbud | None, feil: DomainError) -> str:
    """Where the two stand now, and why it could not be done."""
    status = gettext(N_("Henvisningen er nå: %(status)s (%(tid)s)."))
    deler = [
        gettext(N_("Ingenting er endret.")),
        *(gettext(g) for g in (feil.grunner if isinstance(feil, KanIkkeInnvilges) else ())),
        status % {"status": gettext(henvisning.status.tekst), "tid": tidspunkt(henvisning.endret)},
    ]
    if tilbud is not None:
        ledig = queries.gjenstand(henvisning.tiltak, tilbud).ledig or 0
        en, flere = N_("%(navn)s har nå %(num)d ledig plass."), N_("%(navn)s har nå %(num)d ledige plasser.")
        deler.append(ngettext(en, flere, ledig, navn=tilbud.navn))
    return " ".join(deler)


@bp.post("/fordel/venteliste")
@needs(Rettighet.TILDELING_GI)
def fordel_venteliste() -> Svar:
    """Put the chosen referral on the waiting list. Who comes second is told what changed."""
    henvisning_id = skrevet("henvisning_id")
    try:
        with transaction():
            services.sett_paa_venteliste(saker.mottatt(me(), henvisning_id), av=me())
    except UgyldigOvergang as feil:
        henvisning = saker.mottatt(me(), henvisning_id)
        return siden(me(), henvisning, None, _hva_er_endret(henvisning, None, feil)), feil.status
    flash(gettext(GJORT[Handling.VENTELISTE]), "suksess")
    return redirect(url_for("tildeling.fordel", **filtre()), 303)
