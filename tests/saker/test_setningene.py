"""What is sent to the databases for the two things that are done most: a family is registered, and a case found."""

from typing import Any

from sqlalchemy import event, select

from koordinering.access import enheter
from koordinering.db import db
from koordinering.roles import Rettighet
from koordinering.saker import queries
from koordinering.users import Enhet
from tests import fabrikk
from tests.fabrikk import bruker
from tests.nettleser import Nettleser
from tests.saker.skjema import nummer, utfylt


def _antall(side: Nettleser, sti: str, data: dict[str, Any]) -> int:
    """Of both databases."""
    setninger: list[str] = []

    def lytt(_c: Any, _cur: Any, setning: str, *_resten: Any) -> None:
        setninger.append(setning)

    side.token()
    for motor in db.engines.values():
        event.listen(motor, "before_cursor_execute", lytt)
    try:
        assert side.send(sti, data).status_code == 303
    finally:
        for motor in db.engines.values():
            event.remove(motor, "before_cursor_execute", lytt)
    return len(setninger)


def test_the_number_of_statements_is_known(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    side, barnets = nettleser.som(folk.nav1), nummer()
    data = utfylt(barn_0_fnr=barnets, egen_referanse="NAV 2026/17", behov=["fritid", "ferie"])
    assert _antall(side, "/saker/ny", data) == 19
    # who is signed in with the municipality, the day's look-ups, the hour's two, the line in the log, the case
    assert _antall(side, "/saker/finn", {"fnr": barnets}) == 6


def test_the_units_to_register_in_are_those_of_the_roles_that_give_it(folk: Any, app: Any) -> None:
    for hvem in ("nav1", "helse1", "inkludering1", "ombud1"):
        user = bruker(hvem)
        egne = enheter(user, Rettighet.SAK_REGISTRER)
        setning = select(Enhet.id).where(Enhet.id.in_(egne)).order_by(Enhet.orden, Enhet.id)
        assert [enhet.id for enhet in queries.registreringsenheter(user)] == list(db.session.scalars(setning))
