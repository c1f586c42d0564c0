"""An assessment's life: the unit writes and sends, the coordinator approves or sends back."""

from dataclasses import asdict

from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now
from koordinering.errors import Endret, FinnesIkke
from koordinering.plan.evaluering import queries
from koordinering.plan.evaluering.models import Vurdering
from koordinering.plan.evaluering.rules import (
    KAN_SKRIVES,
    Handling,
    UgyldigSteg,
    Vurderingsinnhold,
    Vurderingsstatus,
    innhold_av,
    krev_hel,
    sjekk_grunn,
    sjekk_innhold,
    ta_steg,
)
from koordinering.roles import Rettighet
from koordinering.users import User

NY = 0
"""The version that a page shows before there is anything to have one."""


def lagre(
    tiltak_id: str, aar: int, innhold: Vurderingsinnhold, *, versjon: int, av: User, send: bool = False
) -> Vurdering:
    """Keep what the unit has written about a measure's year, and send it when told.

    `versjon`: what the user's page showed, NY where nothing was written. Sending the same twice is done once.
    Raises FinnesIkke where the unit has not the main responsibility, UgyldigFelt, UgyldigSteg, Endret.
    """
    require(av, Rettighet.VURDERING_SKRIV)
    _, enhet_id = queries.tiltaket(av, tiltak_id)
    krev_aaret(aar)
    sjekk_innhold(innhold)
    if send:
        krev_hel(innhold)
    rad = queries.for_aaret(tiltak_id, aar)
    if rad is None or not _det_samme(rad, innhold, versjon, av):
        rad = _skriv(rad or _ny(tiltak_id, aar, enhet_id, av), innhold, versjon, enhet_id, av)
        audit.record(Hva.VURDERING_LAGRET, av=av, gjelder=_ting(rad))
    if send and rad.status in KAN_SKRIVES:
        rad.sendt, rad.grunn = now(), None
        _steg(rad, Handling.SEND, av=av)
    return rad


def _det_samme(rad: Vurdering, innhold: Vurderingsinnhold, versjon: int, av: User) -> bool:
    """The same empty form sent once more by the same person."""
    return versjon == NY and rad.skrevet_av == av.id and innhold_av(rad) == innhold


def _ny(tiltak_id: str, aar: int, enhet_id: str, av: User) -> Vurdering:
    rad = Vurdering(
        tiltak_id=tiltak_id, aar=aar, skrevet_av=av.id, enhet_id=enhet_id, status=Vurderingsstatus.UTKAST, versjon=NY
    )
    db.session.add(rad)
    return rad


def _skriv(rad: Vurdering, innhold: Vurderingsinnhold, versjon: int, enhet_id: str, av: User) -> Vurdering:
    if rad.status not in KAN_SKRIVES:
        raise UgyldigSteg
    if rad.versjon != versjon:
        raise Endret
    for felt, verdi in asdict(innhold).items():
        setattr(rad, felt, verdi)
    rad.enhet_id, rad.skrevet_av, rad.endret = enhet_id, av.id, now()
    try:
        db.session.flush()
    except IntegrityError:  # a colleague began the same one at the same moment
        raise Endret from None
    return rad


def krev_aaret(aar: int) -> None:
    """Raise FinnesIkke for a year that nothing is assessed for: before the first, or not begun."""
    if not queries.valg().foerste_aar <= aar <= i_dag().year:
        raise FinnesIkke


def trekk(rad: Vurdering, *, av: User) -> None:
    """Take back what is sent and not decided: it is a draft again. Raises UgyldigSteg."""
    require(av, Rettighet.VURDERING_SKRIV, rad)
    _steg(rad, Handling.TREKK, av=av)
    rad.sendt = None


def godkjenn(rad: Vurdering, *, versjon: int, av: User) -> None:
    """Approve the very text that the coordinator read. Raises UgyldigSteg, Endret."""
    require(av, Rettighet.EVALUERING_STYR)
    _krev_lest(rad, versjon)
    _steg(rad, Handling.GODKJENN, av=av)
    rad.godkjent = i_dag()


def returner(rad: Vurdering, grunn: str, *, av: User) -> None:
    """Send it back with what must be changed. Raises UgyldigFelt, UgyldigSteg."""
    require(av, Rettighet.EVALUERING_STYR)
    sjekk_grunn(grunn)
    _steg(rad, Handling.RETURNER, av=av)
    rad.grunn = grunn.strip()


def gjenaapne(rad: Vurdering, grunn: str, *, av: User) -> None:
    """Open an approved one again, because something in it is wrong. Raises UgyldigFelt, UgyldigSteg."""
    require(av, Rettighet.EVALUERING_STYR)
    sjekk_grunn(grunn)
    _steg(rad, Handling.GJENAAPNE, av=av)
    rad.grunn, rad.godkjent = grunn.strip(), None


def _krev_lest(rad: Vurdering, versjon: int) -> None:
    if rad.versjon != versjon:
        raise Endret


def _steg(rad: Vurdering, handling: Handling, *, av: User) -> None:
    rad.status = ta_steg(rad.status, handling)
    db.session.flush()
    audit.record(Hva.VURDERING_STATUS, av=av, gjelder=_ting(rad), detalj=handling.value)


def _ting(rad: Vurdering) -> Ting:
    return Ting("vurdering", rad.id, rad.enhet_id)
