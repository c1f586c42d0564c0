"""The new year over every kind: shown first, done once, and nothing more the second time."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from koordinering.db import db, i_dag, transaction
from koordinering.errors import ConfigError
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services
from koordinering.tildeling.services import aarsskifte, nyttaar
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak import services as beholdning
from koordinering.tiltak.midler import queries as midler
from koordinering.tiltak.midler import services as midlene
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.users import User
from tests import fabrikk, penger
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import gjoer, sjekk_beholdning, status, ta_imot


@pytest.fixture
def desember(monkeypatch: pytest.MonkeyPatch) -> date:
    """The last day of this year, for the routine."""
    dag = date(i_dag().year, 12, 31)
    for modul in (aarsskifte, nyttaar):
        monkeypatch.setattr(modul, "i_dag", lambda: dag)
    return dag


def _skift(aar: int, av: User | None) -> services.Nyttaar:
    with transaction():
        return services.skift_aar(aar, av=db.session.get_one(User, av.id) if av is not None else None)


def _i_tilbud(folk: Any, tilbud: Tilbud) -> Henvisning:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    return henvisning


def _sesongen_er_over(tilbud: Tilbud) -> None:
    with transaction():
        en = db.session.get_one(Tilbud, tilbud.id)
        en.sesong_fra, en.sesong_til = i_dag() - timedelta(days=60), i_dag() - timedelta(days=1)


def test_the_year_is_closed_and_the_next_opened_and_twice_is_once(folk: Any, desember: date) -> None:
    aar = desember.year
    fabrikk.kortaar(10)
    slutt, varer = fabrikk.tilbud(folk.inkludering1), fabrikk.tilbud(folk.inkludering1, sesong_til=date(aar + 1, 6, 1))
    begynt, aldri, fortsetter = _i_tilbud(folk, slutt), _i_tilbud(folk, slutt), _i_tilbud(folk, varer)
    gjoer(services.bekreft_start, begynt, av=folk.inkludering1)
    penger.budsjett(folk.inkludering1)
    _sesongen_er_over(slutt)

    plan = services.planlegg_aaret(aar)
    assert (plan.tilbud, plan.barn, plan.midler_stenges, plan.midler_aapnes) == (1, 2, True, True)
    assert [(k.stenges, k.ledige, k.nye) for _, k in plan.kort] == [(True, 10, 10)]
    assert _skift(aar, folk.inkludering1) == plan

    assert [status(h) for h in (begynt, aldri, fortsetter)] == [Status.AVSLUTTET, Status.AVSLUTTET, Status.INNVILGET]
    assert (begynt.grunn, aldri.grunn) == ("fullfoert", "utloept")
    for tilbud in (slutt, varer):
        sjekk_beholdning(tilbud.beholdning_id)
    nytt, gammelt = midler.midleraar(aar + 1), midler.midleraar(aar)
    assert nytt is not None
    assert gammelt is not None
    assert gammelt.stengt is not None
    assert [r.frist.month for r in midler.runder(aar + 1)] == [4, 10]
    neste = tiltaket.kortaar("4b-2", aar + 1)
    assert neste is not None
    assert neste.beholdning.antall == 10

    igjen = _skift(aar, None)  # the command, the morning after
    assert (igjen.barn, igjen.midler_stenges, igjen.midler_aapnes) == (0, False, False)
    assert [(k.stenges, k.nye) for _, k in igjen.kort] == [(False, 0)]


def test_money_stays_open_until_every_application_is_decided(folk: Any, desember: date) -> None:
    penger.budsjett(folk.inkludering1, "inkludering", 5_000_000)
    soeknad = penger.soeknad(folk.inkludering1, penger.lag(folk.inkludering1))
    assert _skift(desember.year, folk.inkludering1).uavgjorte == 1
    aaret = midler.midleraar(desember.year)
    assert aaret is not None
    assert aaret.stengt is None
    frist = desember
    penger.gjoer(midlene.innvilg, soeknad, 100_000, vilkaar=None, rapport_frist=frist, versjon=1, av=folk.inkludering1)
    assert _skift(desember.year, folk.inkludering1).midler_stenges
    db.session.expire_all()
    aaret = midler.midleraar(desember.year)
    assert aaret is not None
    assert aaret.stengt is not None


def test_a_place_that_waits_for_an_answer_is_taken_back(folk: Any, desember: date) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.sett_paa_venteliste, henvisning, av=folk.inkludering1)
    gjoer(services.tilby, henvisning, tilbud, frist_dager=7, av=folk.inkludering1)
    _sesongen_er_over(tilbud)
    assert _skift(desember.year, folk.inkludering1).venter_svar == 1
    assert status(henvisning) is Status.VENTELISTE
    sjekk_beholdning(tilbud.beholdning_id)


def test_the_page_shows_first_what_is_missing_too(folk: Any, nettleser: Nettleser) -> None:
    inne = nettleser.som(folk.inkludering1)
    side = inne.se(f"/aarsskifte?aar={i_dag().year}").get_data(as_text=True)
    assert "Inkluderingsmidler" in side
    assert "Dette mangler" in side  # the open offers of the plan have no day written in
    assert db.session.scalar(select(Henvisning.id)) is None
    assert nettleser.som(folk.nav1).se("/aarsskifte").status_code == 404


@pytest.mark.parametrize(("skrevet", "blir"), [(None, 10), ("", 10), ("12", 12), ("5000", 5000)])
def test_the_number_of_new_cards_is_the_old_one_or_what_is_written(
    folk: Any, desember: date, nettleser: Nettleser, skrevet: str | None, blir: int
) -> None:
    assert fabrikk.kortaar(10).beholdning.antall == 10
    inne, adresse = nettleser.som(folk.inkludering1), f"/aarsskifte?aar={desember.year}"
    assert 'value="10"' in inne.se(adresse).get_data(as_text=True)
    felter = {} if skrevet is None else {"kort-4b-2-antall": skrevet}
    assert inne.send(adresse, felter).status_code == 303
    db.session.rollback()
    neste = tiltaket.kortaar("4b-2", desember.year + 1)
    assert neste is not None
    assert neste.beholdning.antall == blir


@pytest.mark.parametrize("skrevet", ["0", "-1", "5001", "mange", "1,5"])
def test_a_number_of_cards_that_cannot_be_meant_changes_nothing(
    folk: Any, desember: date, nettleser: Nettleser, skrevet: str
) -> None:
    fabrikk.kortaar(10)
    inne, adresse = nettleser.som(folk.inkludering1), f"/aarsskifte?aar={desember.year}"
    svar = inne.send(adresse, {"kort-4b-2-antall": skrevet})
    assert svar.status_code == 422
    assert "Feil:" in svar.get_data(as_text=True)
    db.session.rollback()
    assert tiltaket.kortaar("4b-2", desember.year + 1) is None


def test_without_an_earlier_year_the_number_is_the_plans(folk: Any, desember: date, tmp_path: Path) -> None:
    assert beholdning.standard_kort() == 40
    assert services.planlegg(db.session.get_one(Tiltak, "4b-2"), desember.year + 7).nye == 40
    fil = tmp_path / "kort.yaml"
    for innhold in ("", "nytt_aar: {antall: mange}", "nytt_aar: {antall: 9999}", "nytt_aar: [1]", ":"):
        fil.write_text(innhold, encoding="utf-8")
        with pytest.raises(ConfigError):
            beholdning.standard_kort(fil)
