"""The walls of both databases: one opening at a time, and what is released stays as it was."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from koordinering.db import db, transaction
from koordinering.statistikk import queries
from koordinering.statistikk.aapne import services as aapne
from koordinering.statistikk.aapne.models import AapenPublisering
from koordinering.statistikk.models import Publisering
from tests.statistikk.aapne.test_aapne_data import aapen
from tests.statistikk.utgivelse import bilde


def test_opening_changes_nothing_of_what_is_frozen(app: Flask, folk: Any) -> None:
    bilde(folk)
    ny = aapen(folk)
    with transaction():
        aapne.gjoer_aapen(queries.publisering(folk.koordinator2, ny), av=folk.koordinator2)
    assert db.session.scalar(select(func.count()).select_from(AapenPublisering)) == 1
    with pytest.raises(DatabaseError), transaction():
        db.session.execute(update(Publisering).values(sha256="x"))
    with transaction():
        aapne.lukk(queries.publisering(folk.koordinator2, ny), av=folk.koordinator2)
        aapne.gjoer_aapen(queries.publisering(folk.koordinator2, ny), av=folk.koordinator2)
    rader = db.session.scalars(select(AapenPublisering).order_by(AapenPublisering.id)).all()
    assert [(rad.lukket is None, rad.lukket_av_id) for rad in rader] == [(False, folk.koordinator2.id), (True, None)]
