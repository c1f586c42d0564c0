"""The plan's evaluation in the made-up town: assessments of the years that are over, and activities of them."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from koordinering.audit import Hva
from koordinering.db import OSLO
from koordinering.demo.kalender import er_virkedag
from koordinering.demo.tilbudte import logg
from koordinering.plan.aktiviteter.models import Aktivitet
from koordinering.plan.aktiviteter.rules import Aktivitetsslag
from koordinering.plan.evaluering.models import Evalueringsvalg, Vurdering
from koordinering.plan.evaluering.rules import FELTENE, Konklusjon, Vurderingsstatus
from koordinering.plan.organer.models import Organ
from koordinering.roles import Rolle
from koordinering.tiltak.models import TiltakAnsvar
from koordinering.users import Rolletildeling

FIL = Path(__file__).parents[1] / "data" / "demoevaluering.yaml"
_SENDES, _GODKJENNES = (2, 3), (2, 17)
"""Month and day of the year after: when the first is sent, and when the coordinator begins to read."""
_DAGENE = 12
"""Days that the sending and the reading are spread over."""


class Evalueringer:
    """Draws what the units have written and done, and writes it. Draws by itself: nothing else depends on it."""

    def __init__(self, session: Session, aar: range, froe: int, dag: date) -> None:
        self._session = session
        self._rng = random.Random(f"evaluering {froe}")  # noqa: S311 - made-up data that must come out the same
        self._fil = yaml.safe_load(FIL.read_text(encoding="utf-8"))
        self._dag = dag
        self._aar = aar
        ansvar = select(TiltakAnsvar).where(TiltakAnsvar.hovedansvar).order_by(TiltakAnsvar.orden.desc())
        self._ansvar: Mapping[str, str] = {en.tiltak_id: en.enhet_id for en in session.scalars(ansvar)}
        roller = session.scalars(select(Rolletildeling).order_by(Rolletildeling.id)).unique().all()
        self._skriver = {r.enhet_id: r.user_id for r in reversed(roller) if r.rolle is Rolle.TILTAKSANSVARLIG}
        self._koordinator = next((r.user_id for r in roller if r.rolle is Rolle.KOORDINATOR), None)

    def skriv(self) -> None:
        """Everything, inside the caller's transaction. Nothing where somebody has written, or nobody could have."""
        skrevet = [self._session.scalar(select(modell.id).limit(1)) for modell in (Vurdering, Aktivitet)]
        if self._koordinator is None or not self._skriver or any(skrevet):
            return
        self._session.get_one(Evalueringsvalg, 1).foerste_aar = self._aar.start
        ferdige = [et for et in self._aar if self._naar(et, _GODKJENNES) + timedelta(days=2 * _DAGENE) < self._dag]
        for nr, et in enumerate(ferdige):
            for tiltak, tekster in self._fil["vurderinger"].items():
                self._vurdering(tiltak, et, min(nr, 1), tekster, siste=et == ferdige[-1])
        for nr, et in enumerate(self._aar):
            for post in self._fil["aktiviteter"]:
                if nr not in post.get("uten", ()):
                    self._aktivitet(post, et)
        self._session.flush()

    def _naar(self, aar: int, dag: tuple[int, int]) -> date:
        return date(aar + 1, *dag)

    def _vurdering(self, tiltak: str, aar: int, nr: int, tekster: list[str], *, siste: bool) -> None:
        enhet = self._ansvar.get(tiltak)
        skriver = self._skriver.get(enhet or "")
        id_, spredning = self._id(), self._rng.randrange(_DAGENE)
        senere = self._fil["siste_aar"] if siste else {}
        if enhet is None or skriver is None or tiltak in senere.get("mangler", ()):
            return
        status = _status(tiltak, senere)
        sendt = _klokken(self._naar(aar, _SENDES) + timedelta(days=spredning))
        godkjent = self._naar(aar, _GODKJENNES) + timedelta(days=spredning)
        har_sendt, ferdig = status is not Vurderingsstatus.UTKAST, status is Vurderingsstatus.GODKJENT
        innhold = dict(zip(FELTENE, (tekster[nr], *tekster[2:6]), strict=True))
        self._session.add(
            Vurdering(
                id=id_, tiltak_id=tiltak, aar=aar, enhet_id=enhet, status=status, konklusjon=Konklusjon(tekster[6]),
                grunn=senere.get("returnert", {}).get(tiltak), skrevet_av=skriver, endret=sendt,
                sendt=sendt if har_sendt else None, godkjent=godkjent if ferdig else None, **innhold,
            )
        )  # fmt: skip
        ting = ("vurdering", id_, enhet)
        logg(self._session, Hva.VURDERING_LAGRET, sendt - timedelta(minutes=20), skriver, ting)
        if har_sendt:
            logg(self._session, Hva.VURDERING_STATUS, sendt, skriver, ting)
        if status in {Vurderingsstatus.GODKJENT, Vurderingsstatus.RETURNERT}:
            logg(self._session, Hva.VURDERING_STATUS, _klokken(godkjent), self._koordinator, ting)

    def _aktivitet(self, post: Mapping[str, Any], aar: int) -> None:
        dag = date(aar, post["maaned"], post["dag"])
        while not er_virkedag(dag):
            dag += timedelta(days=1)
        enhet, id_ = self._ansvar.get(post["tiltak"]), self._id()
        if dag >= self._dag or enhet is None:
            return
        av = self._skriver.get(enhet, self._koordinator)
        organer = self._session.scalars(select(Organ).where(Organ.navn.in_(post.get("organer", ()))))
        self._session.add(
            Aktivitet(
                id=id_, dag=dag, slag=Aktivitetsslag(post["slag"]), tema=post["tema"], antall=post.get("antall"),
                tiltak_id=post["tiltak"], enhet_id=enhet, foert_av=av, endret=_klokken(dag), organer=list(organer),
            )
        )  # fmt: skip
        logg(self._session, Hva.AKTIVITET_FOERT, _klokken(dag), av, ("aktivitet", id_, enhet))

    def _id(self) -> int:
        return self._rng.getrandbits(62) | 1


def _status(tiltak: str, senere: Mapping[str, Any]) -> Vurderingsstatus:
    for status in (Vurderingsstatus.SENDT, Vurderingsstatus.RETURNERT, Vurderingsstatus.UTKAST):
        if tiltak in senere.get(status.value, ()):
            return status
    return Vurderingsstatus.GODKJENT


def _klokken(dag: date) -> datetime:
    return datetime.combine(dag, time(13, 40), OSLO).astimezone(UTC)
