"""What keeps itself: old challenges and links go, secrets follow a new master key, the demo has codes to show."""

from sqlalchemy import delete, select, update

from koordinering import crypto, noekkellager
from koordinering.db import db, now, own_transaction, tilfeldig_id, transaction
from koordinering.errors import DomainError
from koordinering.konto.faktor.models import Gjenopprettingslenke, Totp, Utfordring
from koordinering.konto.faktor.rules import OPPSETTSTID
from koordinering.konto.faktor.services.koder import KOLONNE, TABELL, forsegle, les_hemmelighet
from koordinering.konto.models import Halvokt
from koordinering.users import User


def rydd_faktorer() -> None:
    """Delete what has had its time, in a transaction of its own. Run by the job worker every hour."""
    naa = now()
    with own_transaction() as session:
        session.execute(delete(Utfordring).where(Utfordring.utloeper < naa))
        session.execute(delete(Halvokt).where(Halvokt.utloeper < naa))
        session.execute(delete(Gjenopprettingslenke).where(Gjenopprettingslenke.utloeper < naa))
        session.execute(delete(Totp).where(Totp.i_bruk.is_(False), Totp.opprettet < naa - OPPSETTSTID))


def apper_per_hovednoekkel() -> dict[int, int]:
    """How many app secrets each master key has sealed."""
    with db.engine.connect() as connection:
        return noekkellager.per_hovednoekkel(connection, Totp.__table__.c.hemmelighet)


def forsegl_apper_om() -> int:
    """Seal with the current master key what an older one sealed; how many. What cannot be opened is left."""
    noekler = crypto.gjeldende()
    with db.engine.connect() as connection:
        rader = connection.execute(select(Totp.id, Totp.hemmelighet)).all()
    antall = 0
    for rad in rader:
        if crypto.hovednummer(rad.hemmelighet) == noekler.gjeldende:
            continue
        try:
            nytt = crypto.forsegl_om(noekler, rad.hemmelighet, tabell=TABELL, kolonne=KOLONNE, rad=rad.id)
        except crypto.KanIkkeAapnes:
            continue
        with own_transaction() as session:
            samme = (Totp.id == rad.id, Totp.hemmelighet == rad.hemmelighet)
            session.execute(update(Totp).where(*samme).values(hemmelighet=nytt))
        antall += 1
    return antall


def demohemmelighet(user: User, *, av: User | None) -> str:
    """The app secret of one of the demo's users, made the first time. Raises DomainError for anybody else's."""
    if not user.demo or av is not None:
        raise DomainError
    rad = db.session.scalar(select(Totp).where(Totp.user_id == user.id, Totp.i_bruk.is_(True)))
    if rad is not None:
        return les_hemmelighet(rad)
    hemmelighet, rad_id, user_id = crypto.ny_totp_hemmelighet(), tilfeldig_id(), user.id
    with transaction() as session:
        session.add(Totp(id=rad_id, user_id=user_id, hemmelighet=forsegle(hemmelighet, rad_id), i_bruk=True))
    return hemmelighet
