"""Places offered with a deadline: offering, the answer, and passing on what nobody took."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from koordinering import audit
from koordinering.access import can, require
from koordinering.audit import Hva, Ting
from koordinering.db import OSLO, db, i_dag, now, transaction
from koordinering.errors import KanIkkeInnvilges, KoordineringError, Oppbrukt, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Part, Status
from koordinering.saker.services import flytt, legg_til_hendelse
from koordinering.tekst import N_
from koordinering.tildeling import queries
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.queries.tilbudt import aapent, neste_kandidater, siste, utloepte
from koordinering.tildeling.rules import Handling
from koordinering.tildeling.rules.runde import VANLIG_FRIST, Tilbudssvar, sjekk_frist_dager
from koordinering.tildeling.services.gi import gi_beskjed, stopp_for, tildel
from koordinering.tildeling.services.handlinger import krev
from koordinering.tildeling.services.laas import laas, laas_familien, laas_om_mulig
from koordinering.tildeling.services.tur import foran, gaar_forbi
from koordinering.tildeling.services.uten_innsyn import innvilg_uten_innsyn
from koordinering.tiltak import services as beholdning
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules import Plasstilstand
from koordinering.users import User

_logg = logging.getLogger(__name__)


def tilby(henvisning: Henvisning, tilbud: Tilbud, *, frist_dager: int, av: User) -> Plasstilbud:
    """Offer a place until a deadline that starts now; the referral waits on the list meanwhile.

    Raises KanIkkeInnvilges with the reasons, Oppbrukt when none is left, UgyldigFelt for a deadline that cannot be.
    """
    krev(henvisning, Handling.GI, av=av)
    sjekk_frist_dager(frist_dager)
    db.session.refresh(tilbud)
    if henvisning.status is Status.UNDER_BEHANDLING:
        flytt(henvisning, Status.VENTELISTE, part=Part.MOTTAKER, av=av)
        db.session.flush()
    forbi = len(foran(henvisning, av, tilbud))
    return _tilby(henvisning, tilbud, _frist(frist_dager), av, forbi=forbi)


def _frist(dager: int) -> datetime:
    """The end of the day, so many days from now."""
    return datetime.combine(i_dag() + timedelta(days=dager), time(23, 59), tzinfo=OSLO)


def _tilby(henvisning: Henvisning, tilbud: Tilbud, frist: datetime, av: User | None, *, forbi: int = 0) -> Plasstilbud:
    laas_familien(henvisning)
    ting = queries.gjenstand(henvisning.tiltak, tilbud)
    stopp_for(queries.grunner_mot_tilbud(av, queries.kandidat(henvisning), ting, henvisning))
    plass = beholdning.ta(tilbud.beholdning_id, til=Plasstilstand.TILBUDT)
    plasstilbud = Plasstilbud(
        henvisning_id=henvisning.id,
        plass_id=plass.id,
        tilbud_id=tilbud.id,
        laget_av=av.id if av else None,
        frist=frist,
    )
    try:
        with db.session.begin_nested():
            db.session.add(plasstilbud)
    except IntegrityError:
        raise Oppbrukt from None  # the index on open offers: the place or the referral was taken meanwhile
    henvisning.svar_innen = frist
    part = Part.MOTTAKER if av else Part.SYSTEM
    legg_til_hendelse(henvisning, "tilbudt", av=av, part=part, til=str(plass.nummer), **gaar_forbi(forbi))
    audit.record(Hva.TILBUDT, av=av, gjelder=Ting("henvisning", henvisning.id, henvisning.mottaker_id))
    db.session.flush()
    return plasstilbud


# --- The answer ------------------------------------------------------------------------------------------


def svar_paa_tilbud(henvisning: Henvisning, *, ja: bool, av: User) -> Tildeling | None:
    """The family's answer, from the sender, or from the receiver when it came by telephone.

    Yes: the place is given. No: it is passed on to the next who fits. Raises UgyldigOvergang when nothing is offered
    any more, KanIkkeInnvilges when the place cannot be given after all (without reasons to the sender).
    """
    som = Part.HENVISER if can(av, Rettighet.HENVISNING_REGISTRER, henvisning) else Part.MOTTAKER
    require(av, Rettighet.HENVISNING_REGISTRER if som is Part.HENVISER else Rettighet.TILDELING_GI, henvisning)
    laas(henvisning)
    plasstilbud = aapent(henvisning)
    if plasstilbud is None or plasstilbud.frist < now():
        raise UgyldigOvergang(_hvorfor_ikke_tilbudt(henvisning))
    if ja:
        return _ja(henvisning, plasstilbud, som, av)
    _lukk(henvisning, plasstilbud, Tilbudssvar.NEI, part=som, av=av)
    _gi_videre(plasstilbud)
    return None


_FRISTEN_ER_UTE = N_("Fristen for å svare er ute, og plassen går til den neste på ventelisten.")
_IKKE_TILBUDT: Mapping[Tilbudssvar, str] = {
    Tilbudssvar.VENTER: _FRISTEN_ER_UTE,
    Tilbudssvar.UTLOEPT: _FRISTEN_ER_UTE,
    Tilbudssvar.TRUKKET: N_("Tilbudet om plass er trukket."),
    Tilbudssvar.JA: N_("Svaret er lagt inn fra før: Familien takket ja."),
    Tilbudssvar.NEI: N_("Svaret er lagt inn fra før: Familien takket nei."),
}
"""Why nothing can be answered any more, by what became of the last offer."""


def _hvorfor_ikke_tilbudt(henvisning: Henvisning) -> str:
    sist = siste(henvisning)
    return _IKKE_TILBUDT[sist.svar] if sist is not None else ""


def _ja(henvisning: Henvisning, plasstilbud: Plasstilbud, som: Part, av: User) -> Tildeling:
    laas_familien(henvisning)
    # The place is held for this child: that it is not free, and that it is offered, stops nobody. Other cases were
    # asked when it was offered, and an offer counts against their ceilings: to the sender nothing rests on them now.
    ting = replace(queries.gjenstand(henvisning.tiltak, plasstilbud.tilbud), ledig=1)
    fakta = replace(queries.kandidat(henvisning), venter_svar=False)
    grunner = queries.grunner(av, fakta, ting, henvisning)
    if grunner and som is Part.HENVISER:
        raise KanIkkeInnvilges
    stopp_for(grunner)
    plass = beholdning.ta_plass(plasstilbud.plass_id, fra=Plasstilstand.TILBUDT)
    _svar(henvisning, plasstilbud, Tilbudssvar.JA)
    tildeling = tildel(henvisning, ting, plass, av=av)
    innvilg_uten_innsyn(henvisning, part=som, av=av)
    gi_beskjed(henvisning)
    legg_til_hendelse(henvisning, "takket_ja", av=av, part=som, til=str(plass.nummer))
    audit.record(Hva.GITT, av=av, gjelder=Ting("henvisning", henvisning.id, henvisning.mottaker_id))
    db.session.flush()
    return tildeling


def _svar(henvisning: Henvisning, plasstilbud: Plasstilbud, svar: Tilbudssvar) -> None:
    plasstilbud.svar, plasstilbud.svart = svar, now()
    henvisning.svar_innen = None
    db.session.flush()


_HENDELSE = {
    Tilbudssvar.NEI: "takket_nei",
    Tilbudssvar.UTLOEPT: "tilbud_utloept",
    Tilbudssvar.TRUKKET: "tilbud_trukket",
}


def _lukk(henvisning: Henvisning, plasstilbud: Plasstilbud, svar: Tilbudssvar, *, part: Part, av: User | None) -> None:
    """The place comes free again, and the referral keeps its place on the list."""
    _svar(henvisning, plasstilbud, svar)
    beholdning.gi_tilbake(plasstilbud.plass, fra=Plasstilstand.TILBUDT)
    legg_til_hendelse(henvisning, _HENDELSE[svar], av=av, part=part, til=str(plasstilbud.plass.nummer))
    gjelder = Ting("henvisning", henvisning.id, henvisning.mottaker_id)
    audit.record(Hva.TATT_TILBAKE, av=av, gjelder=gjelder, detalj=f"tilbud_{svar.value}")
    db.session.flush()


def slipp_tilbudet(henvisning: Henvisning, *, part: Part, av: User | None) -> None:
    """Take back the place that is offered to a referral that ends or is taken up anew; nothing when none is."""
    plasstilbud = aapent(henvisning) if henvisning.svar_innen is not None else None
    if plasstilbud is not None:
        _lukk(henvisning, plasstilbud, Tilbudssvar.TRUKKET, part=part, av=av)


def trekk_tilbudet(henvisning: Henvisning, *, av: User) -> None:
    """The receiver takes the offered place back. Raises UgyldigOvergang when nothing is offered any more."""
    require(av, Rettighet.TILDELING_GI, henvisning)
    laas(henvisning)
    if henvisning.svar_innen is None:
        raise UgyldigOvergang
    slipp_tilbudet(henvisning, part=Part.MOTTAKER, av=av)


# --- Passing on ------------------------------------------------------------------------------------------


def _gi_videre(plasstilbud: Plasstilbud) -> None:
    """Offer what came free to the first on the waiting list who fits and wishes it, with as long a deadline."""
    dager = max(1, (plasstilbud.frist - plasstilbud.laget).days)
    _tilby_foerste(plasstilbud.tilbud, dager, None, sist=plasstilbud.henvisning_id)


def tilby_neste(tilbud: Tilbud, *, av: User) -> Plasstilbud | None:
    """Offer a free place to the first on the waiting list who fits and wishes it; None when nobody can be offered it.

    Those in front who cannot be offered it after all are passed over, and keep their place on the list.
    """
    require(av, Rettighet.TILBUD_ENDRE, tilbud)
    require(av, Rettighet.TILDELING_GI)
    db.session.refresh(tilbud)
    return _tilby_foerste(tilbud, VANLIG_FRIST, av)


def _tilby_foerste(tilbud: Tilbud, dager: int, av: User | None, *, sist: int | None = None) -> Plasstilbud | None:
    for henvisning in neste_kandidater(tilbud, sist=sist):
        try:
            # A savepoint, so that no lock is kept on those who are passed over.
            with db.session.begin_nested():
                if laas_om_mulig(henvisning) and henvisning.status is Status.VENTELISTE:
                    return _tilby(henvisning, tilbud, _frist(dager), av)
        except KanIkkeInnvilges:
            continue
        except Oppbrukt:
            return None
    return None


def la_tilbud_loepe_ut() -> int:
    """Let every offer whose deadline has passed go to the next; tell how many. Each in a transaction of its own."""
    antall = 0
    for id_ in utloepte(now()):
        try:
            with transaction():
                antall += _loep_ut(db.session.get_one(Plasstilbud, id_))
        except (KoordineringError, SQLAlchemyError) as feil:  # the next one must not wait for this
            _logg.error("an offer could not run out: %s", type(feil).__name__)
    return antall


def _loep_ut(plasstilbud: Plasstilbud) -> bool:
    laas(plasstilbud.henvisning)
    db.session.refresh(plasstilbud)
    if plasstilbud.svar is not Tilbudssvar.VENTER:
        return False
    _lukk(plasstilbud.henvisning, plasstilbud, Tilbudssvar.UTLOEPT, part=Part.SYSTEM, av=None)
    _gi_videre(plasstilbud)
    return True
