"""Work in a form whose session ended: kept encrypted for its user, handed out once."""

import json
from collections.abc import Collection, Iterable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from koordinering import crypto, noekkellager
from koordinering.db import db, now, own_transaction
from koordinering.konto.models import BevartArbeid
from koordinering.konto.rules import BEVARES, MAKS_BEVART, MAKS_SIDER, kan_bevares

_TABELL, _KOLONNE = "bevart_arbeid", "innhold"


def _rad(user_id: int, sti: str) -> str:
    return f"{user_id}:{sti}"


def bevar_arbeid(user_id: int, sti: str, felter: Iterable[tuple[str, str]]) -> bool:
    """Keep what stood in the form on this page; whether there was something, and not too much, to keep.

    Tokens, passwords and identity numbers are left out. What was kept for the page before is replaced.
    """
    innhold = json.dumps(kan_bevares(felter), ensure_ascii=False)
    if innhold == "[]" or len(innhold.encode()) > MAKS_BEVART:
        return False
    forseglet = crypto.krypter_med_hovednoekkel(
        crypto.gjeldende(), innhold, tabell=_TABELL, kolonne=_KOLONNE, rad=_rad(user_id, sti)
    )
    with own_transaction() as session:
        session.execute(delete(BevartArbeid).where(BevartArbeid.user_id == user_id, BevartArbeid.sti == sti))
        _gi_plass(session, user_id)
        session.add(BevartArbeid(user_id=user_id, sti=sti, innhold=forseglet))
    return True


def _gi_plass(session: Session, user_id: int) -> None:
    for_mange = (
        select(BevartArbeid.id)
        .where(BevartArbeid.user_id == user_id)
        .order_by(BevartArbeid.lagret.desc(), BevartArbeid.id.desc())
        .offset(MAKS_SIDER - 1)
    )
    gamle = list(session.scalars(for_mange))
    if gamle:
        session.execute(delete(BevartArbeid).where(BevartArbeid.id.in_(gamle)))


def hent_bevart(user_id: int, sti: str) -> list[tuple[str, str]] | None:
    """The fields kept for this user and page, which are then gone. None when there are none, or they are too old."""
    query = select(BevartArbeid.id).where(BevartArbeid.user_id == user_id, BevartArbeid.sti == sti)
    if db.session.scalar(query) is None:
        return None
    with own_transaction() as session:
        setning = (
            delete(BevartArbeid)
            .where(BevartArbeid.user_id == user_id, BevartArbeid.sti == sti)
            .returning(BevartArbeid.innhold, BevartArbeid.lagret)
        )
        rad = session.execute(setning).one_or_none()
    if rad is None or rad.lagret < now() - BEVARES:
        return None
    try:
        innhold = crypto.dekrypter_med_hovednoekkel(
            crypto.gjeldende(), rad.innhold, tabell=_TABELL, kolonne=_KOLONNE, rad=_rad(user_id, sti)
        )
    except crypto.KanIkkeAapnes:  # the key that sealed it is gone: the user types again
        return None
    return [(navn, verdi) for navn, verdi in json.loads(innhold)]


# --- When the master key is changed ----------------------------------------------------------------------


def bevart_per_hovednoekkel() -> dict[int, int]:
    """How many kept forms each master key has sealed."""
    with db.engine.connect() as connection:
        return noekkellager.per_hovednoekkel(connection, BevartArbeid.__table__.c.innhold)


def forsegl_bevart_om() -> int:
    """Seal with the current master key what an older one sealed; how many. What cannot be opened is thrown away.

    Each in a transaction of its own, only where it still is what was read: there are few, and none lives a day.
    """
    noekler = crypto.gjeldende()
    with db.engine.connect() as connection:
        rader = connection.execute(select(BevartArbeid.__table__)).all()
    eldre = [rad for rad in rader if crypto.hovednummer(rad.innhold) != noekler.gjeldende]
    for rad in eldre:
        samme = (BevartArbeid.id == rad.id, BevartArbeid.innhold == rad.innhold)
        sted = {"tabell": _TABELL, "kolonne": _KOLONNE, "rad": _rad(rad.user_id, rad.sti)}
        with own_transaction() as session:
            try:
                nytt = crypto.forsegl_om(noekler, rad.innhold, **sted)
            except crypto.KanIkkeAapnes:
                session.execute(delete(BevartArbeid).where(*samme))
            else:
                session.execute(update(BevartArbeid).where(*samme).values(innhold=nytt))
    return len(eldre)


def glem_arbeid(navn: Collection[str]) -> None:
    """Forget what was kept, for whomever, from pages whose address has one of these parts. In the open transaction."""
    alle = db.session.execute(select(BevartArbeid.id, BevartArbeid.sti)).all()
    borte = [rad_id for rad_id, sti in alle if not set(navn).isdisjoint(sti.split("/"))]
    if borte:
        db.session.execute(delete(BevartArbeid).where(BevartArbeid.id.in_(borte)))
