"""Reading where each measure's evaluation stands. A draft is its unit's alone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from koordinering import crypto
from koordinering.access import can, enheter, require
from koordinering.db import db
from koordinering.errors import FinnesIkke
from koordinering.plan.aktiviteter.queries import aar_per_tiltak
from koordinering.plan.evaluering.export import Kalenderdag
from koordinering.plan.evaluering.models import Evalueringsvalg, Kalenderlenke, Paaminnelse, Vurdering
from koordinering.plan.evaluering.rules import (
    Evalueringsfilter,
    Evalueringsregler,
    Evalueringsstatus,
    Forfall,
    Vurderingslinje,
    Vurderingsstatus,
    fristdato,
    innhold_av,
    neste_vurdering,
)
from koordinering.plan.organer.models import OrganTiltak
from koordinering.plan.rullering.queries import utkastet_fra
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak, TiltakAnsvar
from koordinering.users import User

KOORDINATOREN = N_("Koordinatoren")
_SNART = timedelta(days=92)


def valg() -> Evalueringsvalg:
    """The municipality's choices."""
    return db.session.get_one(Evalueringsvalg, 1)


def gjeldende_regler() -> Evalueringsregler:
    """The municipality's rules; where no day is set for the next version, it is the day that its draft was begun."""
    egne = valg().regler
    return egne if egne.rulleres is not None else replace(egne, rulleres=utkastet_fra())


@dataclass(frozen=True)
class Tiltaksstand:
    """A measure with where its evaluation stands."""

    tiltak: Tiltak
    forfall: Forfall | None
    vurdering: Vurdering | None
    """The one that the date is about, once it is begun; else one of another year that is not approved."""
    sist: Vurdering | None
    """The newest approved one."""
    i_dag: date

    @property
    def hovedansvar(self) -> TiltakAnsvar | None:
        """Who writes: the first of those with the main responsibility."""
        return next((a for a in self.tiltak.ansvar if a.hovedansvar), None)

    @property
    def forfalt(self) -> bool:
        """The day has passed."""
        return self.forfall is not None and self.forfall.dato < self.i_dag

    @property
    def tur(self) -> str | None:
        """Whose turn it is."""
        if self.vurdering is not None and self.vurdering.status is Vurderingsstatus.SENDT:
            return KOORDINATOREN
        if self.forfall is None or self.hovedansvar is None:
            return None
        return self.hovedansvar.enhet.kortnavn

    @property
    def kan_begynnes(self) -> bool:
        """The year it is about has begun, and nobody has begun on it."""
        begynt = self.vurdering is not None and self.forfall is not None and self.vurdering.aar == self.forfall.aar
        return self.forfall is not None and self.forfall.aar <= self.i_dag.year and not begynt

    def passer(self, filter_: Evalueringsfilter) -> bool:
        """Whether the coordinator's list shows it under this filter."""
        status = self.vurdering.status.value if self.vurdering is not None else None
        if filter_ is Evalueringsfilter.ALLE:
            return True
        if filter_ is Evalueringsfilter.FORFALT:
            return self.forfalt
        if filter_ is Evalueringsfilter.SNART:
            return self.forfall is not None and self.i_dag <= self.forfall.dato <= self.i_dag + _SNART
        if filter_ is Evalueringsfilter.INGEN:
            return self.forfall is None
        if filter_ is Evalueringsfilter.GODKJENT:
            return self.sist is not None and self.sist.aar >= self.i_dag.year - 1
        return status == filter_.value

    @property
    def som_status(self) -> Evalueringsstatus:
        """The same without rows."""
        return Evalueringsstatus(self.tiltak.id, self.forfall.dato if self.forfall else None, self.forfalt, self.tur)


def stand(av: User, i_dag: date, *, enhet: str | None = None, strategi: str | None = None) -> list[Tiltaksstand]:
    """All measures in the plan's order, narrowed to those the unit has the main responsibility for, and a strategy."""
    require(av, Rettighet.PLAN_LES)
    return _stand(i_dag, enheter=frozenset({enhet}) if enhet else None, strategi=strategi)


def standen(av: User, tiltak_id: str, i_dag: date) -> Tiltaksstand | None:
    """One measure's; None where it is no longer in the plan."""
    require(av, Rettighet.PLAN_LES)
    return next(iter(_stand(i_dag, tiltak_id=tiltak_id)), None)


def mine(av: User, i_dag: date) -> list[Tiltaksstand]:
    """The measures that the user's unit writes the assessment of, what is due first on top."""
    require(av, Rettighet.VURDERING_SKRIV)
    rader = _stand(i_dag, enheter=enheter(av, Rettighet.VURDERING_SKRIV))
    return sorted(rader, key=lambda s: (s.forfall is None, s.forfall.dato if s.forfall else i_dag, s.tiltak.orden))


def alle(i_dag: date) -> list[Tiltaksstand]:
    """Every measure, for the calendar and the reminders, which ask for no right: nobody reads them."""
    return _stand(i_dag)


def _stand(
    i_dag: date, *, enheter: frozenset[str] | None = None, strategi: str | None = None, tiltak_id: str | None = None
) -> list[Tiltaksstand]:
    query = (
        select(Tiltak)
        .where(~Tiltak.utgaatt)
        .options(joinedload(Tiltak.strategi), selectinload(Tiltak.ansvar).joinedload(TiltakAnsvar.enhet))
        .order_by(Tiltak.orden, Tiltak.id)
    )
    if strategi:
        query = query.where(Tiltak.strategi_id == strategi)
    if tiltak_id:
        query = query.where(Tiltak.id == tiltak_id)
    if enheter is not None:
        hoved = select(TiltakAnsvar.tiltak_id).where(TiltakAnsvar.enhet_id.in_(sorted(enheter)))
        query = query.where(Tiltak.id.in_(hoved.where(TiltakAnsvar.hovedansvar)))
    tiltak = db.session.scalars(query).all()
    regler, aktive = gjeldende_regler(), aar_per_tiltak()
    skrevet = _skrevet([t.id for t in tiltak])
    return [_en(t, skrevet[t.id], regler, aktive.get(t.id, frozenset()), i_dag) for t in tiltak]


def _skrevet(tiltak_ider: Collection[str]) -> Mapping[str, list[Vurdering]]:
    funnet: dict[str, list[Vurdering]] = defaultdict(list)
    query = select(Vurdering).where(Vurdering.tiltak_id.in_(sorted(tiltak_ider))).order_by(Vurdering.aar)
    for en in db.session.scalars(query):
        funnet[en.tiltak_id].append(en)
    return funnet


def _en(
    tiltak: Tiltak, skrevet: Sequence[Vurdering], regler: Evalueringsregler, aktive: frozenset[int], i_dag: date
) -> Tiltaksstand:
    godkjente = [v for v in skrevet if v.status is Vurderingsstatus.GODKJENT]
    sist = godkjente[-1] if godkjente else None
    forfall = neste_vurdering(
        tiltak.kadens,
        date(sist.aar, 12, 31) if sist else None,
        fristdato(tiltak.frist),
        i_dag,
        regler=regler,
        aktivitetsaar=aktive,
    )
    aapne = [v for v in skrevet if v.status is not Vurderingsstatus.GODKJENT]
    gjelder = next((v for v in aapne if forfall is None or v.aar == forfall.aar), aapne[-1] if aapne else None)
    return Tiltaksstand(tiltak, forfall, gjelder, sist, i_dag)


def status(av: User, i_dag: date) -> dict[str, Evalueringsstatus]:
    """Where each measure of today's plan stands, by the plan's number."""
    return {en.tiltak.id: en.som_status for en in stand(av, i_dag)}


def vurderinger(av: User, aar: int) -> dict[str, Vurderingslinje]:
    """The assessments of a year, by the plan's number. Those that are not approved tell their status and no text."""
    require(av, Rettighet.PLAN_LES)
    return {en.tiltak_id: som_linje(en) for en in db.session.scalars(select(Vurdering).where(Vurdering.aar == aar))}


def som_linje(rad: Vurdering) -> Vurderingslinje:
    """A row as it is told to others than the unit."""
    ferdig = rad.status is Vurderingsstatus.GODKJENT
    innhold = innhold_av(rad)
    return Vurderingslinje(
        tiltak_id=rad.tiltak_id,
        aar=rad.aar,
        gjort=innhold.gjort if ferdig else "",
        effekt=innhold.effekt if ferdig else "",
        hindring=innhold.hindring if ferdig else "",
        neste_steg=innhold.neste_steg if ferdig else "",
        medvirkning=innhold.medvirkning if ferdig else "",
        konklusjon=innhold.konklusjon if ferdig else None,
        status=rad.status,
        enhet=rad.enhet.kortnavn,
        godkjent=rad.godkjent,
    )


def historikk(av: User, tiltak_id: str) -> Sequence[Vurdering]:
    """A measure's approved assessments, the newest first."""
    require(av, Rettighet.PLAN_LES)
    query = select(Vurdering).where(Vurdering.tiltak_id == tiltak_id, Vurdering.status == Vurderingsstatus.GODKJENT)
    return db.session.scalars(query.order_by(Vurdering.aar.desc())).all()


def kan_se(av: User, rad: Vurdering) -> bool:
    """An approved assessment is everybody's, a draft its unit's, and what has been sent the coordinator's too."""
    if rad.status is Vurderingsstatus.GODKJENT:
        return can(av, Rettighet.PLAN_LES)
    styrer = rad.status is not Vurderingsstatus.UTKAST and can(av, Rettighet.EVALUERING_STYR)
    return styrer or can(av, Rettighet.VURDERING_SKRIV, rad)


def vurdering(av: User, vurdering_id: int) -> Vurdering:
    """One assessment that the user may see. Raises FinnesIkke."""
    funnet = db.session.get(Vurdering, vurdering_id)
    if funnet is None or not kan_se(av, funnet):
        raise FinnesIkke
    return funnet


def for_aaret(tiltak_id: str, aar: int) -> Vurdering | None:
    """The assessment of a measure's year, once it is begun; the caller asks who may see it."""
    return db.session.scalar(select(Vurdering).where(Vurdering.tiltak_id == tiltak_id, Vurdering.aar == aar))


def tiltaket(av: User, tiltak_id: str) -> tuple[Tiltak, str]:
    """A measure that the user's unit has the main responsibility for, and which of the user's units that is.

    Raises FinnesIkke.
    """
    egne = enheter(av, Rettighet.VURDERING_SKRIV)
    query = select(Tiltak).where(Tiltak.id == tiltak_id, ~Tiltak.utgaatt)
    funnet = db.session.scalar(query.options(selectinload(Tiltak.ansvar)))
    hos = [a.enhet_id for a in funnet.ansvar if a.hovedansvar and a.enhet_id in egne] if funnet else []
    if funnet is None or not hos:
        raise FinnesIkke
    return funnet, hos[0]


def lenker(av: User) -> Sequence[Kalenderlenke]:
    """The calendar's addresses that work."""
    require(av, Rettighet.EVALUERING_STYR)
    return db.session.scalars(select(Kalenderlenke).order_by(Kalenderlenke.laget, Kalenderlenke.id)).all()


def lenke(av: User, lenke_id: int) -> Kalenderlenke:
    """One of them. Raises FinnesIkke."""
    require(av, Rettighet.EVALUERING_STYR)
    funnet = db.session.get(Kalenderlenke, lenke_id)
    if funnet is None:
        raise FinnesIkke
    return funnet


def organets_tiltak(organ_id: int) -> frozenset[str]:
    """The measures that a body hears of."""
    return frozenset(db.session.scalars(select(OrganTiltak.tiltak_id).where(OrganTiltak.organ_id == organ_id)))


def brevet(av: User, brev: int) -> Sequence[Paaminnelse]:
    """What one of the user's own reminders told of. Raises FinnesIkke."""
    query = select(Paaminnelse).where(Paaminnelse.brev == brev, Paaminnelse.user_id == av.id)
    funnet = db.session.scalars(query).all()
    if not funnet:
        raise FinnesIkke
    return funnet


def kalenderen(token: str, i_dag: date) -> tuple[str, list[Kalenderdag]]:
    """What stands at a secret address of the calendar: its name, and the next date of each measure.

    Whoever has the address may read it; it holds no unit and no person. Raises FinnesIkke.
    """
    lenke = db.session.scalar(select(Kalenderlenke).where(Kalenderlenke.hash == crypto.token_hash(token)))
    if lenke is None:
        raise FinnesIkke
    bare = organets_tiltak(lenke.organ_id) if lenke.organ_id is not None else None
    dager = [
        Kalenderdag(
            f"{en.tiltak.id}-{en.forfall.aar}@koordinering",
            en.forfall.dato,
            f"Frist for vurdering: {en.tiltak.id} {en.tiltak.kortnavn} ({en.forfall.aar})",
        )
        for en in _stand(i_dag)
        if en.forfall is not None and (bare is None or en.tiltak.id in bare)
    ]
    return (lenke.organ.navn if lenke.organ is not None else ""), dager


def aarene(av: User) -> list[int]:
    """The years that have an assessment, the newest first."""
    require(av, Rettighet.PLAN_LES)
    return list(db.session.scalars(select(Vurdering.aar).distinct().order_by(Vurdering.aar.desc())))
