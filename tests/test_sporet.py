"""Lines of the trail that are written together are the lines that would have been written one by one."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering import audit
from koordinering.audit import Hva, Innslag, Ting
from koordinering.db import db, transaction


def _linjer() -> list[tuple[Hva, int | None]]:
    db.session.rollback()
    query = select(Innslag.hva, Innslag.gjelder_id).where(Innslag.gjelder == "sak").order_by(Innslag.id)
    return [(hva, id_) for hva, id_ in db.session.execute(query)]


def _tre(av: Any) -> None:
    for hva, nr in ((Hva.SAK_LEST, 1), (Hva.SAK_REGISTRERT, 2), (Hva.SAK_LEST, 3)):
        audit.record(hva, av=av, gjelder=Ting("sak", nr, av.gjeldende[0].enhet_id), detalj="kode")


def test_together_they_are_the_same_and_in_their_order(folk: Any) -> None:
    with transaction():
        _tre(folk.nav1)
    with transaction():
        audit.record(Hva.SAK_SLETTET, av=folk.nav1, gjelder=Ting("sak", 0))
        with audit.together():
            _tre(folk.nav1)
        audit.record(Hva.SAK_SLETTET, av=folk.nav1, gjelder=Ting("sak", 4))
    tre = [(Hva.SAK_LEST, 1), (Hva.SAK_REGISTRERT, 2), (Hva.SAK_LEST, 3)]
    assert _linjer() == [*tre, (Hva.SAK_SLETTET, 0), *tre, (Hva.SAK_SLETTET, 4)]
    hver: Any = [kolonne for kolonne in Innslag.__table__.columns if kolonne.name not in {"id", "tid"}]
    alle = [
        tuple(rad) for rad in db.session.execute(select(*hver).where(Innslag.gjelder == "sak").order_by(Innslag.id))
    ]
    assert alle[:3] == alle[4:7]


def test_what_fails_leaves_no_line_and_the_next_is_written_at_once(folk: Any) -> None:
    def feiler() -> None:
        with transaction(), audit.together():
            _tre(folk.nav1)
            raise LookupError

    with pytest.raises(LookupError):
        feiler()
    assert _linjer() == []
    audit.record(Hva.SAK_LEST, av=folk.nav1, gjelder=Ting("sak", 5))
    assert _linjer() == [(Hva.SAK_LEST, 5)]


def test_there_is_nothing_to_wait_for_outside_a_transaction(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="outside transaction"), audit.together():
        pass


def test_one_in_another_would_be_written_before_what_came_first(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="inside together"), transaction(), audit.together(), audit.together():
        pass
