"""Keeping the cards of each year."""

from pathlib import Path

import yaml
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db
from koordinering.errors import ConfigError, Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak import queries
from koordinering.tiltak.models import Kortaar, Tiltak
from koordinering.tiltak.rules import (
    Beholdningsslag,
    Kortenhet,
    sjekk_antall,
)
from koordinering.tiltak.services.enheter import _opprett_beholdning, sett_antall
from koordinering.users import User

KORTFIL = Path(__file__).parents[2] / "data" / "kort.yaml"


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
