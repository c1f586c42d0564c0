"""The made-up Utstyrsbanken as rows, written many at a time, as the services would have left them."""

from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from koordinering import crypto, noekkellager
from koordinering.audit import Hva, Innslag
from koordinering.demo.utstyrsbank import OPERATOERER, Laan, Ting, Utstyrsaar, Utstyrsby
from koordinering.roles import Rolle
from koordinering.tiltak.utstyr.models import (
    Operatoer,
    Reservasjon,
    Utlaan,
    Utstyrsdel,
    Utstyrsenhet,
    Utstyrshendelse,
)
from koordinering.tiltak.utstyr.rules.strekkode import egen_kode
from koordinering.tiltak.utstyr.rules.telefon import TELEFON_BLIR
from koordinering.tiltak.utstyr.rules.tilstander import Handling, Status, Tilstand
from koordinering.users import Rolletildeling

_ET_AAR = timedelta(days=365)
_RESERVERT, _SAVNET, _KASSERT = 3, 2, 2
_Hendelse = tuple[datetime, Laan, Handling, int, str | None]
_REKKEFOELGE = (Utstyrsenhet, Utstyrsdel, Utlaan, Reservasjon, Utstyrshendelse, Operatoer, Innslag)


def skriv_utstyr(session: Session, by: Utstyrsby, froe: int, foerste: date, slutt: datetime) -> None:
    """Items and a year of loans of the unit that runs an equipment bank, inside the caller's transaction.

    Nothing where no unit does, or where it has items already.
    """
    rolle = session.scalar(
        select(Rolletildeling)
        .where(Rolletildeling.rolle == Rolle.UTSTYRSOPERATOER)
        .order_by(Rolletildeling.id)
        .limit(1)
    )
    if rolle is None or session.scalar(select(Utstyrsenhet.id).where(Utstyrsenhet.enhet_id == rolle.enhet_id).limit(1)):
        return
    til = slutt.date() + timedelta(days=slutt.hour > 0)  # midnight in Norway is the evening before in UTC
    aar = Utstyrsaar(by, froe, max(foerste, til - _ET_AAR), til)
    aar.spill()
    _Rader(aar, rolle.enhet_id, rolle.user_id).skriv(session)


class _Rader:
    """Rows of one unit's Utstyrsbanken."""

    def __init__(self, aar: Utstyrsaar, enhet_id: str, user_id: int) -> None:
        self._aar, self._enhet_id, self._user_id = aar, enhet_id, user_id
        self._start = datetime.combine(aar.fra, datetime.min.time(), aar.laan[0].ut.tzinfo) if aar.laan else None
        self._rader: dict[str, list[dict[str, Any]]] = {modell.__tablename__: [] for modell in _REKKEFOELGE}
        self._noekler: list[noekkellager.Rad] = []

    def skriv(self, session: Session) -> None:
        """Everything, in an order in which a row comes after those that it names."""
        fri = list(self._aar.ledige(_RESERVERT + _SAVNET + _KASSERT))
        saer = dict.fromkeys(fri[:_RESERVERT], Status.RESERVERT)
        saer |= dict.fromkeys(fri[_RESERVERT : _RESERVERT + _SAVNET], Status.SAVNET)
        saer |= dict.fromkeys(fri[_RESERVERT + _SAVNET :], Status.KASSERT)
        for ting in self._aar.ting:
            self._enhet(ting, saer.get(ting))
        hendelser = sorted((h for laan in self._aar.laan for h in self._laan(laan)), key=lambda h: (h[0], h[1].id))
        for tid, laan, handling, ved, detalj in hendelser:
            self._hendelse(tid, laan.ting, handling, ved, detalj, laan)
        for ting, status in saer.items():
            self._saerskilt(ting, status)
        for nr in range(1, OPERATOERER + 1):
            self._rad(Operatoer, id=self._aar.id(), enhet_id=self._enhet_id, nummer=nr, kode_hash=None, aktiv=True,
                      laget=self._begynnelse())  # fmt: skip
        noekkellager.skriv(self._noekler)
        for modell in _REKKEFOELGE:
            rader = self._rader[modell.__tablename__]
            if rader:
                session.execute(insert(cast(Table, modell.__table__)), rader)

    def _begynnelse(self) -> datetime:
        return self._start or datetime.combine(self._aar.fra, datetime.min.time()).astimezone()

    def _rad(self, modell: Any, **verdier: Any) -> None:
        self._rader[modell.__tablename__].append(verdier)

    def _enhet(self, ting: Ting, saerskilt: Status | None) -> None:
        status = saerskilt or (
            Status.UTE if ting.laan else Status.UTE_AV_DRIFT if ting.til_reparasjon else Status.LEDIG
        )
        tilstand = {Status.KASSERT: Tilstand.KASSERT, Status.UTE_AV_DRIFT: Tilstand.TIL_REPARASJON}.get(
            status, Tilstand.SLITT if ting.slitt else Tilstand.GOD
        )
        self._rad(
            Utstyrsenhet,
            id=ting.id,
            enhet_id=self._enhet_id,
            nummer=ting.nummer,
            strekkode=egen_kode(ting.nummer),
            navn=ting.vare.navn,
            kategori=ting.vare.kategori,
            stoerrelse=ting.stoerrelse,
            tilstand=tilstand,
            status=status,
            lagt_inn=self._begynnelse(),
            versjon=1,
        )
        for nr, navn in enumerate(ting.vare.deler, 1):
            mangler = nr == 1 and ting.laan is not None and ting.laan.delvis is not None
            self._rad(Utstyrsdel, utstyrsenhet_id=ting.id, nummer=nr, navn=navn, mangler=mangler)
        self._hendelse(self._begynnelse(), ting, Handling.LAGT_INN, None, None, None)

    def _laan(self, laan: Laan) -> list[_Hendelse]:
        frist = laan.forfall - timedelta(days=7) if laan.forlenget else laan.forfall
        ut: list[_Hendelse] = [(laan.ut, laan, Handling.LAANT_UT, laan.ved, frist.isoformat())]
        if laan.delvis is not None:
            ut.append((laan.delvis, laan, Handling.DELVIS, laan.ved, None))
        if laan.forlenget is not None and (laan.inn is None or laan.forlenget < laan.inn):
            ut.append((laan.forlenget, laan, Handling.FORLENGET, laan.ved, laan.forfall.isoformat()))
        if laan.inn is not None:
            tilstand = Tilstand.SLITT if laan.ting.slitt else Tilstand.GOD
            ut.append((laan.inn, laan, Handling.LEVERT, laan.inn_ved, tilstand.value))
        synlig = laan.inn is None or laan.inn.date() > self._aar.til - TELEFON_BLIR
        telefon = self._forseglet(Utlaan.__tablename__, laan.id, laan.telefon) if synlig else None
        self._rad(
            Utlaan,
            id=laan.id,
            enhet_id=self._enhet_id,
            utstyrsenhet_id=laan.ting.id,
            sammen=laan.sammen,
            kategori=laan.ting.vare.kategori,
            ut=laan.ut,
            forfall=laan.forfall,
            inn=laan.inn,
            delvis=laan.delvis,
            telefon=telefon,
        )
        return ut

    def _forseglet(self, tabell: str, rad: int, telefon: str) -> bytes:
        noekler = crypto.gjeldende()
        noekkel = crypto.ny_datanoekkel(noekler, tabell, rad)
        self._noekler.append((tabell, rad, noekkel))
        return crypto.krypter_i_rad(noekler, noekkel, telefon, tabell=tabell, kolonne="telefon", rad=rad)

    def _hendelse(
        self, tid: datetime, ting: Ting, handling: Handling, ved: int | None, detalj: str | None, laan: Laan | None
    ) -> None:
        self._rad(
            Utstyrshendelse,
            utstyrsenhet_id=ting.id,
            utlaan_id=laan.id if laan else None,
            tid=tid,
            handling=handling,
            user_id=self._user_id,
            operatoer_nummer=ved,
            detalj=detalj,
        )
        hva = {
            Handling.LAANT_UT: Hva.UTSTYR_LAANT_UT,
            Handling.LEVERT: Hva.UTSTYR_LEVERT,
            Handling.DELVIS: Hva.UTSTYR_LEVERT,
            Handling.FORLENGET: Hva.UTSTYR_FORLENGET,
            Handling.LAGT_INN: Hva.UTSTYR_LAGT_INN,
            Handling.RESERVERT: Hva.UTSTYR_RESERVERT,
        }.get(handling, Hva.UTSTYR_ENDRET)
        slag, id_ = ("utlaan", laan.id) if laan else ("utstyrsenhet", ting.id)
        self._rad(
            Innslag,
            tid=tid,
            hva=hva,
            user_id=self._user_id,
            roller=Rolle.UTSTYRSOPERATOER.value,
            enhet_id=self._enhet_id,
            gjelder=slag,
            gjelder_id=id_,
            detalj=handling.value if hva in {Hva.UTSTYR_LEVERT, Hva.UTSTYR_ENDRET} else None,
        )

    def _saerskilt(self, ting: Ting, status: Status) -> None:
        """Held, missing or thrown away, on the last working days."""
        tid = datetime.combine(self._aar.til - timedelta(days=1), datetime.min.time(), self._begynnelse().tzinfo)
        tid += timedelta(hours=11)
        handling = {Status.RESERVERT: Handling.RESERVERT, Status.SAVNET: Handling.SAVNET}.get(status, Handling.KASSERT)
        holdes_til = self._aar.til + timedelta(days=2)
        self._hendelse(tid, ting, handling, 1, holdes_til.isoformat() if status is Status.RESERVERT else None, None)
        if status is Status.RESERVERT:
            rad_id = self._aar.id()
            telefon = self._forseglet(Reservasjon.__tablename__, rad_id, self._aar.telefon())
            self._rad(
                Reservasjon,
                id=rad_id,
                enhet_id=self._enhet_id,
                utstyrsenhet_id=ting.id,
                laget=tid,
                holdes_til=holdes_til,
                slutt=None,
                telefon=telefon,
            )
