"""The one mechanism of capacity: units are taken and given back here and nowhere else; and keeping offers and cards."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import yaml
from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, now
from koordinering.errors import ConfigError, DomainError, Endret, FinnesIkke, Oppbrukt, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak import queries
from koordinering.tiltak.lag import queries as lagene
from koordinering.tiltak.lag.services import velg_lag
from koordinering.tiltak.models import Beholdning, Kortaar, Plass, Tilbud, Tiltak
from koordinering.tiltak.rules import (
    Beholdningsslag,
    Kortenhet,
    Plasstilstand,
    Tilbudsopplysninger,
    VenterSvar,
    sjekk_antall,
    sjekk_tilbud,
)
from koordinering.tiltak.rules.tilbudsfil import Importrad, Radfeil, radfeil
from koordinering.users import User

# --- Units -----------------------------------------------------------------------------------------------


def skift(plass_id: int, fra: Plasstilstand, til: Plasstilstand) -> bool:
    """Move one unit from one state to another; False when it is not in the first one any more.

    The condition stands in the UPDATE: of two who try at the same moment, the database lets one through.
    """
    endring = update(Plass).where(Plass.id == plass_id, Plass.tilstand == fra).values(tilstand=til)
    svar = db.session.execute(endring.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], svar).rowcount == 1


def _hent(plass_id: int) -> Plass:
    return db.session.get_one(Plass, plass_id, populate_existing=True)


def _ledig(beholdning_id: int, *, vent: bool) -> int | None:
    """The free unit with the lowest number, its row locked on PostgreSQL.

    Units that somebody else is taking right now are passed over; `vent` waits for them instead, so that
    nobody is told that all is gone while the last one may still come free.
    """
    query = select(Plass.id).where(Plass.beholdning_id == beholdning_id, Plass.tilstand == Plasstilstand.LEDIG)
    query = query.order_by(Plass.nummer).limit(1)
    return db.session.scalar(query.with_for_update(skip_locked=not vent))


def ta(beholdning_id: int, *, til: Plasstilstand = Plasstilstand.OPPTATT) -> Plass:
    """Take the free unit with the lowest number. Raises Oppbrukt when there is none."""
    for vent in (False, True):
        while (plass_id := _ledig(beholdning_id, vent=vent)) is not None:
            if skift(plass_id, Plasstilstand.LEDIG, til):
                return _hent(plass_id)
    raise Oppbrukt


def ta_plass(plass_id: int, *, fra: Plasstilstand = Plasstilstand.LEDIG) -> Plass:
    """Take exactly this unit. Raises Oppbrukt when somebody else has it."""
    if not skift(plass_id, fra, Plasstilstand.OPPTATT):
        raise Oppbrukt
    return _hent(plass_id)


def gi_tilbake(
    plass: Plass, *, fra: Plasstilstand = Plasstilstand.OPPTATT, til: Plasstilstand = Plasstilstand.LEDIG
) -> None:
    """Give back a unit in use (or offered), or let it be lost. In a closed stock it is taken out, not set free.

    Raises Endret when it is not in use any more.
    """
    if til is Plasstilstand.LEDIG and _stengt(plass.beholdning_id):
        til = Plasstilstand.STENGT
    if not skift(plass.id, fra, til):
        raise Endret
    if til is Plasstilstand.STENGT:
        _tell(plass.beholdning_id)
    _hent(plass.id)


def _stengt(beholdning_id: int) -> bool:
    kort = select(Kortaar.stengt).where(Kortaar.beholdning_id == beholdning_id, Kortaar.stengt.is_not(None))
    tilbud = select(Tilbud.trukket).where(Tilbud.beholdning_id == beholdning_id, Tilbud.trukket.is_not(None))
    return db.session.scalar(kort.union_all(tilbud).limit(1)) is not None


def _tell(beholdning_id: int) -> None:
    """Let the stock's figure follow its rows; a closed card year keeps the figure that it had."""
    rader = (
        select(func.count())
        .where(Plass.beholdning_id == beholdning_id, Plass.tilstand != Plasstilstand.STENGT)
        .scalar_subquery()
    )
    lukket = select(Kortaar.id).where(Kortaar.beholdning_id == beholdning_id, Kortaar.stengt.is_not(None)).exists()
    endring = update(Beholdning).where(Beholdning.id == beholdning_id, ~lukket).values(antall=rader)
    db.session.execute(endring.execution_options(synchronize_session=False))
    db.session.get_one(Beholdning, beholdning_id, populate_existing=True)


def _opprett_beholdning(slag: Beholdningsslag, tiltak_id: str, antall: int) -> Beholdning:
    """A new stock with units 1 to `antall`."""
    sjekk_antall(antall)
    beholdning = Beholdning(slag=slag, tiltak_id=tiltak_id, antall=antall)
    db.session.add(beholdning)
    db.session.flush()
    db.session.add_all(Plass(beholdning_id=beholdning.id, nummer=nummer) for nummer in range(1, antall + 1))
    db.session.flush()
    return beholdning


def laas_beholdning(beholdning_id: int) -> None:
    """Let one transaction at a time count what the stock has and decide from it. Units are still taken meanwhile."""
    db.session.execute(select(Beholdning.id).where(Beholdning.id == beholdning_id).with_for_update())


def sett_antall(beholdning: Beholdning, antall: int) -> None:
    """Make the stock larger or smaller; units keep their numbers, and those in use stay.

    Raises UgyldigFelt("antall", …) when fewer are free than would have to go.
    """
    sjekk_antall(antall)
    laas_beholdning(beholdning.id)
    db.session.refresh(beholdning)
    if antall > beholdning.antall:
        _utvid(beholdning, antall - beholdning.antall)
    elif antall < beholdning.antall:
        _innskrenk(beholdning, beholdning.antall - antall)
    _tell(beholdning.id)


def _utvid(beholdning: Beholdning, flere: int) -> None:
    query = select(Plass.id).where(Plass.beholdning_id == beholdning.id, Plass.tilstand == Plasstilstand.STENGT)
    stengte = list(db.session.scalars(query.order_by(Plass.nummer).limit(flere)))
    aapnet = sum(skift(plass_id, Plasstilstand.STENGT, Plasstilstand.LEDIG) for plass_id in stengte)
    hoeyeste = db.session.scalar(select(func.max(Plass.nummer)).where(Plass.beholdning_id == beholdning.id)) or 0
    nye = range(hoeyeste + 1, hoeyeste + 1 + flere - aapnet)
    db.session.add_all(Plass(beholdning_id=beholdning.id, nummer=nummer) for nummer in nye)
    db.session.flush()


def _innskrenk(beholdning: Beholdning, faerre: int) -> None:
    query = select(Plass.id).where(Plass.beholdning_id == beholdning.id, Plass.tilstand == Plasstilstand.LEDIG)
    ledige = list(db.session.scalars(query.order_by(Plass.nummer.desc()).limit(faerre).with_for_update()))
    if len(ledige) < faerre:
        raise UgyldigFelt("antall", N_("Antallet kan ikke være lavere enn det som er i bruk."))
    for plass_id in ledige:  # locked, so that nobody takes them meanwhile
        skift(plass_id, Plasstilstand.LEDIG, Plasstilstand.STENGT)


def ta_ut_ledige(beholdning_id: int) -> None:
    """Take out every free unit: nothing more is given from this stock."""
    endring = update(Plass).where(Plass.beholdning_id == beholdning_id, Plass.tilstand == Plasstilstand.LEDIG)
    svar = endring.values(tilstand=Plasstilstand.STENGT).execution_options(synchronize_session=False)
    db.session.execute(svar)
    _tell(beholdning_id)


# --- Offers ----------------------------------------------------------------------------------------------


def opprett_tilbud(tiltak: Tiltak, opplysninger: Tilbudsopplysninger, *, av: User) -> Tilbud:
    """A new offer with its places, kept by the measure's receiving unit. Raises UgyldigFelt."""
    sjekk_tilbud(opplysninger)
    if tiltak.mottaker_id is None or tiltak not in queries.friplasstiltak():
        raise UgyldigFelt("tiltak_id", N_("Velg noe fra listen."))
    tilbud = Tilbud(tiltak_id=tiltak.id, enhet_id=tiltak.mottaker_id)
    require(av, Rettighet.TILBUD_ENDRE, tilbud)
    _skriv(tilbud, opplysninger)
    beholdning = _opprett_beholdning(Beholdningsslag.PLASS, tiltak.id, opplysninger.antall)
    tilbud.beholdning_id = beholdning.id
    db.session.add(tilbud)
    db.session.flush()
    audit.record(Hva.TILBUD_LAGT_INN, av=av, gjelder=Ting("tilbud", tilbud.id, tilbud.enhet_id))
    return tilbud


def _skriv(tilbud: Tilbud, opplysninger: Tilbudsopplysninger) -> None:
    tekst = opplysninger.arrangoertekst
    if tekst and tekst != tilbud.arrangoertekst and lagene.heter_noen(tekst):
        raise UgyldigFelt("arrangoer", N_("Dette laget står i listen over lag. Velg det der."))
    tilbud.lag = velg_lag(opplysninger.lag_id, naa=tilbud.lag_id)
    for felt, verdi in asdict(opplysninger).items():
        if felt not in {"antall", "lag_id"}:
            setattr(tilbud, felt, verdi)


def laas_tilbudene(*, av: User) -> None:
    """Let one at a time confirm a list for the user's measures, until this transaction ends.

    Whoever comes second then sees what the first has made. On SQLite the writing transaction is the lock.
    """
    require(av, Rettighet.TILBUD_ENDRE)
    mine = sorted(t.id for t in queries.friplasstiltak(av))
    laas = select(Tiltak.id).where(Tiltak.id.in_(mine)).order_by(Tiltak.id).with_for_update(key_share=True)
    db.session.execute(laas)


def importer_tilbud(rader: Sequence[Importrad], *, av: User) -> int:
    """Make every offer of a list that has no faults; all or nothing, since the caller's transaction is one.

    Ask laas_tilbudene first, and read the list after it. Raises IkkeLagtInn for a row that cannot be made after all.
    """
    tiltak = {t.id: t for t in queries.friplasstiltak(av)}
    for rad in rader:
        try:
            opprett_tilbud(tiltak[rad.tiltak_id], rad.opplysninger, av=av)
        except UgyldigFelt as feil:
            raise IkkeLagtInn(radfeil(rad, feil)) from None
    return len(rader)


class IkkeLagtInn(DomainError):
    """A row of a list can no longer be made; nothing of the list is."""

    def __init__(self, feil: Radfeil) -> None:
        super().__init__()
        self.feil = feil


def endre_tilbud(tilbud: Tilbud, opplysninger: Tilbudsopplysninger, *, versjon: int, av: User) -> None:
    """Change an offer and its number of places.

    `versjon`: the one that the user's page showed. Raises Endret when somebody has changed it since,
    UgyldigFelt for what breaks a rule.
    """
    require(av, Rettighet.TILBUD_ENDRE, tilbud)
    if tilbud.versjon != versjon or tilbud.trukket is not None:
        raise Endret
    sjekk_tilbud(opplysninger)
    _skriv(tilbud, opplysninger)
    tilbud.endret = now()  # also when only the places change, so that a page opened before is out of date
    db.session.flush()
    sett_antall(tilbud.beholdning, opplysninger.antall)
    audit.record(Hva.TILBUD_ENDRET, av=av, gjelder=Ting("tilbud", tilbud.id, tilbud.enhet_id))


def trekk_tilbud(tilbud: Tilbud, *, av: User) -> None:
    """Take an offer back: its free places are taken out; children who have a place keep it.

    Raises Endret, and VenterSvar while a family is thinking about a place.
    """
    require(av, Rettighet.TILBUD_ENDRE, tilbud)
    if tilbud.trukket is not None:
        raise Endret
    tilbudte = select(Plass.id).where(
        Plass.beholdning_id == tilbud.beholdning_id, Plass.tilstand == Plasstilstand.TILBUDT
    )
    if db.session.scalar(tilbudte.limit(1)) is not None:
        raise VenterSvar
    tilbud.trukket = now()
    db.session.flush()
    ta_ut_ledige(tilbud.beholdning_id)
    audit.record(Hva.TILBUD_ENDRET, av=av, gjelder=Ting("tilbud", tilbud.id, tilbud.enhet_id), detalj="trukket")


def sett_tak(tiltak_id: str, plasser_per_barn: int | None, *, av: User) -> None:
    """Set how many places of a measure one child may have in a year; None lifts the ceiling. Raises UgyldigFelt."""
    tiltak = {t.id: t for t in queries.friplasstiltak(av)}.get(tiltak_id)
    if tiltak is None:
        raise FinnesIkke
    if plasser_per_barn is not None and not 1 <= plasser_per_barn <= 20:
        raise UgyldigFelt("plasser_per_barn", N_("Skriv et tall fra 1 til 20, eller la feltet stå tomt."))
    require(av, Rettighet.TILBUD_ENDRE)
    tiltak.plasser_per_barn = plasser_per_barn
    db.session.flush()
    detalj = f"{tiltak_id}:{plasser_per_barn or ''}"
    audit.record(Hva.TILBUD_ENDRET, av=av, gjelder=None, detalj=detalj)


# --- Cards -----------------------------------------------------------------------------------------------

KORTFIL = Path(__file__).parents[1] / "data" / "kort.yaml"


def standard_kort(fil: Path = KORTFIL) -> int:
    """Cards of a new year when there is no earlier year to follow: the plan's own number. Raises ConfigError."""
    try:
        antall = yaml.safe_load(fil.read_text(encoding="utf-8"))["nytt_aar"]["antall"]
        sjekk_antall(antall)
    except (OSError, yaml.YAMLError, KeyError, TypeError, UgyldigFelt) as feil:
        raise ConfigError(f"{fil.name} kan ikke leses: {type(feil).__name__}.") from None
    return int(antall)


def opprett_kortaar(
    tiltak: Tiltak,
    aar: int,
    *,
    antall: int,
    per: Kortenhet = Kortenhet.FAMILIE,
    tak: int = 1,
    nytt: bool = False,
    av: User | None,
) -> Kortaar:
    """Make a year's cards, or return those there are (`nytt`: raise Endret). The installation has `av` None."""
    if av is not None:
        require(av, Rettighet.KORT_ENDRE)
    if (finnes := queries.kortaar(tiltak.id, aar)) is not None:
        return _gjenbruk(finnes, nytt)
    _sjekk_tak(tak)
    try:
        with db.session.begin_nested():
            beholdning = _opprett_beholdning(Beholdningsslag.KORT, tiltak.id, antall)
            kortaar = Kortaar(tiltak_id=tiltak.id, aar=aar, beholdning_id=beholdning.id, per=per, tak=tak)
            db.session.add(kortaar)
    except IntegrityError:
        finnes = queries.kortaar(tiltak.id, aar)  # somebody else made it at the same moment
        if finnes is None:
            raise
        return _gjenbruk(finnes, nytt)
    audit.record(Hva.KORT_OPPRETTET, av=av, gjelder=Ting("kortaar", kortaar.id, tiltak.mottaker_id), detalj=str(aar))
    return kortaar


def _gjenbruk(finnes: Kortaar, nytt: bool) -> Kortaar:
    if nytt:
        raise Endret
    return finnes


def endre_kortaar(kortaar: Kortaar, *, antall: int, per: Kortenhet, tak: int, versjon: int, av: User) -> None:
    """Change how many cards a year has and who may have how many.

    `versjon`: the one that the user's page showed. Raises Endret when somebody has changed the year since, or it
    is closed; UgyldigFelt for what breaks a rule.
    """
    require(av, Rettighet.KORT_ENDRE)
    db.session.refresh(kortaar, with_for_update={"of": Kortaar})
    if kortaar.versjon != versjon or kortaar.stengt is not None:
        raise Endret
    _sjekk_tak(tak)
    kortaar.per, kortaar.tak = per, tak
    flag_modified(kortaar, "tak")  # also when only the number changes, so that a page opened before is out of date
    db.session.flush()
    sett_antall(kortaar.beholdning, antall)
    audit.record(Hva.KORT_OPPRETTET, av=av, gjelder=Ting("kortaar", kortaar.id), detalj=str(kortaar.aar))


def _sjekk_tak(tak: int) -> None:
    if not 1 <= tak <= 20:
        raise UgyldigFelt("tak", N_("Skriv et tall fra 1 til 20."))
