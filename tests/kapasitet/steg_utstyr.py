"""What can be done with the equipment."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.models import Reservasjon, Utlaan, Utstyrsenhet
from koordinering.tiltak.utstyr.rules.tilstander import TIL, Handling, Tilstand
from koordinering.users import User
from tests import fabrikk
from tests.kapasitet.byen import By
from tests.kapasitet.steg_familier import Steg

A, B = "41234567", "90000000"


def _ved_disken(steg: Callable[[list[int], int, User], object]) -> Steg:
    def gjort(by: By, nr: int) -> object:
        ider = by.utstyr
        with transaction():
            return steg(ider, nr, fabrikk.bruker("fretex1"))

    return gjort


def _enhet(ider: list[int], nr: int, av: User) -> Utstyrsenhet:
    return queries.enhet(av, ider[nr % 3])


def _laan(nummer: str) -> Steg:
    """One item; from the third on, two or three in one go."""

    def laan(ider: list[int], nr: int, av: User) -> object:
        valgte = tuple(ider[: nr % 3 + 1]) if nr > 2 else (ider[nr % 3],)
        return services.laan_ut(services.NyttUtlaan(valgte, nummer, i_dag() + timedelta(days=7)), ved=1, av=av)

    return _ved_disken(laan)


def _lever(tilstand: Tilstand, *, mangler: bool = False) -> Steg:
    def lever(ider: list[int], nr: int, av: User) -> object:
        enhet = _enhet(ider, nr, av)
        deler = frozenset(del_.id for del_ in enhet.deler) if mangler else frozenset()
        return services.ta_imot([services.Levering(enhet.id, tilstand, deler)], ved=1, av=av)

    return _ved_disken(lever)


def _med_laan(tjeneste: Callable[..., object]) -> Steg:
    def gjoer(ider: list[int], nr: int, av: User) -> object:
        av_enheten = select(Utlaan).where(Utlaan.utstyrsenhet_id == ider[nr % 3])
        utlaan = db.session.scalars(av_enheten.order_by(Utlaan.inn.is_not(None), Utlaan.ut, Utlaan.id)).first()
        if utlaan is None:
            raise Endret
        return tjeneste(utlaan, ved=1, av=av)

    return _ved_disken(gjoer)


def _reserver(ider: list[int], nr: int, av: User) -> object:
    return services.reserver(_enhet(ider, nr, av), A, i_dag(), ved=1, av=av)


def _avlys(ider: list[int], nr: int, av: User) -> None:
    holdt = select(Reservasjon).where(Reservasjon.utstyrsenhet_id == ider[nr % 3])
    rader = db.session.scalars(holdt.order_by(Reservasjon.slutt.is_(None), Reservasjon.id)).all()
    if not rader:
        raise Endret
    services.avlys(rader[-1], ved=1, av=av)


def _tell(_ider: list[int], nr: int, av: User) -> None:
    telling = services.start_telling(av=av)
    services.les_vare(telling, str(nr % 3 + 1), av=av)
    services.avslutt_telling(telling, merk_savnet=True, ved=1, av=av)


def _utfoer(handling: Handling) -> Steg:
    return _ved_disken(lambda ider, nr, av: services.utfoer(_enhet(ider, nr, av), handling, ved=1, av=av))


UTSTYR: dict[str, Steg] = {
    "laan": _laan(A),
    "laan_annen": _laan(B),
    "lever": _lever(Tilstand.GOD),
    "lever_oedelagt": _lever(Tilstand.TIL_REPARASJON),
    "lever_kassert": _lever(Tilstand.KASSERT),
    "lever_uten_deler": _lever(Tilstand.GOD, mangler=True),
    "gi_opp_deler": _med_laan(services.gi_opp_deler),
    "laan_tapt": _med_laan(services.meld_tapt),
    "reserver": _ved_disken(_reserver),
    "avlys": _ved_disken(_avlys),
    "tell": _ved_disken(_tell),
    **{handling.value: _utfoer(handling) for handling in TIL},
}
