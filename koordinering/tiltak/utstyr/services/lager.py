"""Keeping the equipment: put in, changed, repaired, missed, found and thrown away; and the unit's own choices."""

from dataclasses import dataclass

from sqlalchemy import func, select

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, tilfeldig_id
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.kapasitet.services import flytt
from koordinering.tiltak.utstyr import queries
from koordinering.tiltak.utstyr.models import Utstyrsdel, Utstyrsenhet, Utstyrsvalg
from koordinering.tiltak.utstyr.rules import strekkode
from koordinering.tiltak.utstyr.rules.tilstander import (
    BRUKBARE,
    FRA,
    TIL,
    Handling,
    Kategori,
    Status,
    Tilstand,
    sjekk_laanetid,
)
from koordinering.tiltak.utstyr.services.felles import noter
from koordinering.users import Enhet, User

MAKS_DELER = 20
MAKS_PAA_EN_GANG = 50


@dataclass(frozen=True)
class Enhetsopplysninger:
    """What is written about an item."""

    navn: str
    kategori: Kategori
    stoerrelse: str | None
    tilstand: Tilstand
    strekkode: str
    """Empty: the item gets the product's own."""
    deler: tuple[str, ...] = ()


def _sjekk(om: Enhetsopplysninger, enhet_id: str, *, annen_enn: int | None) -> str:
    """The barcode as it is kept. Raises UgyldigFelt for the first thing that cannot be so."""
    if om.tilstand not in BRUKBARE:
        raise UgyldigFelt("tilstand", N_("Velg noe fra listen."))
    if len(om.deler) > MAKS_DELER or len(set(om.deler)) != len(om.deler):
        raise UgyldigFelt("deler", N_("Skriv høyst 20 deler, hver del én gang."))
    kode = strekkode.normaliser(om.strekkode)
    if not kode:
        return ""
    strekkode.sjekk_strekkode(kode)
    opptatt = select(Utstyrsenhet.id).where(Utstyrsenhet.enhet_id == enhet_id, Utstyrsenhet.strekkode == kode)
    if db.session.scalar(opptatt) not in {None, annen_enn}:
        raise UgyldigFelt("strekkode", N_("Strekkoden er i bruk på en annen enhet."))
    return kode


def legg_inn(
    om: Enhetsopplysninger, antall: int, *, noekkel: int | None = None, ved: int | None, av: User
) -> list[Utstyrsenhet]:
    """Put in one item, or several of a kind with a number and a label each. Raises UgyldigFelt.

    `noekkel`: the key that the empty form was given, which the first of them gets; sent twice, they are put in once.
    """
    require(av, Rettighet.UTSTYR_ENDRE)
    enhet_id = queries.min_enhet(av)
    if not 1 <= antall <= MAKS_PAA_EN_GANG:
        raise UgyldigFelt("antall", N_("Skriv et antall fra 1 til 50."))
    db.session.execute(select(Enhet.id).where(Enhet.id == enhet_id).with_for_update(key_share=True))
    if noekkel is not None and (finnes := db.session.get(Utstyrsenhet, noekkel)) is not None:
        require(av, Rettighet.UTSTYR_ENDRE, finnes)
        return queries.etter_nummer(av, finnes.nummer, antall)
    kode = _sjekk(om, enhet_id, annen_enn=None)
    if kode and antall > 1:
        raise UgyldigFelt("strekkode", N_("Flere enheter kan ikke ha samme strekkode. La feltet stå tomt."))
    neste = _neste_nummer(enhet_id)
    if neste + antall - 1 > strekkode.MAKS_NUMMER:
        raise UgyldigFelt("antall", N_("Det er ikke flere numre igjen."))
    nye = [_ny(om, enhet_id, nummer, kode) for nummer in range(neste, neste + antall)]
    nye[0].id = noekkel or nye[0].id
    db.session.add_all(nye)
    db.session.flush()
    noter([ny.id for ny in nye], Handling.LAGT_INN, ved=ved, av=av)
    for ny in nye:
        audit.record(Hva.UTSTYR_LAGT_INN, av=av, gjelder=Ting("utstyrsenhet", ny.id, enhet_id))
    return nye


def _neste_nummer(enhet_id: str) -> int:
    return (db.session.scalar(select(func.max(Utstyrsenhet.nummer)).where(Utstyrsenhet.enhet_id == enhet_id)) or 0) + 1


def _ny(om: Enhetsopplysninger, enhet_id: str, nummer: int, kode: str) -> Utstyrsenhet:
    return Utstyrsenhet(
        id=tilfeldig_id(),
        enhet_id=enhet_id,
        nummer=nummer,
        strekkode=kode or strekkode.egen_kode(nummer),
        navn=om.navn,
        kategori=om.kategori,
        stoerrelse=om.stoerrelse,
        tilstand=om.tilstand,
        deler=[Utstyrsdel(nummer=nr, navn=navn) for nr, navn in enumerate(om.deler, 1)],
    )


def endre(enhet: Utstyrsenhet, om: Enhetsopplysninger, *, versjon: int, ved: int | None, av: User) -> None:
    """Change what is written about an item. Raises Endret when somebody has since, UgyldigFelt for what cannot be."""
    require(av, Rettighet.UTSTYR_ENDRE, enhet)
    if enhet.versjon != versjon or enhet.status not in FRA[Handling.ENDRET]:
        raise Endret
    i_drift = enhet.status is not Status.UTE_AV_DRIFT
    kode = _sjekk(om, enhet.enhet_id, annen_enn=enhet.id)
    enhet.navn, enhet.kategori, enhet.stoerrelse = om.navn, om.kategori, om.stoerrelse
    enhet.strekkode = kode or strekkode.egen_kode(enhet.nummer)
    if i_drift:  # what is at repair gets its condition when it is whole again
        enhet.tilstand = om.tilstand
    _sett_deler(enhet, om.deler)
    db.session.flush()
    noter([enhet.id], Handling.ENDRET, ved=ved, av=av)
    audit.record(Hva.UTSTYR_ENDRET, av=av, gjelder=Ting("utstyrsenhet", enhet.id, enhet.enhet_id))


def _sett_deler(enhet: Utstyrsenhet, navn: tuple[str, ...]) -> None:
    if tuple(del_.navn for del_ in enhet.deler) == navn:
        return
    if enhet.status is Status.UTE:
        raise UgyldigFelt("deler", N_("Delene kan ikke endres mens enheten er utlånt."))
    mangler = {del_.navn for del_ in enhet.deler if del_.mangler}
    enhet.deler.clear()
    db.session.flush()
    enhet.deler = [Utstyrsdel(nummer=nr, navn=en, mangler=en in mangler) for nr, en in enumerate(navn, 1)]


def utfoer(enhet: Utstyrsenhet, handling: Handling, *, ved: int | None, av: User) -> None:
    """Repair, repaired, missing, found, thrown away or taken in again.

    Raises Endret when the item does not stand where it must.
    """
    require(av, Rettighet.UTSTYR_ENDRE, enhet)
    if handling not in TIL:
        raise Endret
    ny_tilstand = {
        Handling.TATT_UT: Tilstand.TIL_REPARASJON,
        Handling.REPARERT: Tilstand.GOD,
        Handling.KASSERT: Tilstand.KASSERT,
        Handling.TATT_INN: Tilstand.GOD,
    }.get(handling)
    verdier = {"tilstand": ny_tilstand} if ny_tilstand is not None else {}
    if not flytt(Utstyrsenhet, [enhet.id], FRA[handling], TIL[handling], **verdier):
        raise Endret
    if handling is Handling.REPARERT:
        for del_ in enhet.deler:
            del_.mangler = False
    noter([enhet.id], handling, ved=ved, av=av)
    ting = Ting("utstyrsenhet", enhet.id, enhet.enhet_id)
    audit.record(Hva.UTSTYR_ENDRET, av=av, gjelder=ting, detalj=handling.value)


def sett_valg(laanetid: int, *, eget_system: bool, av: User) -> None:
    """Set the days of a loan, and whether loans are entered as monthly figures instead. Raises UgyldigFelt."""
    require(av, Rettighet.UTSTYR_ENDRE)
    sjekk_laanetid(laanetid)
    enhet_id = queries.min_enhet(av)
    if eget_system and queries.tellinger(av)["ute"]:
        raise UgyldigFelt("eget_system", N_("Ta imot det som er utlånt her, før dere går over til et annet system."))
    db.session.merge(Utstyrsvalg(enhet_id=enhet_id, laanetid=laanetid, eget_system=eget_system))
    detalj = f"{laanetid}:{'eget' if eget_system else 'modul'}"
    audit.record(Hva.UTSTYR_VALG, av=av, gjelder=None, detalj=detalj)
