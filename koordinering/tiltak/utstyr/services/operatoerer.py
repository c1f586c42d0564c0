"""Those who take turns at the counter: a number each, a code that is shown once, and who stands there now."""

import secrets

from sqlalchemy import delete, func, select

from koordinering import crypto
from koordinering.access import require
from koordinering.audit import Hva, Ting, record
from koordinering.db import db, transaction
from koordinering.errors import DomainError, Endret, FinnesIkke, UgyldigFelt
from koordinering.konto.services import grenser
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries
from koordinering.tiltak.utstyr.models import Operatoer, Vakt
from koordinering.tiltak.utstyr.rules.strekkode import Operatoerkode
from koordinering.users import Enhet, User

HOEYESTE_NUMMER = 99


def ny_operatoer(enhet_id: str, *, av: User) -> Operatoer:
    """The next number of a unit, still without a code; the one that waits for its code when there is one.

    Raises FinnesIkke for a unit whose operators the user does not manage.
    """
    if enhet_id not in {enhet.id for enhet in queries.styrte_enheter(av)}:
        raise FinnesIkke
    db.session.execute(select(Enhet.id).where(Enhet.id == enhet_id).with_for_update(key_share=True))
    uten = select(Operatoer).where(Operatoer.enhet_id == enhet_id, Operatoer.kode_hash.is_(None), Operatoer.aktiv)
    finnes = db.session.scalar(uten.order_by(Operatoer.nummer).limit(1))
    if finnes is not None:
        return finnes
    hoeyeste = db.session.scalar(select(func.max(Operatoer.nummer)).where(Operatoer.enhet_id == enhet_id)) or 0
    if hoeyeste >= HOEYESTE_NUMMER:
        raise DomainError(N_("Alle numrene fra 1 til 99 er brukt."))
    ny = Operatoer(enhet_id=enhet_id, nummer=hoeyeste + 1)
    require(av, Rettighet.UTSTYR_OPERATOER, ny)
    db.session.add(ny)
    db.session.flush()
    record(Hva.UTSTYR_OPERATOER, av=av, gjelder=Ting("operatoer", ny.id, enhet_id), detalj="ny")
    return ny


def ny_kode(operatoer: Operatoer, *, av: User) -> Operatoerkode:
    """Give an operator a code, and make the old one worthless. It is returned once and kept only as a hash."""
    require(av, Rettighet.UTSTYR_OPERATOER, operatoer)
    if not operatoer.aktiv:
        raise Endret
    kode = Operatoerkode(operatoer.nummer, f"{secrets.randbelow(10**6):06}")
    operatoer.kode_hash = crypto.hash_passord(kode.hemmelig)
    _ut(operatoer)
    record(Hva.UTSTYR_OPERATOER, av=av, gjelder=Ting("operatoer", operatoer.id, operatoer.enhet_id), detalj="kode")
    return kode


def steng_operatoer(operatoer: Operatoer, *, av: User) -> None:
    """The person has left: the code is worthless at once. The number is never used again."""
    require(av, Rettighet.UTSTYR_OPERATOER, operatoer)
    if not operatoer.aktiv:
        return
    operatoer.aktiv, operatoer.kode_hash = False, None
    _ut(operatoer)
    record(Hva.UTSTYR_OPERATOER, av=av, gjelder=Ting("operatoer", operatoer.id, operatoer.enhet_id), detalj="stengt")


def _ut(operatoer: Operatoer) -> None:
    db.session.execute(delete(Vakt).where(Vakt.operatoer_id == operatoer.id))


def bytt_operatoer(kode: Operatoerkode, okt_id: bytes, *, av: User) -> int:
    """Let the owner of a code stand at this session's counter; the number. The station's session goes on.

    Opens its own transaction: hashing must not hold the write lock. Raises UgyldigFelt at `kode`, or VentLitt
    after several wrong codes.
    """
    require(av, Rettighet.UTSTYR_LAAN)
    tellere = grenser.operatoerkode(av.id, kode.nummer)
    query = select(Operatoer.id, Operatoer.kode_hash).where(
        Operatoer.enhet_id == queries.min_enhet(av), Operatoer.nummer == kode.nummer, Operatoer.aktiv
    )
    funnet = db.session.execute(query).one_or_none()
    db.session.rollback()
    grenser.ta_forsoek(tellere)
    lagret = funnet.kode_hash if funnet else None
    riktig = crypto.passord_stemmer(lagret, kode.hemmelig) if lagret else crypto.blindpass(kode.hemmelig)
    if funnet is None or not riktig:
        record(Hva.UTSTYR_KODE_FEIL, av=av)
        raise UgyldigFelt("kode", N_("Koden stemmer ikke."))
    with transaction() as session:
        if session.scalar(select(Operatoer.kode_hash).where(Operatoer.id == funnet.id, Operatoer.aktiv)) != lagret:
            raise Endret
        session.execute(delete(Vakt).where(Vakt.okt_id == okt_id))
        session.add(Vakt(okt_id=okt_id, operatoer_id=funnet.id))
        grenser.gi_tilbake(session, tellere)
        record(Hva.UTSTYR_VAKT, av=av, gjelder=Ting("operatoer", funnet.id))
    return kode.nummer


def gaa_fra(okt_id: bytes, *, av: User) -> None:
    """Nobody stands at the counter until somebody shows a code. The station's session goes on."""
    require(av, Rettighet.UTSTYR_LAAN)
    db.session.execute(delete(Vakt).where(Vakt.okt_id == okt_id))
    record(Hva.UTSTYR_VAKT, av=av, detalj="ut")
