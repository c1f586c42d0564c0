"""The town's stock: drawn before its years are played, written with them when they have been."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO
from koordinering.demo.fordelinger import Fordelinger, Rekke
from koordinering.demo.grunnlag import Framdrift
from koordinering.demo.lager import AAPNER_FOER, Enheter, Lager, Sesong
from koordinering.demo.trekning import Tiltaksinfo
from koordinering.tekst import N_
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.models import Beholdning, Kortaar, Plass, Tilbud
from koordinering.tiltak.rules import Beholdningsslag, Plasstilstand

_STOERSTE_GRUPPE = 40
"""Places in one group; a larger town has more groups of the same offer."""

_LAGT_INN = AAPNER_FOER + timedelta(days=20)
"""How long before the season an offer is written in."""


class Oppstilling:
    """Draws cards and offers, writes them, and remembers the keys of their units.

    Nothing is written before `skriv`: stock and cases come in one transaction, so that a stop leaves neither.
    """

    def __init__(self, rng: random.Random, fordelinger: Fordelinger, skala: float) -> None:
        self._rng = rng
        self._fordelinger = fordelinger
        self._skala = skala
        self._antall_lagre = 0
        self._neste_aar = 0
        # Drawn apart, so that the years themselves come out the same whether or not the next has begun.
        self._til_neste_aar = random.Random(repr(rng.getstate()))  # noqa: S311 - made-up data
        self._tilbud: dict[int, Tilbud] = {}
        """The offer of each stock of places, without the key of its stock until it is written."""
        self.noekler: dict[int, int] = {}
        """The key in the database of each stock that is written."""
        self.plasser: dict[int, Sequence[int]] = {}
        """Keys of the units of each stock that is written, in the order of their numbers."""

    def lager(self, aar: range, slutt: datetime, tiltak: dict[str, Tiltaksinfo]) -> Lager:
        """Everything that is there to give in these years. Reads which cards there are already; writes nothing."""
        siste = slutt.astimezone(OSLO).date()
        self._neste_aar = aar.stop
        kort = {et: self._kort(et) for et in aar if date(et, 1, 1) <= siste}
        sesonger = [
            sesong
            for et in range(aar.start - 1, aar.stop + 1)  # what starts early next year is there already
            for rekke in self._fordelinger.rekker
            if (sesong := self._sesong(rekke, et, tiltak[rekke.tiltak].mottaker or "", date(aar.start, 1, 1), siste))
        ]
        return Lager(kort, sesonger)

    def _kort(self, aar: int) -> Enheter:
        antall = int(max(1.0, self._skala) * self._fordelinger.tall["kort.antall"])
        kortaar = tiltaket.kortaar(self._fordelinger.korttiltak, aar)
        return self._enheter(antall if kortaar is None else max(antall, kortaar.beholdning.antall))

    def _enheter(self, antall: int) -> Enheter:
        self._antall_lagre += 1
        return Enheter(self._antall_lagre, antall)

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
            navn = f"{rekke.navn}, gruppe {nr + 1}" if grupper > 1 else rekke.navn
            gruppe = self._enheter(plasser)
            self._tilbud[gruppe.id] = self._nytt_tilbud(rekke, navn, enhet, fra, til)
            sesong.grupper.append(gruppe)
        return sesong

    def _nytt_tilbud(self, rekke: Rekke, navn: str, enhet: str, fra: date, til: date) -> Tilbud:
        rng = self._rng if fra.year < self._neste_aar else self._til_neste_aar
        return Tilbud(
            id=rng.getrandbits(62) | 1,
            tiltak_id=rekke.tiltak,
            enhet_id=enhet,
            arrangoertekst=rekke.arrangoer,
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
            ordinaer_pris_oere=rekke.ordinaer_pris * 100,
            bekreftet=fra - _LAGT_INN,
            endret=datetime.combine(fra - _LAGT_INN, time(9), OSLO),
        )

    # --- Writing -----------------------------------------------------------------------------------------

    def skriv(self, session: Session, lager: Lager, lagene: Mapping[str, Lag], framdrift: Framdrift) -> None:
        """The rows of it all, each unit where it is in the end. Inside the caller's transaction.

        `lagene`: the clubs by name; an offer by somebody else keeps its text.
        """
        for tilbud in self._tilbud.values():
            if (lag := lagene.get(tilbud.arrangoertekst or "")) is not None:
                tilbud.lag_id, tilbud.arrangoertekst = lag.id, None
        for aar, kort in lager.kort.items():
            self._skriv_kort(session, aar, kort)
        grupper = [(sesong.rekke.tiltak, gruppe) for sesong in lager.sesonger for gruppe in sesong.grupper]
        for nr, (tiltak_id, gruppe) in enumerate(grupper):
            framdrift(N_("Skriver plasser"), nr, len(grupper))
            self._skriv_gruppe(session, tiltak_id, gruppe)
        self._skriv_tilstander(session, lager)

    def _skriv_kort(self, session: Session, aar: int, kort: Enheter) -> None:
        tiltak_id = self._fordelinger.korttiltak
        kortaar = tiltaket.kortaar(tiltak_id, aar)
        if kortaar is None:
            beholdning = self._beholdning(session, Beholdningsslag.KORT, tiltak_id)
            kortaar = Kortaar(tiltak_id=tiltak_id, aar=aar, beholdning_id=beholdning.id)
            session.add(kortaar)
        else:
            beholdning = kortaar.beholdning
        if kort.stengt is not None:
            kortaar.stengt = kort.stengt
        self._fyll(session, beholdning, kort)

    def _skriv_gruppe(self, session: Session, tiltak_id: str, gruppe: Enheter) -> None:
        beholdning = self._beholdning(session, Beholdningsslag.PLASS, tiltak_id)
        self._fyll(session, beholdning, gruppe)
        tilbud = self._tilbud[gruppe.id]
        tilbud.beholdning_id = beholdning.id
        session.add(tilbud)
        session.add(
            Innslag(
                tid=tilbud.endret,
                hva=Hva.TILBUD_LAGT_INN,
                user_id=None,
                roller="",
                enhet_id=tilbud.enhet_id,
                gjelder="tilbud",
                gjelder_id=tilbud.id,
            )
        )

    def _beholdning(self, session: Session, slag: Beholdningsslag, tiltak_id: str) -> Beholdning:
        beholdning = Beholdning(slag=slag, tiltak_id=tiltak_id, antall=0)
        session.add(beholdning)
        session.flush()
        return beholdning

    def _fyll(self, session: Session, beholdning: Beholdning, enheter: Enheter) -> None:
        """Units up to their number, none of them in use."""
        nye = range(beholdning.antall + 1, enheter.antall + 1)
        if nye:
            rader = [{"beholdning_id": beholdning.id, "nummer": n, "tilstand": Plasstilstand.LEDIG} for n in nye]
            session.execute(insert(_tabell(Plass)), rader)
            beholdning.antall = enheter.antall
        self.noekler[enheter.id] = beholdning.id
        query = select(Plass.id).where(Plass.beholdning_id == beholdning.id).order_by(Plass.nummer)
        self.plasser[enheter.id] = session.scalars(query).all()

    def _skriv_tilstander(self, session: Session, lager: Lager) -> None:
        endringer = [
            {"plass": self.plasser[enheter.id][nummer - 1], "ny": tilstand}
            for enheter in lager.enheter.values()
            for nummer, tilstand in enheter.tilstander()
        ]
        tabell = _tabell(Plass)
        if endringer:
            endring = update(tabell).where(tabell.c.id == bindparam("plass")).values(tilstand=bindparam("ny"))
            session.connection().execute(endring, endringer)
        session.flush()


def _tabell(modell: Any) -> Table:
    return cast(Table, modell.__table__)
