"""Loading a plan: whole, repeatable, and kind to what referrals name."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from koordinering import audit
from koordinering.db import db, transaction
from koordinering.errors import IngenTilgang
from koordinering.plan.models import Delmaal, Indikator, Plan
from koordinering.plan.rules.linjer import PlanFeil
from koordinering.plan.services import MEDFOELGENDE, Lastet, last_plan
from koordinering.tiltak.models import Strategi, Tiltak
from koordinering.users import Enhet, User
from tests.plan.eksempel import ANNEN_KOMMUNE, bytt


def _last(kilde: Path | str) -> Lastet:
    with transaction():
        return last_plan(kilde, av=None)


def _lastinger() -> int:
    query = select(func.count()).select_from(audit.Innslag).where(audit.Innslag.hva == audit.Hva.PLAN_LASTET)
    return db.session.scalar(query) or 0


def test_the_shipped_plan_is_in_the_database(app: Flask) -> None:
    kort = db.session.get_one(Tiltak, "4b-2")
    assert kort.kortnavn == "Opplevelseskortet"
    assert kort.mottaker_id == "nav"
    assert [(a.enhet_id, a.hovedansvar) for a in kort.ansvar] == [("to_kultur_fritid", True), ("nav", False)]
    assert db.session.scalar(select(func.count()).select_from(Tiltak)) == 40
    assert db.session.scalar(select(func.count()).select_from(Indikator)) == 22
    assert db.session.scalar(select(func.count()).select_from(Delmaal)) == 3
    assert db.session.get_one(Enhet, "fretex").kortnavn == "Fretex"


def test_the_same_file_again_changes_nothing(app: Flask) -> None:
    foer = db.session.get_one(Plan, 1).lastet
    lastinger = _lastinger()
    assert _last(MEDFOELGENDE).endret is False
    assert db.session.get_one(Plan, 1).lastet == foer
    assert _lastinger() == lastinger


def test_a_changed_plan_updates_its_rows(app: Flask) -> None:
    tekst = MEDFOELGENDE.read_text(encoding="utf-8")
    assert _last(bytt("kortnavn: Opplevelseskortet", "kortnavn: Kortet", tekst)).endret is True
    assert db.session.get_one(Tiltak, "4b-2").kortnavn == "Kortet"
    assert len(db.session.get_one(Tiltak, "4b-2").ansvar) == 2
    assert _lastinger() == 2


def test_another_plan_keeps_what_referrals_may_name_and_comes_back(app: Flask) -> None:
    lastet = _last(ANNEN_KOMMUNE)
    assert (lastet.tiltak, lastet.utgaatt) == (2, 40)
    assert db.session.get_one(Plan, 1).kommune == "Nabo kommune"
    assert db.session.get_one(Tiltak, "4b-2").utgaatt is True
    assert db.session.get_one(Tiltak, "1-1").utgaatt is False
    assert db.session.scalars(select(Indikator.id)).all() == ["T1"]
    assert _last(MEDFOELGENDE).utgaatt == 2
    assert db.session.get_one(Tiltak, "4b-2").utgaatt is False
    assert db.session.scalar(select(func.count()).select_from(Indikator)) == 22


def test_a_file_with_a_fault_changes_nothing(app: Flask) -> None:
    with pytest.raises(PlanFeil):
        _last(bytt("rolle: samarbeid", "rolle: venn"))
    assert db.session.get_one(Plan, 1).kommune == "Lillehammer kommune"
    assert db.session.get(Tiltak, "1-1") is None
    assert db.session.get(Strategi, "1") is None
    assert db.session.get(Enhet, "oppvekst") is None


@pytest.mark.parametrize(
    ("innhold", "melding"), [(None, "kan ikke leses"), (b"a: \xff", "UTF-8"), (b"x" * 3_000_000, "for stor")]
)
def test_a_file_that_cannot_be_read(app: Flask, tmp_path: Path, innhold: bytes | None, melding: str) -> None:
    fil = tmp_path / "plan.yaml"
    if innhold is not None:
        fil.write_bytes(innhold)
    with pytest.raises(PlanFeil, match=melding):
        _last(fil)


def test_no_role_may_load_a_plan_and_never_outside_a_transaction(app: Flask) -> None:
    user = db.session.scalar(select(User).where(User.brukernavn == "koordinator1"))
    with pytest.raises(IngenTilgang), transaction():
        last_plan(ANNEN_KOMMUNE, av=user)
    with pytest.raises(RuntimeError):
        last_plan(ANNEN_KOMMUNE, av=None)
