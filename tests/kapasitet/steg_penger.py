"""What can be done with the money."""

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from koordinering.db import db, i_dag
from koordinering.errors import Endret
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.models import Faktura, Tilsagn, Tilskudd, Utbetaling
from koordinering.tiltak.midler.rules import Ubrukt
from tests import fabrikk, penger
from tests.kapasitet.byen import By
from tests.kapasitet.steg_familier import Steg
from tests.penger import gjoer

BELOEP = (400_000, 700_000, 250_000, 1_200_000, 100_000, 0)
_NUMRE = count(1)


def _en(modell: Any, nr: int) -> Any:
    """The newest of them, or (from 6 on) the one before: in the order they were made, so that an example repeats."""
    foerst = {Tilsagn: Tilsagn.gitt, Faktura: Faktura.foert, Utbetaling: Utbetaling.nummer}
    alle = db.session.scalars(select(modell).order_by(foerst[modell], modell.id)).all()
    if not alle:
        raise Endret
    return alle[-1 - nr // len(BELOEP) % len(alle)]


def _tilskudd(by: By, nr: int) -> Tilskudd:
    if not by.tilskudd:
        raise Endret
    return db.session.get_one(Tilskudd, by.tilskudd[-1 - nr // len(BELOEP) % len(by.tilskudd)])


def _oere(nr: int) -> int:
    return BELOEP[nr % len(BELOEP)]


def _som(tjeneste: Any, modell: Any, *, av: str = "inkludering1") -> Steg:
    def gjort(by: By, nr: int) -> object:
        assert by.laget
        return gjoer(tjeneste, _en(modell, nr), av=fabrikk.bruker(av))

    return gjort


def _ramme(by: By, nr: int) -> None:
    budsjett = by.budsjett("inkludering" if nr % 2 else "enkeltplass")
    aar = queries.midleraar(budsjett.aar)
    vist = budsjett.ramme_oere
    gjoer(services.sett_ramme, aar, budsjett.formaal, _oere(nr) * 2, vist_oere=vist, av=fabrikk.bruker("inkludering1"))


def _tilsagn(by: By, nr: int) -> None:
    budsjett, laget = by.budsjett(), db.session.get_one(Lag, by.laget)
    gjoer(services.gi_tilsagn, budsjett, laget, _oere(nr), av=fabrikk.bruker("inkludering1"))


def _soek(by: By, nr: int) -> None:
    laget = db.session.get_one(Lag, by.laget)
    by.tilskudd.append(penger.soeknad(fabrikk.bruker("inkludering1"), laget, _oere(nr) or 1).id)


def _innvilg(by: By, nr: int) -> None:
    tilskudd = _tilskudd(by, nr)
    frist, lest = i_dag() + timedelta(days=9), tilskudd.versjon
    oere = tilskudd.soekt_oere if nr % 2 == 0 else _oere(nr)
    av = fabrikk.bruker("inkludering1")
    gjoer(services.innvilg, tilskudd, oere, vilkaar=None, rapport_frist=frist, versjon=lest, av=av)


def _rapport(by: By, nr: int) -> None:
    tilskudd = _tilskudd(by, nr)
    rapport = services.Rapport(i_dag(), _oere(nr + 1), 3, list(Ubrukt)[nr % 2], i_dag() + timedelta(days=30))
    gjoer(services.registrer_rapport, tilskudd, rapport, versjon=tilskudd.versjon, av=fabrikk.bruker("inkludering1"))


def _betal_tilbake(by: By, nr: int) -> None:
    tilskudd = _tilskudd(by, nr)
    oere, versjon = tilskudd.skal_tilbake_oere or _oere(nr), tilskudd.versjon
    gjoer(services.registrer_tilbakebetaling, tilskudd, oere, versjon=versjon, av=fabrikk.bruker("inkludering1"))


def _endre(_by: By, nr: int) -> None:
    tilsagn = _en(Tilsagn, nr)
    vist = tilsagn.beloep_oere
    gjoer(services.endre_beloep, tilsagn, _oere(nr + 1), vist_oere=vist, av=fabrikk.bruker("inkludering1"))


def _faktura(_by: By, nr: int) -> None:
    penger.faktura(fabrikk.bruker("inkludering1"), _en(Tilsagn, nr), _oere(nr), str(next(_NUMRE)))


def _kreditnota(_by: By, nr: int) -> None:
    faktura, nummer = _en(Faktura, nr), f"k{next(_NUMRE)}"
    gjoer(services.foer_kreditnota, faktura, nummer, _oere(nr + 2), av=fabrikk.bruker("inkludering1"))


def _betal(_by: By, nr: int) -> None:
    faktura = _en(Faktura, nr)
    oere = faktura.rest_oere if nr % 2 == 0 else _oere(nr)
    gjoer(services.betal_faktura, faktura, oere, vist_oere=faktura.rest_oere, av=fabrikk.bruker("inkludering1"))


def _betal_tilskudd(by: By, nr: int) -> None:
    tilskudd = _tilskudd(by, nr)
    oere = tilskudd.rest_oere if nr % 2 == 0 else _oere(nr)
    gjoer(
        services.betal_tilskudd,
        tilskudd,
        oere,
        penger.i_morgen(),
        vist_oere=tilskudd.rest_oere,
        av=fabrikk.bruker("inkludering1"),
    )


def _fil(by: By, _nr: int) -> None:
    assert by.laget
    if gjoer(services.lag_bunt, av=fabrikk.bruker("godkjenner1")) is None:
        raise Endret


PENGER: dict[str, Steg] = {
    "ramme": _ramme,
    "tilsagn": _tilsagn,
    "endre_tilsagn": _endre,
    "avslutt_tilsagn": _som(services.avslutt_tilsagn, Tilsagn),
    "soek": _soek,
    "innvilg": _innvilg,
    "trekk_tilskudd": lambda by, nr: gjoer(services.trekk, _tilskudd(by, nr), av=fabrikk.bruker("inkludering1")),
    "rapport": _rapport,
    "betal_tilbake": _betal_tilbake,
    "faktura": _faktura,
    "kreditnota": _kreditnota,
    "betal": _betal,
    "betal_tilskudd": _betal_tilskudd,
    "godkjenn": _som(services.godkjenn, Utbetaling, av="godkjenner1"),
    "stans": _som(services.stans, Utbetaling),
    "fil": _fil,
    "retur": _som(services.kom_i_retur, Utbetaling, av="godkjenner1"),
}
