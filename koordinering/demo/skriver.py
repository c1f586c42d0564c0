"""The bulk path: described cases become rows, written many at a time; the same rows as the services make."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from koordinering import crypto, noekkellager
from koordinering.audit import Hva, Innslag
from koordinering.demo.beskrivelse import Barn, Henvisning, Sak, Samtykke, Steg
from koordinering.demo.henvisningsrad import Henvisningsrad, dag
from koordinering.saker import models as saker
from koordinering.saker.rules.samtykke import FAMILIEN
from koordinering.tildeling.models import Oppfoelgingsperiode, Tildeling

CHUNK = 5_000

_REKKEFOELGE = (
    saker.Sak,
    saker.SakBehov,
    saker.Barn,
    saker.Oenske,
    saker.Samtykke,
    saker.Henvisning,
    saker.Hendelse,
    saker.Sakshendelse,
    Tildeling,
    Oppfoelgingsperiode,
    Innslag,
)
"""A row comes after those that it names."""


class Rader:
    """Rows that wait to be written, a list for each table."""

    def __init__(self, session: Session, roller: dict[int, str], plasser: Mapping[int, Sequence[int]]) -> None:
        self._session = session
        self._roller = roller
        """Each user's roles, as the log writes them."""
        self._plasser = plasser
        """Keys of the units of each stock, in the order of their numbers."""
        self._rader: dict[str, list[dict[str, Any]]] = {modell.__tablename__: [] for modell in _REKKEFOELGE}
        self._noekler: list[noekkellager.Rad] = []

    def legg_til(self, sak: Sak) -> None:
        """Everything about one case."""
        self._rader["sak"].append(self._sak(sak))
        self._rader["sak_behov"] += [{"sak_id": sak.id, "behov": behov} for behov in sak.behov]
        for nr, barn in enumerate(sak.barn, 1):
            self._barn(sak, nr, barn)
        self._sakshendelse(sak, sak.opprettet, sak.ansvarlig, "registrert", None)
        self._logg(Hva.SAK_REGISTRERT, sak.ansvarlig, sak.opprettet, "sak", sak.id, sak.enhet)
        for samtykke in sak.samtykker:
            self._samtykke(sak, samtykke)
        for henvisning in sak.henvisninger:
            Henvisningsrad(self, henvisning).skriv()
        if len(self._rader["hendelse"]) >= CHUNK:
            self.skriv()

    def skriv(self) -> None:
        """Write what waits; the keys before the rows that they belong to."""
        noekkellager.skriv(self._noekler)
        self._noekler.clear()
        for modell in _REKKEFOELGE:
            rader = self._rader[modell.__tablename__]
            if rader:
                self._session.execute(insert(cast(Table, modell.__table__)), rader)
                rader.clear()

    def rad(self, tabell: str, **verdier: Any) -> None:
        """A row of any table."""
        self._rader[tabell].append(verdier)

    def rad_ferdig(self, tabell: str, verdier: dict[str, Any]) -> None:
        """A row that may still change until the case is whole."""
        self._rader[tabell].append(verdier)

    def plass(self, beholdning: int | None, nummer: int | None) -> int | None:
        """Key of a unit."""
        return None if beholdning is None or nummer is None else self._plasser[beholdning][nummer - 1]

    def _sak(self, sak: Sak) -> dict[str, Any]:
        egen = None
        if sak.egen_referanse:
            noekler = crypto.gjeldende()
            noekkel = crypto.ny_datanoekkel(noekler, crypto.SAK, sak.id)
            self._noekler.append((crypto.SAK, sak.id, noekkel))
            egen = crypto.krypter(
                noekler, noekkel, sak.egen_referanse, sak_id=sak.id, tabell="sak", kolonne="egen_referanse", rad=sak.id
            )
        return {
            "id": sak.id,
            "referanse": sak.referanse,
            "enhet_id": sak.enhet,
            "ansvarlig_id": sak.ansvarlig,
            "opprettet": sak.opprettet,
            "i_maalgruppe": sak.i_maalgruppe,
            "egen_referanse": egen,
            "innsending": None,
            "versjon": 1,
        }

    def _barn(self, sak: Sak, nr: int, barn: Barn) -> None:
        self.rad(
            "barn",
            id=barn.id,
            sak_id=sak.id,
            lopenummer=nr,
            foedselsaar=barn.foedselsaar,
            kjoenn=None,
            deltar=barn.deltar,
            spurt=barn.spurt,
            blindindeks=barn.blindindeks,
        )
        for rekkefoelge, aktivitet in enumerate(barn.oensker, 1):
            self.rad("oenske", barn_id=barn.id, rekkefoelge=rekkefoelge, aktivitet=aktivitet)

    def _samtykke(self, sak: Sak, samtykke: Samtykke) -> None:
        self.rad(
            "samtykke",
            id=samtykke.id,
            sak_id=sak.id,
            mottaker_id=samtykke.mottaker,
            grunnlag=samtykke.grunnlag,
            hjemmel_id=samtykke.hjemmel,
            maate=samtykke.maate,
            fra=samtykke.fra,
            opplysninger=[o.value for o in samtykke.opplysninger],
            gjelder=[FAMILIEN, *(str(barn.id) for barn in sak.barn)] if samtykke.fra else None,
            gitt=dag(samtykke.gitt),
            gyldig_til=samtykke.gyldig_til,
            trukket=samtykke.trukket,
            registrert_av=samtykke.av,
        )
        detalj = samtykke.grunnlag.value
        self._logg(Hva.SAMTYKKE_REGISTRERT, samtykke.av, samtykke.gitt, "sak", sak.id, sak.enhet, detalj)
        if not samtykke.ved_registrering:
            self._sakshendelse(sak, samtykke.gitt, samtykke.av, "samtykke", samtykke.mottaker)
        if samtykke.trukket is not None:
            self._sakshendelse(sak, samtykke.trukket, samtykke.av, "samtykke_trukket", samtykke.mottaker)
            self._logg(Hva.SAMTYKKE_TRUKKET, samtykke.av, samtykke.trukket, "sak", sak.id, sak.enhet)

    def _sakshendelse(self, sak: Sak, tid: datetime, av: int, slag: str, til: str | None) -> None:
        tomme = {"felt": None, "fra": None, "grunn": None}
        self.rad("sakshendelse", sak_id=sak.id, tid=tid, user_id=av, slag=slag, til=til, **tomme)

    def logg(self, hva: Hva, steg: Steg, henvisning: Henvisning, enhet: str | None, detalj: str | None = None) -> None:
        """A line of the access log about a referral."""
        self._logg(hva, steg.av, steg.tid, "henvisning", henvisning.id, enhet, detalj)

    def _logg(
        self, hva: Hva, av: int, tid: datetime, slag: str, id_: int, enhet: str | None, detalj: str | None = None
    ) -> None:
        self.rad(
            "innsynslogg",
            tid=tid,
            hva=hva,
            user_id=av,
            roller=self._roller[av],
            enhet_id=enhet,
            gjelder=slag,
            gjelder_id=id_,
            detalj=detalj,
        )
