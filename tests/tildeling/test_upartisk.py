"""No group of actors is favoured: club and sender change places in the rows, and everybody gets what they got."""

import itertools
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.db import db, i_dag, transaction
from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.tildeling.queries import forslag as queries
from koordinering.tildeling.services import forslag as services
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User
from tests import fabrikk, penger
from tests.tildeling.gjoer import ta_imot

FOTBALL, SVOEMMING = Aktivitet.FOTBALL, Aktivitet.SVOEMMING


@pytest.fixture
def runden(app: Flask, folk: Any) -> None:
    """Fewer places than children, in offers of two clubs and of none; children of two services, some club members."""
    lagene = [penger.lag(folk.inkludering1, nr) for nr in (1, 2)]
    for nr, (lag, aktivitet) in enumerate(itertools.product((*lagene, None), (FOTBALL, SVOEMMING))):
        fabrikk.tilbud(folk.inkludering1, navn=f"Tilbud {nr}", lag=lag, aktivitet=aktivitet, antall=1 + nr % 2)
    oensker = ((FOTBALL,), (FOTBALL, SVOEMMING), (SVOEMMING, FOTBALL))
    for nr in range(12):
        barnet = fabrikk.barn(
            i_dag().year - 8 - nr % 3,
            oensker=oensker[nr % 3],
            deltar=JaNeiVetIkke.JA if nr % 4 == 0 else JaNeiVetIkke.NEI,
        )
        ta_imot(fabrikk.sak((folk.nav1, folk.helse1)[nr % 2], barna=[barnet]), folk.inkludering1)
    to = fabrikk.sak(folk.nav1, barna=[fabrikk.barn(), fabrikk.barn()], tiltak=[("4a-3", 0), ("4a-3", 1)])
    soesken = [ta_imot(to, folk.inkludering1, nr).id for nr in (0, 1)]
    with transaction() as session:
        for id_ in soesken:
            session.get_one(Henvisning, id_).sammen = True


def _forslaget(folk: Any) -> list[tuple[int, int | None, int | None, list[dict[str, Any]]]]:
    """The whole proposal as it is made and written, with the offers' lots as they would stand stored."""
    with transaction() as session:
        user = session.get_one(User, folk.inkludering1.id)
        tilbud = list(session.scalars(select(Tilbud).order_by(Tilbud.navn)))
        henvisninger = queries.i_runden(user, "4a-3")
        loest = services.loesning(queries.grunnlag(user, henvisninger, tilbud, {}))
        lodd = {t.id: nr for nr, t in enumerate(tilbud)}
        ider = [h.id for h in henvisninger]
        forslag = services.lag_forslag(session.get_one(Tiltak, "4a-3"), ider, lodd, loest, av=user)
        return [(linje.henvisning_id, linje.tilbud_id, linje.oenske, linje.fordi) for linje in forslag.linjer]


def _bytt_lag() -> None:
    """What the first club keeps, the second keeps, and the other way round; what none kept, the first keeps too."""
    with transaction() as session:
        tilbud = list(session.scalars(select(Tilbud).order_by(Tilbud.navn)))
        foerste, andre = sorted({t.lag_id for t in tilbud if t.lag_id is not None})
        for t in tilbud:
            t.lag_id = foerste if t.lag_id in {andre, None} else andre
            t.arrangoertekst = None


def _bytt_avsender(folk: Any) -> None:
    with transaction() as session:
        nav, helse = (session.get_one(User, u.id) for u in (folk.nav1, folk.helse1))
        for sak in session.scalars(select(Sak)):
            ny = helse if sak.ansvarlig_id == nav.id else nav
            sak.ansvarlig_id, sak.enhet_id = ny.id, ny.gjeldende[0].enhet_id
            for h in sak.henvisninger:
                h.avsender_id = sak.enhet_id


def _bytt_medlemmer() -> None:
    with transaction() as session:
        for barn in session.scalars(select(Barn)):
            barn.deltar = JaNeiVetIkke.NEI if barn.deltar is JaNeiVetIkke.JA else JaNeiVetIkke.JA


@pytest.mark.usefixtures("runden")
def test_the_proposal_is_the_same_when_clubs_members_and_senders_change_places(folk: Any) -> None:
    foer = _forslaget(folk)
    faar = [tilbud_id for _, tilbud_id, _, _ in foer]
    assert len(foer) == 14
    assert None in faar
    assert len(set(faar)) > 4
    _bytt_lag()
    assert _forslaget(folk) == foer
    _bytt_medlemmer()
    assert _forslaget(folk) == foer
    sendt_av = {s.id: s.enhet_id for s in db.session.scalars(select(Sak))}
    _bytt_avsender(folk)
    assert all(s.enhet_id != sendt_av[s.id] for s in db.session.scalars(select(Sak)))
    assert _forslaget(folk) == foer
