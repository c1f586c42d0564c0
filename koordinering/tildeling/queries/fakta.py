"""The facts behind hvorfor_ikke: what the family has had, and what could be given."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import contains_eager

from koordinering.access import enheter
from koordinering.db import db, i_dag
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker.models import Barn, Henvisning
from koordinering.saker.services.overgang import har_grunnlag
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.rules import (
    TELLER_MOT_TAK,
    Gitt,
    Gjenstand,
    Hvorfor,
    Kandidat,
    hvorfor_ikke,
    tilbudt_nok,
)
from koordinering.tildeling.rules.runde import TELLER_SOM_TILBUDT, Tilbudssvar
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.midler import queries as midler
from koordinering.tiltak.midler.models import Budsjett
from koordinering.tiltak.models import Kortaar, Plass, Tilbud, Tiltak
from koordinering.tiltak.rules import Kortenhet, Mekanikk, Plasstilstand
from koordinering.users import User


def kandidat(henvisning: Henvisning) -> Kandidat:
    """What giving to this referral rests on, across the cases of its family.

    Asked only when something is given. The same queries are run whether or not anybody else knows the family.
    """
    koblet = saker.koblede_saker(henvisning.sak_id)
    barn = henvisning.barn
    indeks = barn.blindindeks if barn is not None else None
    samme_barn = Barn.blindindeks == indeks if indeks is not None else false()
    funnet = _gitt(or_(Henvisning.sak_id.in_(sorted(koblet)), samme_barn), {henvisning.tiltak_id})
    return _kandidat(henvisning, funnet, _tilbudt([henvisning])[henvisning.id])


def kandidater(henvisninger: Collection[Henvisning]) -> Mapping[int, Kandidat]:
    """What pages need to know of many referrals: their own cases only, so that no list depends on a link."""
    egne = {h.sak_id for h in henvisninger}
    funnet = _gitt(Henvisning.sak_id.in_(sorted(egne)), {h.tiltak_id for h in henvisninger})
    i_saken: dict[int, list[Tildeling | Plasstilbud]] = {sak_id: [] for sak_id in egne}
    for en in funnet:
        i_saken[en.henvisning.sak_id].append(en)
    tilbudt = _tilbudt(henvisninger)
    return {h.id: _kandidat(h, i_saken[h.sak_id], tilbudt[h.id]) for h in henvisninger}


def _tilbudt(henvisninger: Collection[Henvisning]) -> Mapping[int, list[int]]:
    """The stocks that each referral was offered a place of and did not take, once for each time. One query."""
    funnet: dict[int, list[int]] = {h.id: [] for h in henvisninger}
    query = (
        select(Plasstilbud.henvisning_id, Plass.beholdning_id)
        .join(Plasstilbud.plass)
        .where(Plasstilbud.henvisning_id.in_(sorted(funnet)), Plasstilbud.svar.in_(sorted(TELLER_SOM_TILBUDT)))
    )
    for henvisning_id, beholdning_id in db.session.execute(query):
        funnet[henvisning_id].append(beholdning_id)
    return funnet


def _gitt(hos: ColumnElement[bool], tiltak: Collection[str]) -> Sequence[Tildeling | Plasstilbud]:
    """What they have had, and what is held for them while an answer is awaited."""
    return [*_tildelinger(hos, tiltak), *_holdt(hos, tiltak)]


def _holdt(hos: ColumnElement[bool], tiltak: Collection[str]) -> Sequence[Plasstilbud]:
    query = (
        select(Plasstilbud)
        .join(Plasstilbud.henvisning)
        .join(Plasstilbud.tilbud)
        .outerjoin(Henvisning.barn)
        .options(
            contains_eager(Plasstilbud.tilbud),
            contains_eager(Plasstilbud.henvisning).contains_eager(Henvisning.barn),
        )
        .where(hos, Tilbud.tiltak_id.in_(sorted(tiltak)), Plasstilbud.svar == Tilbudssvar.VENTER)
    )
    return db.session.scalars(query).all()


def _tildelinger(hos: ColumnElement[bool], tiltak: Collection[str]) -> Sequence[Tildeling]:
    query = (
        select(Tildeling)
        .join(Tildeling.henvisning)
        .outerjoin(Henvisning.barn)
        .outerjoin(Tildeling.plass)
        .options(
            contains_eager(Tildeling.plass),
            contains_eager(Tildeling.henvisning).contains_eager(Henvisning.barn),
        )
        .where(hos, Tildeling.tiltak_id.in_(sorted(tiltak)), Tildeling.tilstand.in_(sorted(TELLER_MOT_TAK)))
    )
    return db.session.scalars(query).all()


def _kandidat(henvisning: Henvisning, funnet: Sequence[Tildeling | Plasstilbud], tilbudt: Sequence[int]) -> Kandidat:
    barn = henvisning.barn
    return Kandidat(
        status=henvisning.status,
        tiltak_id=henvisning.tiltak_id,
        gjelder_barn=barn is not None,
        foedselsaar=barn.foedselsaar if barn is not None else None,
        grunnlag=henvisning.mottaker_id is not None
        and har_grunnlag(henvisning.sak, henvisning.mottaker_id, henvisning.barn_id),
        sak_enhet_id=henvisning.avsender_id,
        gitt=tuple(_om(ting, barn) for ting in funnet if not _er_eget_tilbud(ting, henvisning)),
        venter_svar=henvisning.svar_innen is not None,
        tilbudt=tuple(tilbudt),
    )


def _er_eget_tilbud(ting: Tildeling | Plasstilbud, henvisning: Henvisning) -> bool:
    """What is held for the referral itself stands in `venter_svar`."""
    return isinstance(ting, Plasstilbud) and ting.henvisning_id == henvisning.id


def _om(ting: Tildeling | Plasstilbud, barn: Barn | None) -> Gitt:
    annet = ting.henvisning.barn
    samme = barn is not None and annet is not None and _samme(barn, annet)
    return _om_holdt(ting, samme) if isinstance(ting, Plasstilbud) else _om_tildelt(ting, samme)


def _om_holdt(plasstilbud: Plasstilbud, samme_barn: bool) -> Gitt:
    tilbud = plasstilbud.tilbud
    return Gitt(
        enhet_id=tilbud.enhet_id,
        sak_enhet_id=plasstilbud.henvisning.avsender_id,
        tiltak_id=tilbud.tiltak_id,
        aar=tilbud.sesong_fra.year,
        beholdning_id=tilbud.beholdning_id,
        samme_barn=samme_barn,
        aapen=True,
    )


def _om_tildelt(tildeling: Tildeling, samme_barn: bool) -> Gitt:
    return Gitt(
        enhet_id=tildeling.enhet_id,
        sak_enhet_id=tildeling.henvisning.avsender_id,
        tiltak_id=tildeling.tiltak_id,
        aar=tildeling.aar,
        beholdning_id=tildeling.plass.beholdning_id if tildeling.plass is not None else None,
        samme_barn=samme_barn,
        aapen=tildeling.slutt is None,
        beloep_oere=tildeling.tilsagn.beloep_oere if tildeling.tilsagn is not None else None,
    )


def _samme(ett: Barn, annet: Barn) -> bool:
    return ett.id == annet.id or (ett.blindindeks is not None and ett.blindindeks == annet.blindindeks)


def gjenstand(tiltak: Tiltak, tilbud: Tilbud | None = None) -> Gjenstand:
    """What this measure would give now: a place in the offer, else this year's card, else follow-up."""
    if tilbud is not None:
        return plasser_i({tilbud.id: tilbud})[tilbud.id]
    if Mekanikk.KORT in tiltak.slag:
        return _kort(tiltak, tiltaket.kortaar(tiltak.id, i_dag().year))
    slag = Mekanikk.OPPFOELGING if Mekanikk.OPPFOELGING in tiltak.slag else Mekanikk.FRIPLASS
    ledig = None if slag is Mekanikk.OPPFOELGING else 0
    return Gjenstand(slag=slag, tiltak_id=tiltak.id, aar=i_dag().year, ledig=ledig)


def _kort(tiltak: Tiltak, kortaar: Kortaar | None) -> Gjenstand:
    if kortaar is None:
        return Gjenstand(
            slag=Mekanikk.KORT,
            tiltak_id=tiltak.id,
            aar=i_dag().year,
            ledig=0,
            stengt=True,
            per=Kortenhet.FAMILIE,
        )
    return Gjenstand(
        slag=Mekanikk.KORT,
        tiltak_id=tiltak.id,
        aar=kortaar.aar,
        ledig=tiltaket.tilstander([kortaar.beholdning_id])[kortaar.beholdning_id][Plasstilstand.LEDIG],
        beholdning_id=kortaar.beholdning_id,
        stengt=kortaar.stengt is not None,
        per=kortaar.per,
        tak=kortaar.tak,
    )


def plasser_i(tilbud: Mapping[int, Tilbud]) -> Mapping[int, Gjenstand]:
    """The places of several offers, by the offers' ids; one query beside the offers themselves."""
    tilstander = tiltaket.tilstander([t.beholdning_id for t in tilbud.values()])
    return {
        id_: Gjenstand(
            slag=Mekanikk.FRIPLASS,
            tiltak_id=t.tiltak_id,
            aar=t.sesong_fra.year,
            ledig=tilstander[t.beholdning_id][Plasstilstand.LEDIG],
            beholdning_id=t.beholdning_id,
            stengt=t.trukket is not None,
            sesong=(t.sesong_fra, t.sesong_til),
            alder=(t.alder_fra, t.alder_til),
            per=Kortenhet.BARN,
            tak=t.tiltak.plasser_per_barn,
        )
        for id_, t in tilbud.items()
    }


def penger(tiltak: Tiltak, budsjett: Budsjett, beloep_oere: int) -> Gjenstand:
    """So much money of this budget, for a place that a club is paid for."""
    aaret = midler.midleraar(budsjett.aar)
    return Gjenstand(
        slag=Mekanikk.MIDLER,
        tiltak_id=tiltak.id,
        aar=budsjett.aar,
        ledig=None,
        per=Kortenhet.BARN,
        beloep_oere=beloep_oere,
        fritt_oere=budsjett.fritt_oere,
        tak_oere=aaret.tak_per_barn_oere if aaret is not None else None,
    )


def grunner(user: User | None, kandidat_: Kandidat, ting: Gjenstand, henvisning: Henvisning) -> tuple[Hvorfor, ...]:
    """hvorfor_ikke as this user, in the receiving unit of the referral, sees it today. None: the system itself."""
    return hvorfor_ikke(
        kandidat_,
        ting,
        enhet_id=henvisning.mottaker_id or "",
        registrerer=user is not None and bool(enheter(user, Rettighet.SAK_REGISTRER)),
        dag=i_dag(),
    )


def grunner_mot_tilbud(
    user: User | None, kandidat_: Kandidat, ting: Gjenstand, henvisning: Henvisning
) -> tuple[Hvorfor, ...]:
    """What stops the place from being offered with a deadline: what stops giving it, and having been asked enough."""
    return (*grunner(user, kandidat_, ting, henvisning), *tilbudt_nok(kandidat_, ting))
