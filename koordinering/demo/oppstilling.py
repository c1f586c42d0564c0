"""The town's stock as rows before its years are played, and its state when they have been."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO
from koordinering.demo.fordelinger import Fordelinger, Rekke
from koordinering.demo.lager import AAPNER_FOER, Enheter, Lager, Sesong
from koordinering.demo.trekning import Tiltaksinfo
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.models import Beholdning, Kortaar, Plass, Tilbud
from koordinering.tiltak.rules import Beholdningsslag, Plasstilstand

_STOERSTE_GRUPPE = 40
"""Places in one group; a larger town has more groups of the same offer."""

_LAGT_INN = AAPNER_FOER + timedelta(days=20)
"""How long before the season an offer is written in."""


class Oppstilling:
    """Makes cards and offers, and remembers the keys of their units."""

    def __init__(self, session: Session, rng: random.Random, fordelinger: Fordelinger, skala: float) -> None:
        self._session = session
        self._rng = rng
        self._fordelinger = fordelinger
        self._skala = skala
        self.plasser: dict[int, Sequence[int]] = {}
        """Keys of the units of each stock, in the order of their numbers."""

    def lager(self, aar: range, slutt: datetime, tiltak: dict[str, Tiltaksinfo]) -> Lager:
        """Everything that is there to give in these years."""
        siste = slutt.astimezone(OSLO).date()
        kort = {et: self._kort(et) for et in aar if date(et, 1, 1) <= siste}
        sesonger = [
            sesong
            for et in range(aar.start - 1, aar.stop)
            for rekke in self._fordelinger.rekker
            if (sesong := self._sesong(rekke, et, tiltak[rekke.tiltak].mottaker or "", date(aar.start, 1, 1), siste))
        ]
        return Lager(kort, sesonger)

    def _kort(self, aar: int) -> Enheter:
        tiltak_id = self._fordelinger.korttiltak
        antall = max(1.0, self._skala) * self._fordelinger.tall["kort.antall"]
        kortaar = tiltaket.kortaar(tiltak_id, aar)
        if kortaar is None:
            beholdning = self._beholdning(Beholdningsslag.KORT, tiltak_id, int(antall))
            self._session.add(Kortaar(tiltak_id=tiltak_id, aar=aar, beholdning_id=beholdning.id))
        else:
            beholdning = kortaar.beholdning
            self._fyll(beholdning, int(antall))
        self._session.flush()
        return Enheter(beholdning.id, beholdning.antall)

    def _beholdning(self, slag: Beholdningsslag, tiltak_id: str, antall: int) -> Beholdning:
        beholdning = Beholdning(slag=slag, tiltak_id=tiltak_id, antall=0)
        self._session.add(beholdning)
        self._session.flush()
        self._fyll(beholdning, antall)
        return beholdning

    def _fyll(self, beholdning: Beholdning, antall: int) -> None:
        """Units up to this number, none of them in use."""
        nye = range(beholdning.antall + 1, antall + 1)
        if nye:
            rader = [{"beholdning_id": beholdning.id, "nummer": n, "tilstand": Plasstilstand.LEDIG} for n in nye]
            self._session.execute(insert(_tabell(Plass)), rader)
            beholdning.antall = antall
        query = select(Plass.id).where(Plass.beholdning_id == beholdning.id).order_by(Plass.nummer)
        self.plasser[beholdning.id] = self._session.scalars(query).all()

    def _sesong(self, rekke: Rekke, aar: int, enhet: str, foerste: date, siste: date) -> Sesong | None:
        """The season that starts in the year, where any of it lies within the town's years and is written in."""
        fra, til = rekke.periode(aar)
        if til < foerste or fra - _LAGT_INN > siste:
            return None
        antall = max(1, round(rekke.plasser * self._skala))
        grupper = -(-antall // _STOERSTE_GRUPPE)
        sesong = Sesong(rekke, fra, til, [])
        for nr in range(grupper):
            plasser = antall // grupper + (nr < antall % grupper)
            beholdning = self._beholdning(Beholdningsslag.PLASS, rekke.tiltak, plasser)
            navn = f"{rekke.navn}, gruppe {nr + 1}" if grupper > 1 else rekke.navn
            self._session.add(self._tilbud(rekke, navn, enhet, beholdning.id, fra, til))
            sesong.grupper.append(Enheter(beholdning.id, plasser))
        self._session.flush()
        return sesong

    def _tilbud(self, rekke: Rekke, navn: str, enhet: str, beholdning_id: int, fra: date, til: date) -> Tilbud:
        lagt_inn = datetime.combine(fra - _LAGT_INN, time(9), OSLO)
        tilbud = Tilbud(
            id=self._rng.getrandbits(62) | 1,
            tiltak_id=rekke.tiltak,
            enhet_id=enhet,
            beholdning_id=beholdning_id,
            arrangoer=rekke.arrangoer,
            aktivitet=rekke.aktivitet,
            navn=navn,
            sted=rekke.sted,
            ukedager=rekke.ukedager,
            oppmoete="Lederen på banen eller i salen tar imot",
            sesong_fra=fra,
            sesong_til=til,
            alder_fra=rekke.alder[0],
            alder_til=rekke.alder[1],
            egenandel_oere=rekke.egenandel * 100,
            endret=lagt_inn,
        )
        self._session.add(
            Innslag(
                tid=lagt_inn,
                hva=Hva.TILBUD_LAGT_INN,
                user_id=None,
                roller="",
                enhet_id=enhet,
                gjelder="tilbud",
                gjelder_id=tilbud.id,
            )  # fmt: skip
        )
        return tilbud

    def ferdig(self, lager: Lager) -> None:
        """Let the rows tell where each unit is in the end."""
        endringer = [
            {"plass": self.plasser[enheter.id][nummer - 1], "ny": tilstand}
            for enheter in lager.enheter.values()
            for nummer, tilstand in enheter.tilstander()
        ]
        tabell = _tabell(Plass)
        if endringer:
            endring = update(tabell).where(tabell.c.id == bindparam("plass")).values(tilstand=bindparam("ny"))
            self._session.connection().execute(endring, endringer)
        for kort in lager.kort.values():
            if kort.stengt is not None:
                endring_ = update(Kortaar).where(Kortaar.beholdning_id == kort.id)
                self._session.execute(endring_.values(stengt=kort.stengt))
        self._session.flush()


def _tabell(modell: Any) -> Table:
    return cast(Table, modell.__table__)
