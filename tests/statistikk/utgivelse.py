"""Steps of a release for tests: a counted town, and a draft that is made, checked and released by two coordinators."""

from datetime import date
from typing import Any

from koordinering.db import transaction
from koordinering.jobb.arbeider import arbeid
from koordinering.statistikk import queries, services
from koordinering.statistikk.models import Oeyeblikksbilde
from tests.statistikk.byen import HELSE, KULTUR, NAV, By

AAR = 2025
KODER = ["tjeneste", "alder"]
DAG = date(2026, 1, 15)


def bilde(folk: Any) -> Oeyeblikksbilde:
    """A snapshot of a town with one small service."""
    by = By(folk.nav1.id)
    with transaction():
        for enhet, mange in ((NAV, 31), (HELSE, 17), (KULTUR, 2)):
            for nr in range(mange):
                _henvist_to_ganger(by, enhet, f"{enhet}{nr}")
    return services.lag_bilde(AAR, DAG, av=None)


def _henvist_to_ganger(by: By, enhet: str, navn: str) -> None:
    """Were the referrals as many as the families, it would be known that no family has two services."""
    sak = by.sak(enhet, (navn, 2015))
    for _ in range(2):
        by.henvis(sak)


def en_til(folk: Any, antall: int = 1) -> None:
    """More families of the largest service."""
    by = By(folk.nav1.id)
    with transaction():
        for nr in range(antall):
            _henvist_to_ganger(by, NAV, f"ny{nr}")


def utkast(folk: Any, **felt: Any) -> int:
    """A draft by the first coordinator."""
    with transaction():
        return services.lag_utkast(AAR, felt.pop("koder", KODER), av=folk.koordinator1, **felt).id


def kontroller(folk: Any, publisering_id: int) -> None:
    """Have it checked by the job."""
    with transaction():
        services.bestill_kontroll(queries.publisering(folk.koordinator1, publisering_id), av=folk.koordinator1)
    arbeid(en_runde=True)


def kontrollert(folk: Any, **felt: Any) -> int:
    """A draft that has been checked by the job."""
    ny = utkast(folk, **felt)
    kontroller(folk, ny)
    return ny


def slipp(av: Any, publisering_id: int) -> None:
    """Let it out."""
    with transaction():
        services.publiser(queries.publisering(av, publisering_id), av=av)


def publisert(folk: Any, **felt: Any) -> int:
    """A release, by the second coordinator."""
    ny = kontrollert(folk, **felt)
    slipp(folk.koordinator2, ny)
    return ny
