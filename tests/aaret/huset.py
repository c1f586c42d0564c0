"""A year through the front door: the clock, the people, and what they send."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.db import db
from koordinering.saker.models import Henvisning
from tests import klokken
from tests.saker.skjema import utfylt
from tests.tildeling.gjoer import LeserPaaNytt

AAR = 2027


class Klokke(datetime):
    """The year's clock: what the product takes for now."""

    naa = datetime(AAR, 1, 4, 9, tzinfo=UTC)

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return cls.naa.astimezone(tz)


@pytest.fixture
def klokke(monkeypatch: pytest.MonkeyPatch) -> type[Klokke]:
    """Time that the test sets."""
    klokken.sett(monkeypatch, Klokke)
    return Klokke


class Aaret:
    """The house, its people, and the day it is."""

    def __init__(self, app: Flask, folk: Any, klokke: type[Klokke]) -> None:
        self.app, self.folk, self.klokke = app, folk, klokke

    def dag(self, maaned: int, dag: int) -> None:
        """It is nine in the morning of this day, and everybody signs in anew."""
        self.klokke.naa = datetime(AAR, maaned, dag, 9, tzinfo=UTC)
        self._inne: dict[str, LeserPaaNytt] = {}

    def gjoer(self, hvem: str, sti: str, felter: dict[str, Any] | None = None, *, status: int = 303) -> str:
        """Send a form as this person; where it led."""
        if hvem not in self._inne:
            self._inne[hvem] = LeserPaaNytt(self.app).som(getattr(self.folk, hvem))
        svar = self._inne[hvem].send(sti, felter)
        feil = re.findall(r"validation-message[^>]*>([^<]*)", svar.get_data(as_text=True))
        assert svar.status_code in {status, 302 if status == 303 else status}, (sti, svar.status_code, feil)
        db.session.rollback()
        return str(svar.location or "")

    def se(self, hvem: str, sti: str) -> str:
        """A page as this person sees it."""
        svar = self._inne.setdefault(hvem, LeserPaaNytt(self.app).som(getattr(self.folk, hvem))).se(sti)
        assert svar.status_code == 200, (sti, svar.status_code)
        return svar.get_data(as_text=True)

    def henvist(self, hvem: str, enhet: str, **felter: Any) -> set[int]:
        """Register a family; the referrals that it got."""
        kjente = set(db.session.scalars(select(Henvisning.id)))
        self.gjoer(hvem, "/saker/ny", utfylt(enhet, **felter))
        return set(db.session.scalars(select(Henvisning.id))) - kjente

    def henvis(self, hvem: str, enhet: str, **felter: Any) -> int:
        """Register a family; the one referral that it got."""
        (ny,) = self.henvist(hvem, enhet, **felter)
        return ny

    def henvis_barn(self, hvem: str, enhet: str, tiltak: str = "4a-3", **felter: Any) -> int:
        """A child referred to a free place in a club, or to what else is one child's."""
        valg = {"grunnlag": "samtykke", "maate": "muntlig", "fra": "foresatt"}
        return self.henvis(hvem, enhet, tiltak=[], barn_0_tiltak=[tiltak], **valg, **felter)


def tall(html: str, tall: list[int], grunn: str | None = None) -> dict[str, str]:
    vist = re.findall(r'name="(vist_\d+)" type="hidden" value="(\d*)"', html)
    assert len(vist) == len(tall)
    felter = {navn.replace("vist", "tall"): str(nytt) for (navn, _), nytt in zip(vist, tall, strict=True)}
    return {**dict(vist), **felter, **({"grunn": grunn} if grunn else {})}
