"""A town for tests of counting: cases straight into the tables, so that every year and state can be had."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from koordinering.db import db, tilfeldig_id
from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.rules import referanse
from koordinering.saker.rules.behov import JaNeiVetIkke, Spurt
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling.models import Tildeling

AAR = 2025
DAG = date(2026, 1, 15)
NAV, HELSE, KULTUR = "nav", "to_helsestasjon", "to_kultur_fritid"
KORT, FRIPLASS, UTSTYR = "4b-2", "4a-3", "4b-3"


@dataclass(frozen=True)
class By:
    """Puts cases straight into the tables, so that every year and state can be had."""

    user_id: int

    def sak(self, enhet: str, *barn: tuple[str | None, int]) -> Sak:
        """A case of a unit; a child is (name or None for no number, birth year)."""
        sak = Sak(id=tilfeldig_id(), referanse=referanse.ny(), enhet_id=enhet, ansvarlig_id=self.user_id)
        sak.i_maalgruppe = True
        sak.barn = [
            Barn(
                lopenummer=nr,
                foedselsaar=foedt,
                deltar=JaNeiVetIkke.NEI,
                spurt=Spurt.JA,
                blindindeks=navn.encode().ljust(32, b".") if navn else None,
            )
            for nr, (navn, foedt) in enumerate(barn, 1)
        ]
        db.session.add(sak)
        db.session.flush()
        return sak

    def henvis(
        self,
        sak: Sak,
        tiltak: str = KORT,
        *,
        barn: int | None = None,
        naar: datetime = datetime(AAR, 5, 1, tzinfo=UTC),
        status: Status = Status.SENDT,
        **felt: Any,
    ) -> Henvisning:
        """A referral of the case, for its child number `barn` or the whole family."""
        henvisning = Henvisning(
            sak_id=sak.id,
            barn_id=None if barn is None else sak.barn[barn].id,
            tiltak_id=tiltak,
            avsender_id=sak.enhet_id,
            status=status,
            sendt=None if status in {Status.UTKAST, Status.VENTER_SAMTYKKE, Status.VIST_TIL} else naar,
            endret=naar,
        )
        for navn, verdi in felt.items():
            setattr(henvisning, navn, verdi)
        db.session.add(henvisning)
        db.session.flush()
        return henvisning

    def gi(self, henvisning: Henvisning, naar: datetime, **felt: Any) -> None:
        """Give something to a referral."""
        tildeling = Tildeling(
            henvisning_id=henvisning.id,
            tiltak_id=henvisning.tiltak_id,
            aar=AAR,
            enhet_id=NAV,
            gitt=naar,
            gitt_av=self.user_id,
        )
        for navn, verdi in felt.items():
            setattr(tildeling, navn, verdi)
        db.session.add(tildeling)
        db.session.flush()

    def flere(self, antall: int, enhet: str, *, foedt: int = 2015, tiltak: str = KORT) -> None:
        """So many families of one unit with two children each and two family referrals.

        Were the referrals as many as the families, it would be known that no family has two services.
        """
        for _ in range(antall):
            sak = self.sak(enhet, (str(tilfeldig_id()), foedt), (str(tilfeldig_id()), foedt))
            for _ in range(2):
                self.henvis(sak, tiltak)
