"""Made-up figures of the plan's indicators: five years of what is reported, NAV's months, and a table of SSB's."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from koordinering.db import db, i_dag, transaction
from koordinering.demo.brukere import demobrukere
from koordinering.plan import queries as planen
from koordinering.plan.serier import queries, services
from koordinering.plan.serier.models import Seriepunkt
from koordinering.plan.serier.rules import Serie
from koordinering.plan.serier.rules.foering import Tall
from koordinering.plan.serier.rules.periode import les_periode
from koordinering.plan.serier.rules.serieopplysninger import Serieopplysninger
from koordinering.plan.serier.rules.ssb import les_datasett, serier_for
from koordinering.plan.serier.rules.tall import les_tall
from koordinering.roles import Rolle
from koordinering.users import User

DATA = Path(__file__).parents[1] / "data"
SSB = DATA / "demo_ssb_12944.csv"


@cache
def _fil() -> list[dict[str, Any]]:
    serier: list[dict[str, Any]] = yaml.safe_load((DATA / "demotall.yaml").read_text(encoding="utf-8"))["serier"]
    return serier


def foer_tallene() -> None:
    """Enter them as the coordinator, by the services. Done once; a series that the plan does not have is left out."""
    av = next((user for user in demobrukere() if Rolle.KOORDINATOR in user.roller), None)
    if av is None or db.session.scalar(select(Seriepunkt.id).limit(1)) is not None:
        return
    alle = {serie.id: serie for serie in queries.serier(av)}
    plan = planen.plan(av)
    with transaction():
        for en in _fil():
            if en["serie"] in alle:
                _bestem(alle[en["serie"]], en, av)
                rader = [(alle[en["serie"]], tall) for tall in _tall(alle[en["serie"]], en)]
                services.importer(rader, bekreftet=True, av=av)
        if plan is not None and plan.kommunenummer == "3405":
            ssb = serier_for(les_datasett(SSB.read_bytes()), plan.kommunenummer, plan.kommune)
            services.importer_ssb(ssb, av=av)


def _bestem(serie: Serie, en: Mapping[str, Any], av: User) -> None:
    """Source, definition, target and measures, where the file has any."""
    opplysninger = Serieopplysninger(
        navn=serie.navn,
        enhet=serie.enhet,
        omraade=serie.omraade,
        kilde=en.get("kilde"),
        telledefinisjon=en.get("telledefinisjon"),
        maaneder=serie.maaneder,
        maal=en.get("maal"),
        maal_tekst=en.get("maal_tekst"),
        tiltak=frozenset(en.get("tiltak", ())),
        avsluttet=False,
        avsluttet_grunn=None,
    )
    services.endre_serie(serie.id, opplysninger, versjon=0, av=av)


def _tall(serie: Serie, en: Mapping[str, Any]) -> Iterator[Tall]:
    """The figures up to today; years are counted from this one."""
    dag = i_dag()
    for periode, verdi, grunn in _perioder(en, dag.year):
        tid = les_periode(periode)
        if tid is not None and tid.slutt < (dag.year, dag.month):
            tallet, tegn = les_tall(str(verdi), serie.enhetsslag)
            yield Tall(periode, tallet, tegn, brudd=grunn is not None, brudd_grunn=grunn)


def _perioder(en: Mapping[str, Any], i_aar: int) -> Iterator[tuple[str, Any, str | None]]:
    for aar, verdi in en.get("tall", {}).items():
        yield f"{i_aar + aar}", verdi, en.get("brudd", {}).get(aar)
    for aar, verdier in en.get("halvaar", {}).items():
        yield from ((f"{i_aar + aar}H{nr}", verdi, None) for nr, verdi in enumerate(verdier, 1))
    for aar, verdier in en.get("maaneder", {}).items():
        yield from ((f"{i_aar + aar}M{nr:02}", verdi, None) for nr, verdi in enumerate(verdier, 1))
