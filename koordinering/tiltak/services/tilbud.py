"""Keeping offers: written, changed, read from a list, taken back."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, now, tilfeldig_id
from koordinering.errors import DomainError, Endret, FinnesIkke, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak import queries
from koordinering.tiltak.lag import queries as lagene
from koordinering.tiltak.lag.services import velg_lag
from koordinering.tiltak.models import Plass, Tilbud, Tiltak
from koordinering.tiltak.rules import (
    Beholdningsslag,
    Plasstilstand,
    Tilbudsopplysninger,
    VenterSvar,
    sjekk_tilbud,
)
from koordinering.tiltak.rules.tilbudsfil import Importrad, Radfeil, radfeil
from koordinering.tiltak.services.enheter import _opprett_beholdning, sett_antall, ta_ut_ledige
from koordinering.users import User


def opprett_tilbud(
    tiltak: Tiltak, opplysninger: Tilbudsopplysninger, *, noekkel: int | None = None, av: User
) -> Tilbud:
    """A new offer with its places, kept by the measure's receiving unit. Raises UgyldigFelt.

    `noekkel`: the key that the empty form was given, so that sending it twice makes one offer.
    """
    sjekk_tilbud(opplysninger)
    if tiltak.mottaker_id is None or tiltak not in queries.friplasstiltak():
        raise UgyldigFelt("tiltak_id", N_("Velg noe fra listen."))
    if noekkel is not None and (finnes := db.session.get(Tilbud, noekkel)) is not None:
        require(av, Rettighet.TILBUD_ENDRE, finnes)
        return finnes
    tilbud = Tilbud(id=noekkel or tilfeldig_id(), tiltak_id=tiltak.id, enhet_id=tiltak.mottaker_id)
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
