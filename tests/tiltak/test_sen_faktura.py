"""A club's invoice that comes when the referral has ended: said before, and entered all the same."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret, Oppbrukt, UgyldigFelt
from koordinering.saker.models import Henvisning
from koordinering.tildeling import services as tildeling
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.models import Budsjett, Midleraar, Postering, Tilsagn
from koordinering.tiltak.midler.rules import Tilsagnstatus
from tests import fabrikk, penger
from tests.nettleser import Nettleser
from tests.penger import gjoer
from tests.tildeling import gjoer as tildele
from tests.tildeling.gjoer import ta_imot

OERE = 200_000


@pytest.fixture
def henvisning(folk: Any) -> Henvisning:
    """A referral that a club is to be paid 2 000 kroner for, of a budget of 10 000."""
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    budsjett, laget = penger.budsjett(folk.inkludering1), penger.kjent_lag()
    gjoer(tildeling.gi_midler, henvisning, budsjett, laget, OERE, av=folk.inkludering1)
    return henvisning


def _tilsagn() -> Tilsagn:
    return db.session.scalars(select(Tilsagn).execution_options(populate_existing=True)).one()


def _budsjett() -> Budsjett:
    query = select(Budsjett).where(Budsjett.id == _tilsagn().budsjett_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _sjekk() -> None:
    """The balance is the sum of the ledger, and never more than the budget."""
    budsjett = _budsjett()
    poster = db.session.scalars(select(Postering).where(Postering.budsjett_id == budsjett.id)).all()
    assert sum(p.bundet_oere for p in poster) == budsjett.bundet_oere
    assert budsjett.bundet_oere + budsjett.betalt_oere <= budsjett.ramme_oere


def _tekst(svar: Any) -> str:
    return str(svar.get_data(as_text=True)).replace("\xa0", " ")


def test_before_it_ends_both_sides_are_told_how_much_comes_free(
    henvisning: Henvisning, nettleser: Nettleser, folk: Any
) -> None:
    penger.faktura(folk.inkludering1, _tilsagn(), 50_000)
    konsulent, nav = nettleser.som(folk.inkludering1), nettleser.som(folk.nav1)
    sider = (
        (konsulent, f"/henvisninger/{henvisning.id}/avslutt"),
        (nav, f"/saker/henvisninger/{henvisning.id}/trekk"),
    )
    for hvem, side in sider:
        assert "1 500 kr er ikke fakturert og frigis." in _tekst(hvem.se(side))
    penger.faktura(folk.inkludering1, _tilsagn(), 150_000, "1002")
    for hvem, side in sider:
        assert "frigis" not in _tekst(hvem.se(side))


def test_a_late_invoice_binds_again_and_is_paid(henvisning: Henvisning, nettleser: Nettleser, folk: Any) -> None:
    tildele.gjoer(tildeling.trekk, henvisning, "flyttet", av=folk.nav1)
    assert (_tilsagn().status, _budsjett().bundet_oere) == (Tilsagnstatus.AVSLUTTET, 0)
    konsulent = nettleser.som(folk.inkludering1)
    side = f"/midler/plasser/{_tilsagn().id}"
    assert "Kommer det en faktura likevel" in _tekst(konsulent.se(side))
    assert "2 000 kr" in _tekst(konsulent.se(f"{side}/faktura"))
    forfall = f"{i_dag() + timedelta(days=20):%d.%m.%Y}"
    felter = {"nummer": "9", "beloep": "2000,01", "forfall": forfall}
    assert "høyere enn det som var satt av" in _tekst(konsulent.send(f"{side}/faktura", felter))
    assert konsulent.send(f"{side}/faktura", felter | {"beloep": "1500"}).status_code == 303
    db.session.rollback()
    tilsagn = _tilsagn()
    assert (tilsagn.beloep_oere, tilsagn.fakturert_oere, _budsjett().bundet_oere) == (150_000, 150_000, 150_000)
    gjoer(
        services.betal_faktura,
        tilsagn.fakturaer[0],
        150_000,
        vist_oere=tilsagn.fakturaer[0].rest_oere,
        av=folk.inkludering1,
    )
    gjoer(services.lag_bunt, av=folk.godkjenner1)
    assert (_budsjett().bundet_oere, _budsjett().betalt_oere) == (0, 150_000)
    with pytest.raises(UgyldigFelt):  # what was set aside, once
        penger.faktura(folk.inkludering1, tilsagn, 50_001, "10")
    penger.faktura(folk.inkludering1, tilsagn, 50_000, "10")
    # What is credited comes free again, and can be invoiced anew.
    gjoer(services.foer_kreditnota, _tilsagn().fakturaer[1], "K1", 50_000, av=folk.inkludering1)
    assert _budsjett().bundet_oere == 0
    penger.faktura(folk.inkludering1, _tilsagn(), 50_000, "11")
    assert _budsjett().bundet_oere == 50_000
    _sjekk()


def test_when_the_budget_is_used_meanwhile_nothing_is_entered(henvisning: Henvisning, folk: Any) -> None:
    tildele.gjoer(tildeling.trekk, henvisning, "flyttet", av=folk.nav1)
    tilsagn = _tilsagn()
    gjoer(services.gi_tilsagn, tilsagn.budsjett, tilsagn.lag, 900_000, av=folk.inkludering1)
    with pytest.raises(Oppbrukt):
        penger.faktura(folk.inkludering1, tilsagn, 150_000)
    db.session.rollback()
    query = select(Tilsagn).where(Tilsagn.id == tilsagn.id).execution_options(populate_existing=True)
    assert db.session.scalars(query).one().fakturaer == []
    penger.faktura(folk.inkludering1, tilsagn, 100_000)
    budsjett = queries.budsjett_for(i_dag().year, "enkeltplass")
    assert budsjett is not None
    assert budsjett.fritt_oere == 0


def test_a_closed_year_says_so(henvisning: Henvisning, folk: Any) -> None:
    tildele.gjoer(tildeling.trekk, henvisning, "flyttet", av=folk.nav1)
    with transaction():
        db.session.get_one(Midleraar, i_dag().year).stengt = _tilsagn().gitt
    with pytest.raises(UgyldigFelt, match="Midlene for året er avsluttet"):
        penger.faktura(folk.inkludering1, _tilsagn(), 100)


def test_a_grant_that_is_reported_cannot_come_back_from_the_bank(folk: Any) -> None:
    av = folk.inkludering1
    penger.budsjett(av, "inkludering", 2_000_000)
    tilskudd = penger.innvilget(av, penger.kjent_lag(), 100_000)
    utbetaling = gjoer(services.betal_tilskudd, tilskudd, 100_000, i_dag(), vist_oere=tilskudd.rest_oere, av=av)
    gjoer(services.lag_bunt, av=folk.godkjenner1)
    rapport = services.Rapport(i_dag(), 100_000, 3, None)
    gjoer(services.registrer_rapport, tilskudd, rapport, versjon=tilskudd.versjon, av=av)
    with pytest.raises(Endret, match="Laget har rapportert tilskuddet"):
        gjoer(services.kom_i_retur, utbetaling, av=folk.godkjenner1)
