"""Coordination in the made-up town: families that have named the units that follow their referrals together."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from koordinering.audit import Hva
from koordinering.db import OSLO
from koordinering.demo.fordelinger import FIL
from koordinering.demo.kalender import Kalender
from koordinering.demo.tilbudte import logg
from koordinering.saker.models import Barn, Henvisning, Sak, Sakshendelse
from koordinering.saker.rules.behov import Samtykkemaate
from koordinering.saker.rules.familier import familier
from koordinering.saker.rules.samtykke import foerste, hvem_kan_samtykke
from koordinering.saker.samordning.models import (
    Samordning,
    SamordningBarn,
    SamordningEnhet,
    Samordningsavtale,
    Samordningsnotat,
)
from koordinering.saker.samordning.rules import Avtaleslag, har_notater
from koordinering.saker.services.forsegling import forsegl_for
from koordinering.users import kommune

_SER_PAA = 80
"""Cases that are looked through for families that others know too."""
_ET_AAR = timedelta(days=365)
_SVARER = (1, 4)
"""Working days until another unit answers a note."""
_SKRIVER = timedelta(minutes=3)


@dataclass(frozen=True)
class _Familie:
    """A case, and the newest case of each other unit that knows most of the same children."""

    sak: Sak
    andre: Mapping[str, Sak]


def samordne_i_byen(session: Session, kalender: Kalender, froe: int, slutt: datetime) -> None:
    """Consents to coordinate with notes, a meeting and who follows up, as if made in the months before `slutt`.

    Inside the caller's transaction, after the town is written. No health unit writes a note or could read one.
    """
    valg = yaml.safe_load(FIL.read_text(encoding="utf-8"))["samordning"]
    rng = random.Random(f"samordning {froe}")  # noqa: S311 - made-up data that must come out the same each time
    kjente = _kjente_flere_steder(session, slutt - timedelta(days=valg["dager"]))
    gitt = 0
    for familie in kjente:
        senest = max(sak.opprettet for sak in (familie.sak, *familie.andre.values()))
        registrert = kalender.etter(rng, senest, (1, 3))
        ferdig = kalender.etter(rng, registrert, _SVARER)
        if gitt == valg["antall"] or ferdig >= slutt:
            continue
        gitt += 1
        en = _registrer(session, familie, registrert, rng)
        _notater(session, familie, en, (valg["notater"], (registrert, ferdig)), rng)
        _avtaler(session, familie, en, slutt, rng)
        if gitt == valg["antall"]:  # the last family has changed its mind
            _trekk(session, en, ferdig)
        session.flush()


# --- Whom it is about --------------------------------------------------------------------------------------


def _kjente_flere_steder(session: Session, fra: datetime) -> list[_Familie]:
    """The newest cases of units that write notes, each family once."""
    query = select(Sak).where(Sak.opprettet >= fra).options(selectinload(Sak.barn), joinedload(Sak.enhet))
    saker = session.scalars(query.order_by(Sak.opprettet.desc(), Sak.id).limit(_SER_PAA)).all()
    indekser = {barn.blindindeks for sak in saker for barn in sak.barn if barn.blindindeks}
    deres = select(Sak).join(Sak.barn).where(Barn.blindindeks.in_(sorted(indekser)), Sak.opprettet >= fra)
    alle = session.scalars(deres.options(selectinload(Sak.barn), joinedload(Sak.enhet)).distinct()).all()
    funnet: list[_Familie] = []
    sett = set[int]()
    for sak in saker:
        if sak.enhet.helse or sak.id in sett:
            continue
        andre = {
            en.enhet_id: en
            for en in sorted(alle, key=lambda s: (s.opprettet, s.id))
            if en.enhet_id != sak.enhet_id and _samme_familie(sak, en)
        }
        if andre:
            funnet.append(_Familie(sak, andre))
            sett |= {sak.id, *(en.id for en in andre.values())}
    return funnet


def _samme_familie(*saker: Sak) -> bool:
    lenket = {sak.id: [b.blindindeks for b in sak.barn if b.blindindeks] for sak in saker}
    uten = {sak.id: len(sak.barn) - len(lenket[sak.id]) for sak in saker}
    return len(familier(lenket, uten)) == 1


# --- What is done ------------------------------------------------------------------------------------------


def _registrer(session: Session, familie: _Familie, tid: datetime, rng: random.Random) -> Samordning:
    sak = familie.sak
    query = select(Henvisning.mottaker_id).where(Henvisning.sak_id == sak.id, Henvisning.synlig)
    mottakere = {enhet for enhet in session.scalars(query) if enhet}
    nevnte = (mottakere | familie.andre.keys()) - {sak.enhet_id}
    samordning = Samordning(
        id=rng.getrandbits(62) | 1,
        sak_id=sak.id,
        maate=Samtykkemaate.SKRIFTLIG,
        fra=foerste(hvem_kan_samtykke([barn.foedselsaar for barn in sak.barn], tid.year, kommune().samtykkealder)),
        gitt=tid.astimezone(OSLO).date(),
        gyldig_til=tid.astimezone(OSLO).date() + _ET_AAR,
        registrert=tid,
        registrert_av=sak.ansvarlig_id,
        enheter=[
            SamordningEnhet(
                id=rng.getrandbits(62) | 1, enhet_id=enhet, registrert=tid, sett=tid if enhet == sak.enhet_id else None
            )
            for enhet in (sak.enhet_id, *sorted(nevnte))
        ],
        barn=[SamordningBarn(barn_id=barn.id) for barn in sak.barn],
    )
    session.add(samordning)
    session.add(Sakshendelse(sak_id=sak.id, user_id=sak.ansvarlig_id, tid=tid, slag="samordning"))
    logg(session, Hva.SAMORDNING_REGISTRERT, tid, sak.ansvarlig_id, ("sak", sak.id, sak.enhet_id))
    session.flush()
    return samordning


def _notater(
    session: Session,
    familie: _Familie,
    samordning: Samordning,
    innhold: tuple[Sequence[str], Sequence[datetime]],
    rng: random.Random,
) -> None:
    """A note, and an answer where another unit can give one: the texts to choose from, and when each is written."""
    andre_er_helse = [e.enhet.helse for e in samordning.enheter if e.enhet_id != familie.sak.enhet_id]
    if not har_notater(familie.sak.enhet.helse, andre_er_helse):
        return
    skriver = [familie.sak, *(sak for sak in familie.andre.values() if not sak.enhet.helse)]
    tekster, tider = innhold
    for sak, tekst, tid in zip(skriver, rng.sample(tekster, len(tekster)), tider, strict=False):
        notat = Samordningsnotat(
            id=rng.getrandbits(62) | 1,
            samordning_id=samordning.id,
            fra_sak_id=sak.id,
            enhet_id=sak.enhet_id,
            user_id=sak.ansvarlig_id,
            tid=tid + _SKRIVER,
        )
        notat.tekst = forsegl_for(familie.sak.id, "samordningsnotat", "tekst", notat.id, tekst)
        session.add(notat)
        _logg(session, Hva.SAMORDNING_NOTAT, notat.tid, sak, samordning)


def _avtaler(session: Session, familie: _Familie, en: Samordning, slutt: datetime, rng: random.Random) -> None:
    """Who follows up, and a meeting in the time to come."""
    sak, tid = familie.sak, en.registrert + 2 * _SKRIVER
    felles: dict[str, Any] = {"samordning_id": en.id, "fra_sak_id": sak.id, "enhet_id": sak.enhet_id}
    session.add(
        Samordningsavtale(
            **felles,
            tid=tid,
            slag=Avtaleslag.OPPFOELGER,
            ansvarlig_enhet_id=sak.enhet_id,
            ansvarlig_id=sak.ansvarlig_id,
        )
    )
    _logg(session, Hva.SAMORDNING_OPPFOELGER, tid, sak, en)
    moete = datetime.combine(_hverdag(slutt.date() + timedelta(days=rng.randint(3, 16))), time(13), tzinfo=OSLO)
    session.add(Samordningsavtale(**felles, tid=tid + _SKRIVER, slag=Avtaleslag.MOETE, moete=moete))
    _logg(session, Hva.SAMORDNING_MOETE, tid + _SKRIVER, sak, en)


def _hverdag(dag: date) -> date:
    return dag + timedelta(days=max(0, 7 - dag.weekday())) if dag.weekday() > 4 else dag


def _trekk(session: Session, samordning: Samordning, tid: datetime) -> None:
    sak = samordning.sak
    samordning.trukket = tid
    session.add(Sakshendelse(sak_id=sak.id, user_id=sak.ansvarlig_id, tid=tid, slag="samordning_trukket"))
    logg(session, Hva.SAMORDNING_TRUKKET, tid, sak.ansvarlig_id, ("sak", sak.id, sak.enhet_id))


def _logg(session: Session, hva: Hva, tid: datetime, sak: Sak, samordning: Samordning) -> None:
    logg(session, hva, tid, sak.ansvarlig_id, ("samordning", samordning.id, sak.enhet_id))
