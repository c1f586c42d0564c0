"""The access log's page: who sees which lines, filters, and that each look is a line itself."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from koordinering import audit
from koordinering.audit import Hva, Innslag, Ting
from koordinering.db import db, i_dag, now, own_transaction
from koordinering.personvern import queries
from koordinering.personvern.queries import Loggfilter
from koordinering.users import User
from tests.nettleser import Nettleser

NAV_SAK, HELSE_SAK = 4111111111111111111, 4222222222222222222


@pytest.fixture
def linjer(folk: Any) -> None:
    """A line about each of two units' cases."""
    audit.record(Hva.SAK_LEST, av=folk.nav1, gjelder=Ting("sak", NAV_SAK, "nav"))
    audit.record(Hva.SAK_LEST, av=folk.helse1, gjelder=Ting("sak", HELSE_SAK, "to_helsestasjon"))
    audit.record(Hva.INN_NEKTET, av=None)
    db.session.rollback()


def side(nettleser: Nettleser, user: User, **valg: str) -> str:
    svar = nettleser.som(user).se("/innsynslogg", query_string=valg)
    assert svar.status_code == 200
    return svar.get_data(as_text=True)


@pytest.mark.usefixtures("linjer")
def test_the_officer_sees_all_and_a_leader_her_own_unit(folk: Any, nettleser: Nettleser) -> None:
    alt = side(nettleser, folk.ombud1)
    assert str(NAV_SAK) in alt
    assert str(HELSE_SAK) in alt
    assert "Ikke innlogget" in alt
    navs = side(nettleser, folk.navleder1)
    assert str(NAV_SAK) in navs
    assert str(HELSE_SAK) not in navs
    assert "helse1" not in navs
    assert "Ikke innlogget" not in navs
    assert str(NAV_SAK) not in side(nettleser, folk.helseleder1, enhet="nav")
    assert str(NAV_SAK) not in side(nettleser, folk.helseleder1, brukernavn="nav1")


@pytest.mark.parametrize("hvem", ["nav1", "koordinator1", "system1"])
def test_nobody_else_sees_it(folk: Any, nettleser: Nettleser, hvem: str) -> None:
    assert nettleser.som(getattr(folk, hvem)).se("/innsynslogg").status_code == 404


@pytest.mark.usefixtures("linjer")
def test_each_look_is_a_line(folk: Any, nettleser: Nettleser) -> None:
    for _ in range(2):
        side(nettleser, folk.ombud1)
    db.session.rollback()
    lest = select(func.count()).where(Innslag.hva == Hva.LOGG_LEST, Innslag.user_id == folk.ombud1.id)
    assert db.session.scalar(lest) == 2


@pytest.mark.parametrize(
    ("valg", "nav", "helse"),
    [
        ({"brukernavn": " NAV1"}, True, False),
        ({"brukernavn": "finnes-ikke"}, False, False),
        ({"hva": "sak_lest"}, True, True),
        ({"hva": "gitt"}, False, False),
        ({"enhet": "to_helsestasjon"}, False, True),
        ({"fra": "i_dag", "til": "i_dag"}, True, True),
        ({"fra": "i_morgen"}, False, False),
        ({"til": "i_gaar"}, False, False),
        ({"fra": "", "til": "", "hva": "", "enhet": "", "brukernavn": ""}, True, True),
    ],
)
@pytest.mark.usefixtures("linjer")
def test_filters(folk: Any, nettleser: Nettleser, valg: dict[str, str], nav: bool, helse: bool) -> None:
    dager = {"i_dag": 0, "i_morgen": 1, "i_gaar": -1}
    svar = side(
        nettleser,
        folk.ombud1,
        **{k: (i_dag() + timedelta(days=dager[v])).isoformat() if v in dager else v for k, v in valg.items()},
    )
    assert (str(NAV_SAK) in svar, str(HELSE_SAK) in svar) == (nav, helse)


@pytest.mark.usefixtures("linjer")
@pytest.mark.parametrize(
    ("valg", "melding"),
    [
        ({"fra": "i går"}, "Skriv datoen som"),
        ({"hva": "finnes-ikke"}, "Velg noe fra listen."),
        ({"brukernavn": "x" * 61}, "for lang"),
        ({"side": "tull"}, ""),
        ({"til": "9999-12-31"}, ""),
        ({"fra": "0001-01-01"}, ""),
    ],
)
def test_a_wrong_filter_is_told_and_breaks_nothing(
    folk: Any, nettleser: Nettleser, valg: dict[str, str], melding: str
) -> None:
    svar = side(nettleser, folk.ombud1, **valg)
    assert melding in svar
    assert str(NAV_SAK) in svar


def test_a_page_costs_the_same_whatever_the_length(folk: Any, nettleser: Nettleser) -> None:
    def koster() -> int:
        setninger: list[str] = []

        def tell(_c: Any, _k: Any, setning: str, *_: Any) -> None:
            setninger.append(setning)

        event.listen(db.engine, "before_cursor_execute", tell)
        queries.logg(folk.ombud1, Loggfilter())
        event.remove(db.engine, "before_cursor_execute", tell)
        return len(setninger)

    assert folk.ombud1.gjeldende
    koster()
    faa = koster()
    with own_transaction() as session:
        session.add_all(Innslag(hva=Hva.SAK_LEST, user_id=folk.nav1.id, roller="henviser") for _ in range(60))
    db.session.rollback()
    assert folk.ombud1.gjeldende
    assert koster() == faa
    foerst = queries.logg(folk.ombud1, Loggfilter())
    assert len(foerst.side.rader) == 25
    assert foerst.side.neste is not None
    neste = queries.logg(folk.ombud1, Loggfilter(), foerst.side.neste)
    assert max(r.id for r in neste.side.rader) < min(r.id for r in foerst.side.rader)


def test_a_day_is_a_day_in_norway(folk: Any) -> None:
    kveld = now().replace(month=7, day=1, hour=22, minute=30)  # half past midnight in Norway, on the second
    with own_transaction() as session:
        session.add(Innslag(tid=kveld, hva=Hva.SAK_LEST, user_id=folk.nav1.id, roller="", gjelder_id=NAV_SAK))
    db.session.rollback()
    for dag, finnes in ((1, False), (2, True)):
        valg = Loggfilter(fra=kveld.date().replace(day=dag), til=kveld.date().replace(day=dag), hva=Hva.SAK_LEST)
        assert bool(queries.logg(folk.ombud1, valg).side.rader) is finnes
