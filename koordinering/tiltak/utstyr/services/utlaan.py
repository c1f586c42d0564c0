"""Lending and taking back: several items in one go, all of it or nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now, tilfeldig_id
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.kapasitet.services import flytt
from koordinering.tiltak.utstyr import queries
from koordinering.tiltak.utstyr.models import Utlaan, Utstyrsenhet
from koordinering.tiltak.utstyr.queries.lager import med_status
from koordinering.tiltak.utstyr.rules import telefon
from koordinering.tiltak.utstyr.rules.tilstander import (
    MAKS_I_ETT_LAAN,
    Handling,
    Status,
    Tilstand,
    etter_levering,
    sjekk_forfall,
)
from koordinering.tiltak.utstyr.services.felles import IkkeLedig, IkkeUte, forsegl, les_telefoner, noter, slipp
from koordinering.users import User


@dataclass(frozen=True, repr=False)
class NyttUtlaan:
    """Items to lend together, to whom and until when. Its repr hides the number."""

    enheter: tuple[int, ...]
    telefon: str
    forfall: date

    def __repr__(self) -> str:
        return "NyttUtlaan(...)"


@dataclass(frozen=True)
class Levering:
    """One item that comes back: its condition, and the parts that did not come."""

    enhet_id: int
    tilstand: Tilstand
    mangler: frozenset[int] = frozenset()


def laan_ut(nytt: NyttUtlaan, *, ved: int | None, av: User) -> list[Utlaan]:
    """Lend all the items or none. Raises UgyldigFelt, or IkkeLedig when something was taken meanwhile.

    A reserved item goes to the number that it is held for, and to nobody else.
    """
    if queries.valg(queries.min_enhet(av)).eget_system:
        raise UgyldigFelt("kode", N_("Dere låner ut i et annet system. Før utlånene per måned her."))
    nummer = telefon.normaliser(nytt.telefon)
    sjekk_forfall(nytt.forfall, i_dag())
    if not 0 < len(set(nytt.enheter)) <= MAKS_I_ETT_LAAN:
        raise UgyldigFelt("kode", N_("Legg til det som skal lånes ut, høyst 30 enheter om gangen."))
    ider = sorted(set(nytt.enheter))
    if len(med_status(ider, {Status.LEDIG, Status.RESERVERT})) != len(ider):
        raise IkkeLedig
    enheter = queries.flere(av, nytt.enheter)
    if len(enheter) != len(ider):
        raise IkkeLedig
    _hent_reserverte(ider, nummer, av)
    if flytt(Utstyrsenhet, ider, {Status.LEDIG, Status.RESERVERT}, Status.UTE) != len(ider):
        raise IkkeLedig
    return _nye(enheter, nummer, nytt.forfall, ved, av)


def _hent_reserverte(ider: Sequence[int], nummer: str, av: User) -> None:
    holdt = list(queries.aapne_reservasjoner(av, ider).values())
    numre = les_telefoner(holdt)
    if any(numre.get(reservasjon.id) != nummer for reservasjon in holdt):
        raise UgyldigFelt(
            "telefon",
            N_("En enhet i listen er reservert for et annet nummer. Ta den bort eller avlys reservasjonen."),
        )
    slipp(holdt)


def _nye(enheter: Sequence[Utstyrsenhet], nummer: str, forfall: date, ved: int | None, av: User) -> list[Utlaan]:
    sammen, utlaan = tilfeldig_id(), []
    for enhet in enheter:
        require(av, Rettighet.UTSTYR_LAAN, enhet)
        rad = Utlaan(
            id=tilfeldig_id(),
            enhet_id=enhet.enhet_id,
            utstyrsenhet_id=enhet.id,
            sammen=sammen,
            kategori=enhet.kategori,
            forfall=forfall,
        )
        utlaan.append(rad)
    forsegl(utlaan, nummer)
    db.session.add_all(utlaan)
    db.session.flush()
    for rad in utlaan:
        noter([rad.utstyrsenhet_id], Handling.LAANT_UT, ved=ved, av=av, utlaan_id=rad.id, detalj=forfall.isoformat())
        audit.record(Hva.UTSTYR_LAANT_UT, av=av, gjelder=Ting("utlaan", rad.id, rad.enhet_id))
    return utlaan


def ta_imot(leveringer: Sequence[Levering], *, ved: int | None, av: User) -> tuple[int, int]:
    """Take all of it back or none; how many came whole, and how many lack parts and stay on the loan.

    Raises IkkeUte when something has come back already.
    """
    per_enhet = {en.enhet_id: en for en in leveringer}
    if not 0 < len(per_enhet) <= MAKS_I_ETT_LAAN:
        raise UgyldigFelt("kode", N_("Legg til det som er levert, høyst 30 enheter om gangen."))
    if len(med_status(per_enhet, {Status.UTE})) != len(per_enhet):
        raise IkkeUte
    enheter = queries.flere(av, list(per_enhet))
    utlaan = queries.aapne_utlaan(av, list(per_enhet))
    if len(enheter) != len(per_enhet) or len(utlaan) != len(per_enhet):
        raise IkkeUte
    hele: list[Levering] = []
    for enhet in enheter:
        require(av, Rettighet.UTSTYR_LAAN, enhet)
        levering = per_enhet[enhet.id]
        for del_ in enhet.deler:
            del_.mangler = del_.id in levering.mangler
        if any(del_.mangler for del_ in enhet.deler):
            _delvis(utlaan[enhet.id], ved, av)
        else:
            hele.append(levering)
    _inn(hele, utlaan, ved, av)
    return len(hele), len(per_enhet) - len(hele)


def _delvis(utlaan: Utlaan, ved: int | None, av: User) -> None:
    utlaan.delvis = now()
    noter([utlaan.utstyrsenhet_id], Handling.DELVIS, ved=ved, av=av, utlaan_id=utlaan.id)
    audit.record(Hva.UTSTYR_LEVERT, av=av, gjelder=Ting("utlaan", utlaan.id, utlaan.enhet_id), detalj="delvis")


def _inn(hele: Sequence[Levering], utlaan: Mapping[int, Utlaan], ved: int | None, av: User) -> None:
    etter: dict[Tilstand, list[int]] = defaultdict(list)
    for levering in hele:
        etter[levering.tilstand].append(levering.enhet_id)
    for tilstand, ider in etter.items():  # one statement for each of the five conditions
        _avslutt([utlaan[id_] for id_ in ider], tilstand, Handling.LEVERT, ved, av)


def _avslutt(utlaan: Sequence[Utlaan], tilstand: Tilstand, handling: Handling, ved: int | None, av: User) -> None:
    """End these loans, and let the items stand where their condition says."""
    ider = [rad.utstyrsenhet_id for rad in utlaan]
    db.session.flush()
    lukket = update(Utlaan).where(Utlaan.id.in_([rad.id for rad in utlaan]), Utlaan.inn.is_(None)).values(inn=now())
    db.session.execute(lukket.execution_options(synchronize_session=False))
    til = Status.SAVNET if handling is Handling.TAPT else etter_levering(tilstand)
    if flytt(Utstyrsenhet, ider, {Status.UTE}, til, tilstand=tilstand) != len(ider):
        raise IkkeUte
    for rad in utlaan:
        noter([rad.utstyrsenhet_id], handling, ved=ved, av=av, utlaan_id=rad.id, detalj=tilstand.value)
        audit.record(Hva.UTSTYR_LEVERT, av=av, gjelder=Ting("utlaan", rad.id, rad.enhet_id), detalj=handling.value)


def _krev_ute(utlaan: Utlaan, av: User) -> None:
    require(av, Rettighet.UTSTYR_LAAN, utlaan)
    if not med_status([utlaan.utstyrsenhet_id], {Status.UTE}):
        raise IkkeUte
    db.session.refresh(utlaan)
    if utlaan.inn is not None:
        raise IkkeUte


def forleng(utlaan: Utlaan, forfall: date, *, ved: int | None, av: User) -> None:
    """Give a loan a new due date. Raises UgyldigFelt, or IkkeUte when the item has come back."""
    sjekk_forfall(forfall, i_dag())
    _krev_ute(utlaan, av)
    utlaan.forfall = forfall
    ider = [utlaan.utstyrsenhet_id]
    noter(ider, Handling.FORLENGET, ved=ved, av=av, utlaan_id=utlaan.id, detalj=forfall.isoformat())
    audit.record(Hva.UTSTYR_FORLENGET, av=av, gjelder=Ting("utlaan", utlaan.id, utlaan.enhet_id))


def gi_opp_deler(utlaan: Utlaan, *, ved: int | None, av: User) -> None:
    """End a loan whose last parts will not come: the item goes to repair until it is whole again."""
    _krev_ute(utlaan, av)
    if utlaan.delvis is None:
        raise IkkeUte
    _avslutt([utlaan], Tilstand.TIL_REPARASJON, Handling.LEVERT, ved, av)


def meld_tapt(utlaan: Utlaan, *, ved: int | None, av: User) -> None:
    """End a loan of something that will not come back: the item is missing."""
    _krev_ute(utlaan, av)
    _avslutt([utlaan], utlaan.enhet.tilstand, Handling.TAPT, ved, av)
