"""Who has consented where the demo lets units coordinate for a family."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.db import db, i_dag, now, transaction
from koordinering.demo.kalender import Kalender
from koordinering.demo.samordninger import samordne_i_byen
from koordinering.saker.rules.behov import SamtykkeFra
from koordinering.saker.samordning.models import Samordning
from tests import fabrikk
from tests.fabrikk import NUMRE

pytestmark = pytest.mark.bare_sqlite


@pytest.mark.parametrize(
    ("aldre", "fra"),
    [((10,), SamtykkeFra.FORESATT), ((17,), SamtykkeFra.UNGDOM), ((10, 17), SamtykkeFra.BEGGE)],
)
def test_who_consents_follows_from_the_childrens_age(app: Flask, folk: Any, aldre: Any, fra: SamtykkeFra) -> None:
    aar = i_dag().year
    barna = [fabrikk.barn(aar - alder, nummer=nummer) for alder, nummer in zip(aldre, NUMRE, strict=False)]
    for hvem in (folk.nav1, folk.helse1):
        fabrikk.sak(hvem, barna=barna)
    with transaction():
        samordne_i_byen(db.session(), Kalender(aar, aar), 1, now() + timedelta(days=60))
    assert set(db.session.scalars(select(Samordning.fra))) == {fra}
