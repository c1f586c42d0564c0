"""The access log is read by the index that has the fewest lines, and is the same whichever that is."""

import itertools
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO, db, own_transaction
from koordinering.personvern import queries
from koordinering.personvern.queries import loggvei
from koordinering.personvern.rules.loggen import Linjeslag
from koordinering.users import Rolletildeling, User
from tests.personvern.test_loggsider import kl, linjer

_DAG = date(2025, 3, 10)
_FILTRE = st.builds(
    queries.Loggfilter,
    brukernavn=st.sampled_from((None, "nav1", "helse1", "ingen")),
    slag=st.sampled_from((None, *Linjeslag)),
    hva=st.sampled_from((None, Hva.SAK_LEST, Hva.NEKTET)),
    fra=st.sampled_from((None, _DAG, _DAG + timedelta(days=2))),
    til=st.sampled_from((None, _DAG + timedelta(days=1))),
    enhet_id=st.sampled_from((None, "nav", "to_helsestasjon")),
)


@pytest.fixture
def mange_linjer(folk: Any) -> list[Innslag]:
    """Lines of every kind about two units and none, by three people and by nobody, over four days."""
    trekk = random.Random(1)  # noqa: S311 - no secret
    with own_transaction() as session:
        session.add_all(
            Innslag(
                tid=datetime(2025, 3, 9 + nr % 4, 12, nr % 60, tzinfo=UTC),
                hva=trekk.choice((Hva.SAK_LEST, Hva.NEKTET, Hva.INN, Hva.ROLLE_GITT, Hva.HENVISNING_LAGET)),
                user_id=trekk.choice((folk.nav1.id, folk.helse1.id, folk.navleder1.id, None)),
                roller="",
                enhet_id=trekk.choice(("nav", "to_helsestasjon", None)),
            )
            for nr in range(160)
        )
    db.session.rollback()
    return list(db.session.scalars(select(Innslag)))


@pytest.mark.parametrize("mest", [500_000, 20, 0])
def test_each_way_into_the_log_gives_the_same_lines(
    folk: Any, mange_linjer: list[Innslag], monkeypatch: pytest.MonkeyPatch, mest: int
) -> None:
    """By the index with the fewest lines, by another where there are more than are counted, or by none."""
    monkeypatch.setattr(loggvei, "MEST", mest)
    navn = dict(db.session.execute(select(User.id, User.brukernavn)).all())
    stab = set(db.session.scalars(select(Rolletildeling.user_id).where(Rolletildeling.enhet_id == "nav")))

    def ventet(leser: User, valg: queries.Loggfilter) -> list[int]:
        return [
            i.id
            for i in sorted(mange_linjer, key=lambda i: -i.id)
            if (leser.id == folk.ombud1.id or i.enhet_id == "nav" or i.user_id in stab)
            and valg.brukernavn in {None, navn.get(i.user_id or 0)}
            and (valg.slag is None or i.hva in queries.LINJER_AV_SLAG[valg.slag])
            and valg.hva in {None, i.hva}
            and (valg.fra is None or i.tid.astimezone(OSLO).date() >= valg.fra)
            and (valg.til is None or i.tid.astimezone(OSLO).date() <= valg.til)
            and valg.enhet_id in {None, i.enhet_id}
        ]

    @given(_FILTRE)
    def proev(valg: queries.Loggfilter) -> None:
        for leser in (folk.ombud1, folk.navleder1):
            alle = ventet(leser, valg)
            side = queries.logg(leser, valg).side
            assert ([rad.id for rad in side.rader], side.antall) == (alle[:25], len(alle))
            if side.neste is not None:
                assert [rad.id for rad in queries.logg(leser, valg, side.neste).side.rader] == alle[25:50]
            assert [rad.id for rad in queries.uttrekk(leser, valg)[0]] == alle

    proev()


@pytest.mark.bare_sqlite
def test_few_refusals_are_found_among_many_lines(app: Flask, folk: Any) -> None:
    """A leader's question costs what there is to find, and not what the unit ever did."""

    def steg() -> int:
        talt = itertools.count()
        sqlite = db.session.connection().connection.driver_connection
        assert sqlite is not None
        sqlite.set_progress_handler(lambda: next(talt) and 0, 100)
        try:
            assert len(queries.logg(folk.navleder1, queries.Loggfilter(slag=Linjeslag.NEKTELSE)).side.rader) == 1
        finally:
            sqlite.set_progress_handler(None, 0)
        return next(talt)

    linjer(Hva.NEKTET, [kl(1, 12)], folk.nav1)
    assert folk.navleder1.gjeldende
    steg()
    faa = steg()
    linjer(Hva.SAK_LEST, [kl(1, 12)] * 3_000, folk.nav1)
    assert folk.navleder1.gjeldende
    assert steg() < faa + 20
