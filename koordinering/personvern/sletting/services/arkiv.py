"""The bare facts of decisions, written to a file for the archive before their case is deleted."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import aliased, joinedload

from koordinering import audit, crypto, noekkellager
from koordinering.audit import Hva, Ting
from koordinering.db import OSLO, db, now, transaction
from koordinering.errors import KoordineringError
from koordinering.filer import skriv_hel
from koordinering.personvern.sletting import queries
from koordinering.saker.models import Hendelse, Henvisning, Sak, Sakshendelse
from koordinering.saker.rules.overganger import Status
from koordinering.saker.services import les_egen_referanse
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet, User

_OM_GANGEN = 200


@dataclass(frozen=True)
class Vedtak:
    """One line of the file: no child, no need, no reason, nobody's name."""

    id: int
    """The same line written twice has the same number."""
    sak: str
    enhet: str
    """The case's unit."""
    egen_referanse: str | None
    """That unit's own reference, which the archive finds the rest by."""
    tiltak: str
    tiltakets_navn: str
    vedtak: str
    dato: str
    vedtatt_av: str
    """The unit that decided."""


def arkiver(fil: Path, *, av: User | None = None) -> int:
    """Write what the archive lacks of the cases that have had their time, and mark them; how many decisions.

    The file is on the disk, whole, before a case is marked: stopped between, the lines come once more in the next
    file. Nothing is written where there is nothing to write. Raises KoordineringError where the file is there.
    """
    lest = now()  # what happens after this is not in the file
    ider = queries.ider(queries.forfalte(i_arkiv=False))
    bolker = [ider[fra : fra + _OM_GANGEN] for fra in range(0, len(ider), _OM_GANGEN)]
    linjer = [vedtak for bolk in bolker for vedtak in _vedtakene(bolk)]
    db.session.rollback()
    if not ider:
        return 0
    tekst = "".join(json.dumps(asdict(linje), ensure_ascii=False) + "\n" for linje in linjer)
    try:
        skriv_hel(fil, tekst.encode(), ny=True)
    except FileExistsError:
        raise KoordineringError(f"{fil} finnes. Velg et annet navn.") from None
    for bolk in bolker:
        with transaction():
            _merk(bolk, lest, av=av)
    return len(linjer)


def _vedtakene(saker: Sequence[int]) -> Iterator[Vedtak]:
    avgjort = aliased(Enhet)
    query = (
        select(Hendelse, Henvisning.sak_id, Tiltak, avgjort.navn)
        .join(Henvisning, Henvisning.id == Hendelse.henvisning_id)
        .join(Tiltak, Tiltak.id == Henvisning.tiltak_id)
        .outerjoin(avgjort, avgjort.id == Hendelse.enhet_id)
        .where(Henvisning.sak_id.in_(saker), Tiltak.enkeltvedtak, Hendelse.slag.in_(("status", "angret")))
        .order_by(Henvisning.sak_id, Hendelse.henvisning_id, Hendelse.tid, Hendelse.id)
    )
    noekkellager.hent(crypto.SAK, saker)  # asked once, remembered
    hentes = select(Sak).where(Sak.id.in_(saker)).options(joinedload(Sak.enhet))
    sakene = {sak.id: sak for sak in db.session.scalars(hentes)}
    staar: dict[int, Vedtak] = {}
    sist: dict[int, int] = {}
    for hendelse, sak_id, tiltak, enhet in db.session.execute(query):
        if hendelse.slag == "angret":
            staar.pop(sist.pop(hendelse.henvisning_id, 0), None)  # undone within minutes: nothing was decided
        elif hendelse.til in queries.VEDTAK:
            staar[hendelse.id] = _linje(sakene[sak_id], hendelse, tiltak, enhet)
            sist[hendelse.henvisning_id] = hendelse.id
    yield from staar.values()


def _linje(sak: Sak, hendelse: Hendelse, tiltak: Tiltak, enhet: str | None) -> Vedtak:
    return Vedtak(
        id=hendelse.id,
        sak=sak.referanse,
        enhet=sak.enhet.navn,
        egen_referanse=les_egen_referanse(sak),
        tiltak=tiltak.id,
        tiltakets_navn=tiltak.navn,
        vedtak=Status(hendelse.til or "").tekst,
        dato=hendelse.tid.astimezone(OSLO).date().isoformat(),
        vedtatt_av=enhet or "",
    )


def _merk(saker: Sequence[int], lest: datetime, *, av: User | None) -> None:
    # A case that something has happened in since stays unmarked, and its lines come again.
    query = update(Sak).where(Sak.id.in_(saker), queries.siste() < lest).values(arkivert=lest)
    merket = db.session.execute(
        query.returning(Sak.id, Sak.enhet_id).execution_options(synchronize_session=False)
    ).all()
    for sak_id, enhet_id in merket:
        db.session.add(Sakshendelse(sak_id=sak_id, user_id=av.id if av else None, slag="arkivert"))
        audit.record(Hva.VEDTAK_ARKIVERT, av=av, gjelder=Ting("sak", sak_id, enhet_id))
    db.session.flush()
