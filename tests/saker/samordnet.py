"""What the tests of coordination share: a family known to several units, and its consent."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from koordinering.db import db, i_dag, transaction
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.behov import SamtykkeFra, Samtykkemaate
from koordinering.saker.samordning import queries, services
from koordinering.saker.samordning.models import Samordning
from koordinering.saker.samordning.queries import Adgang
from koordinering.saker.samordning.rules import NySamordning
from koordinering.users import User
from tests.fabrikk import bruker


def ny(sak: Sak, *enheter: str, **felt: Any) -> NySamordning:
    """The guardian's written consent today, for all the children and a year ahead."""
    valg: dict[str, Any] = {
        "barn": tuple(b.id for b in sak.barn),
        "maate": Samtykkemaate.SKRIFTLIG,
        "fra": SamtykkeFra.FORESATT,
        "gitt": i_dag(),
        "gyldig_til": i_dag() + timedelta(days=365),
    }
    return NySamordning(enheter=enheter, **(valg | felt))


def samordning(sak: Sak, av: str, *enheter: str, barn: Collection[int] | None = None, **felt: Any) -> Samordning:
    """A consent that this user's unit registers on its case."""
    with transaction():
        sak = db.session.get_one(Sak, sak.id)
        valgt = {} if barn is None else {"barn": tuple(b.id for nr, b in enumerate(sak.barn) if nr in barn)}
        return services.registrer(sak, ny(sak, *enheter, **valgt, **felt), av=bruker(av))


def adgang(user: User, samordning_id: int, *, sak: Sak | None = None, henvisning: Henvisning | None = None) -> Adgang:
    """Where this user stands, from a case or a referral; as the pages find it."""
    if sak is not None:
        return queries.adgang(queries.egen_eller_staaende(user, sak), sak.id, samordning_id)
    assert henvisning is not None
    return queries.adgang(queries.fra_henvisning(user, henvisning), henvisning.sak_id, samordning_id)


def notat(av: str, samordning_id: int, tekst: str, **fra: Any) -> int:
    """A note of this user's."""
    with transaction():
        return services.skriv_notat(adgang(bruker(av), samordning_id, **fra), tekst, av=bruker(av)).id
