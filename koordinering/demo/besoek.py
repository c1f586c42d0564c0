"""Years of counts in the made-up town: open offers, the card's venues, and visits to clubs."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

import yaml
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO, Base
from koordinering.demo.fordelinger import FIL, FordelingFeil
from koordinering.demo.kalender import er_virkedag
from koordinering.roles import Rolle
from koordinering.tiltak.foering.rules import Rettegrunn
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.klubbesoek.rules import Besoekstema
from koordinering.tiltak.kort.models import Kortbesoek, Kortbesoekretting, Samarbeidssted
from koordinering.tiltak.kort.rules import Stedslag, maaneder_i_bruk
from koordinering.tiltak.moeteplass.models import Moeteplass, Moeteplassretting, Moeteplasstall
from koordinering.tiltak.moeteplass.rules import ukedag
from koordinering.users import Rolletildeling

Del = Mapping[str, Any]


@dataclass(frozen=True)
class Telling:
    """One count: whose, when it was written in and by whom, and what stood there first where it was corrected."""

    noekkel: int
    antall: int
    foert: datetime
    av: int
    rettet_fra: int | None = None


def les(tekst: str | None = None) -> Mapping[str, Del]:
    """The parts about counts, from the file that comes with the product unless another text is given.

    Raises FordelingFeil for a missing part, a share outside 0–1 or a code that nobody knows.
    """
    rot = yaml.safe_load(FIL.read_text(encoding="utf-8") if tekst is None else tekst)
    try:
        for del_, andeler in _ANDELER.items():
            if not all(0 <= rot[del_][navn] <= 1 for navn in andeler):
                raise ValueError(f"{del_}: en andel skal være fra 0 til 1")
        for sted in rot["kortsteder"]["steder"]:
            Stedslag(sted["slag"])
            if len(sted["besoek"]) != 12:
                raise ValueError(f"kortsteder: {sted['navn']} skal ha tolv tall")
        for tema in rot["klubbesoek"]["temaer"]:
            Besoekstema(tema)
    except KeyError as feil:
        raise FordelingFeil(f"Fordelingene mangler «{feil.args[0]}».") from None
    except (TypeError, ValueError) as feil:
        raise FordelingFeil(f"Fordelingene har en feil: {feil}") from None
    return {del_: rot[del_] for del_ in (*_ANDELER, "klubbesoek")}


_ANDELER = {"moeteplasser": ("spredning", "ikke_foert", "ingen_kom", "rettes"), "kortsteder": ("ikke_foert", "rettes")}


class Besoek:
    """Draws the counts of some years and writes them. Draws by itself, so that the families do not depend on it."""

    def __init__(self, aar: range, froe: int, slutt: datetime, roller: Mapping[int, str]) -> None:
        self._rng = random.Random(f"besoek {froe}")  # noqa: S311 - made-up data that must come out the same
        self._deler = les()
        self._fra = date(aar.start, 1, 1)
        self._foer = min(slutt.astimezone(OSLO).date(), date(aar.stop, 1, 1))
        """Nothing is counted on this day or later."""
        self._roller = roller
        self._rader: dict[type[Base], list[dict[str, Any]]] = {}

    def skriv(self, session: Session, lag: list[int]) -> None:
        """Everything, inside the caller's transaction; what has counts already is left alone. `lag`: the clubs."""
        if session.scalar(select(Moeteplasstall.id).limit(1)) is None:
            self._moeteplasser(session)
        if session.scalar(select(Samarbeidssted.id).limit(1)) is None:
            self._kortsteder(session)
        if lag and session.scalar(select(Klubbesoek.id).limit(1)) is None:
            self._klubbesoek(session, lag)
        session.flush()
        for modell in (Moeteplasstall, Kortbesoek, Klubbesoek, Innslag):
            if rader := self._rader.pop(modell, None):
                session.execute(insert(cast(Table, modell.__table__)), rader)

    # --- Open offers -------------------------------------------------------------------------------------

    def _moeteplasser(self, session: Session) -> None:
        snitt = self._deler["moeteplasser"]["besoek"]
        for moeteplass in session.scalars(select(Moeteplass).order_by(Moeteplass.tiltak_id, Moeteplass.navn)):
            av = _bruker(session, Rolle.MOETEPLASSMEDARBEIDER, moeteplass.enhet_id)
            if av is None or moeteplass.tiltak_id not in snitt:
                continue
            grupper = [gruppe.id for gruppe in moeteplass.i_bruk]
            for dag in self._dager(moeteplass):
                tallene = self._en_dag(dag, dict(zip(grupper, snitt[moeteplass.tiltak_id], strict=False)), av)
                for telling in tallene:
                    self._tall(session, dag, telling)
                if tallene:
                    ting = ("moeteplass", moeteplass.id, moeteplass.enhet_id)
                    self._logg_tall(tallene, ting, dag.isoformat())

    def _dager(self, moeteplass: Moeteplass) -> Iterator[date]:
        dag = max(self._fra, moeteplass.fra)
        while dag < self._foer and (moeteplass.til is None or dag <= moeteplass.til):
            fri = dag.month in self._deler["moeteplasser"]["stengt"] or not (er_virkedag(dag) or dag.weekday() > 4)
            if ukedag(dag).value in moeteplass.ukedager and not fri:
                yield dag
            dag += timedelta(days=1)

    def _en_dag(self, dag: date, snitt: Mapping[int, int], av: int) -> list[Telling]:
        """The counts of one day; none when nobody wrote them in."""
        andel = self._deler["moeteplasser"]
        utfall = self._rng.random()
        if utfall < andel["ikke_foert"]:
            return []
        ingen = utfall < andel["ikke_foert"] + andel["ingen_kom"]
        foert = self._kveld(dag)
        tallene = {
            gruppe: 0 if ingen else max(0, round(self._rng.gauss(tall, tall * andel["spredning"])))
            for gruppe, tall in snitt.items()
        }
        rettes = self._rng.choice(list(tallene)) if self._rng.random() < andel["rettes"] else None
        return [
            Telling(gruppe, tall, foert, av, self._feil(tall) if gruppe == rettes else None)
            for gruppe, tall in tallene.items()
        ]

    def _kveld(self, dag: date) -> datetime:
        minutt = self._rng.randint(15 * 60, 21 * 60)
        return datetime.combine(dag, time(minutt // 60, minutt % 60), OSLO).astimezone(UTC)

    def _feil(self, tall: int) -> int:
        """What was written by a slip of the finger, never the same."""
        return tall + self._rng.choice([1, 2, 10]) if tall < 3 else tall - self._rng.randint(1, 3)

    def _tall(self, session: Session, dag: date, telling: Telling) -> None:
        rad: dict[str, Any] = {"gruppe_id": telling.noekkel, "dag": dag, "antall": telling.antall}
        rad |= {"foert": telling.foert, "foert_av": telling.av}
        if telling.rettet_fra is None:
            self._rad(Moeteplasstall, rad)
        else:
            session.add(Moeteplassretting(tall=Moeteplasstall(**rad), **self._retting(telling)))

    def _retting(self, telling: Telling) -> dict[str, Any]:
        return {
            "tid": telling.foert + timedelta(minutes=40),
            "user_id": telling.av,
            "fra": telling.rettet_fra,
            "til": telling.antall,
            "grunn": self._rng.choice([Rettegrunn.FEIL_TALL, Rettegrunn.TALT_PAA_NYTT, Rettegrunn.SENT_INN]),
        }

    # --- The card's venues -------------------------------------------------------------------------------

    def _kortsteder(self, session: Session) -> None:
        av = _bruker(session, Rolle.INKLUDERINGSKONSULENT)
        if av is None:
            return
        tiltak = yaml.safe_load(FIL.read_text(encoding="utf-8"))["kort"]["tiltak"]
        for post in self._deler["kortsteder"]["steder"]:
            felt = {navn: post.get(navn) for navn in ("navn", "tak", "fra", "til")}
            sted = Samarbeidssted(tiltak_id=tiltak, slag=Stedslag(post["slag"]), endret=_morgen(self._fra), **felt)
            session.add(sted)
            session.flush()
            self._logg(Hva.STED_LAGT_INN, av, _morgen(self._fra), ("samarbeidssted", sted.id, None), None)
            self._maaneder(session, sted, post["besoek"], av)

    def _maaneder(self, session: Session, sted: Samarbeidssted, snitt: list[int], av: int) -> None:
        andel = self._deler["kortsteder"]
        for aar in range(self._fra.year, self._foer.year + 1):
            for maaned in maaneder_i_bruk(aar, sted.fra, sted.til):
                neste = date(aar + maaned // 12, maaned % 12 + 1, 1)
                foert = _morgen(neste + timedelta(days=self._rng.randint(3, 9)))
                if foert >= _morgen(self._foer) or self._rng.random() < andel["ikke_foert"]:
                    continue
                tall = max(0, round(self._rng.gauss(snitt[maaned - 1], snitt[maaned - 1] * 0.2)))
                rettes = self._rng.random() < andel["rettes"]
                telling = Telling(sted.id, tall, foert, av, self._feil(tall) if rettes else None)
                self._kortbesoek(session, aar, maaned, telling)
                self._logg_tall([telling], ("samarbeidssted", sted.id, None), f"{aar}-{maaned:02d}")

    def _kortbesoek(self, session: Session, aar: int, maaned: int, telling: Telling) -> None:
        rad: dict[str, Any] = {"sted_id": telling.noekkel, "aar": aar, "maaned": maaned, "antall": telling.antall}
        rad |= {"foert": telling.foert, "foert_av": telling.av}
        if telling.rettet_fra is None:
            self._rad(Kortbesoek, rad)
        else:
            session.add(Kortbesoekretting(besoek=Kortbesoek(**rad), **self._retting(telling)))

    # --- Clubs -------------------------------------------------------------------------------------------

    def _klubbesoek(self, session: Session, lag: list[int]) -> None:
        post = self._deler["klubbesoek"]
        rolle = _rolle(session, Rolle.INKLUDERINGSKONSULENT)
        if rolle is None:
            return
        for aar in range(self._fra.year, self._foer.year + 1):
            dager = [d for d in (date(aar, 1, 1) + timedelta(days=n) for n in range(365)) if er_virkedag(d)]
            for dag in sorted(self._rng.sample(dager, self._rng.randint(*post["antall"]))):
                hvem, tema = self._rng.choice(lag), self._rng.choices(*zip(*post["temaer"].items(), strict=True))[0]
                id_ = self._rng.getrandbits(62) | 1
                if dag >= self._foer:
                    continue
                rad = {"id": id_, "enhet_id": rolle.enhet_id, "dag": dag, "lag_id": hvem, "tema": Besoekstema(tema)}
                rad |= {"merknad": post["merknader"].get(tema), "foert_av": rolle.user_id}
                self._rad(Klubbesoek, rad | {"endret": _morgen(dag), "versjon": 1})
                ting = ("klubbesoek", id_, rolle.enhet_id)
                self._logg(Hva.KLUBBESOEK_FOERT, rolle.user_id, _morgen(dag), ting, None)

    # --- Rows --------------------------------------------------------------------------------------------

    def _rad(self, modell: type[Base], rad: dict[str, Any]) -> None:
        self._rader.setdefault(modell, []).append(rad)

    def _logg_tall(self, tallene: list[Telling], ting: tuple[str, int, str | None], detalj: str) -> None:
        foerste = tallene[0]
        self._logg(Hva.BESOEK_FOERT, foerste.av, foerste.foert, ting, detalj)
        if any(telling.rettet_fra is not None for telling in tallene):
            self._logg(Hva.BESOEK_RETTET, foerste.av, foerste.foert + timedelta(minutes=40), ting, detalj)

    def _logg(self, hva: Hva, av: int, tid: datetime, ting: tuple[str, int, str | None], detalj: str | None) -> None:
        felt = {"tid": tid, "hva": hva, "user_id": av, "roller": self._roller[av], "detalj": detalj}
        slag, id_, enhet = ting
        self._rad(Innslag, felt | {"enhet_id": enhet, "gjelder": slag, "gjelder_id": id_})


def _morgen(dag: date) -> datetime:
    return datetime.combine(dag, time(9, 15), OSLO).astimezone(UTC)


def _rolle(session: Session, rolle: Rolle, enhet_id: str | None = None) -> Rolletildeling | None:
    query = select(Rolletildeling).where(Rolletildeling.rolle == rolle).order_by(Rolletildeling.id)
    if enhet_id is not None:
        query = query.where(Rolletildeling.enhet_id == enhet_id)
    return session.scalar(query.limit(1))


def _bruker(session: Session, rolle: Rolle, enhet_id: str | None = None) -> int | None:
    funnet = _rolle(session, rolle, enhet_id)
    return funnet.user_id if funnet is not None else None
