"""Series that the product counts itself: a year's figure from each released table, and nothing that is not released."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from koordinering.db import db
from koordinering.plan.serier.rules import Opphav, Punkt, Serie
from koordinering.plan.serier.rules.brudd import NY_DEFINISJON, med_brudd
from koordinering.statistikk import services as statistikk
from koordinering.statistikk.disclosure import TOTAL, SafeTable, Tegn
from koordinering.statistikk.services import Aarstabell
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak, TiltakMekanikk
from koordinering.users import User

_FIL = Path(__file__).parents[3] / "data" / "tellespoersmaal.yaml"
FORAN = "~talt."
"""How the id of a counted series begins: no id of a plan has a tilde."""
_DELVIS = N_("Året er ikke talt ferdig: tallet er fra %(dato)s.")
_FOER_DELVIS = N_("Året før er ikke talt ferdig.")
_KILDE = N_("Koordinering, publiserte tall")


@dataclass(frozen=True)
class Spoersmaal:
    """Where in which table the figure of a series stands."""

    id: str
    navn: str
    tabell: str
    kolonne: str
    tiltak: tuple[str, ...]
    dimensjon: str | None = None
    klasse: str = TOTAL

    def noekkel(self, tabell: SafeTable) -> tuple[str, ...] | None:
        """The cell; None where the table of that year has no row for it."""
        noekkel = tuple(self.klasse if d.kode == self.dimensjon else TOTAL for d in tabell.dimensjoner)
        return noekkel if noekkel in tabell.celler and self.kolonne in tabell.kolonnekoder else None


@cache
def _katalog() -> Mapping[str, list[dict[str, str]]]:
    innhold: dict[str, Any] = yaml.safe_load(_FIL.read_text(encoding="utf-8"))
    return innhold


def talte(av: User) -> list[Serie]:
    """The counted series that have at least one released year. Two queries."""
    koder = {en["tabell"] for del_ in _katalog().values() for en in del_}
    tabeller: dict[str, list[Aarstabell]] = {}
    for aars in statistikk.aarstabeller(koder, av=av):
        tabeller.setdefault(aars.tabell.kode, []).append(aars)
    alle = (_serie(en, tabeller.get(en.tabell, [])) for en in _spoersmaal())
    return [serie for serie in alle if serie.punkter]


def _spoersmaal() -> Iterator[Spoersmaal]:
    query = select(Tiltak.id, Tiltak.kortnavn, TiltakMekanikk.mekanikk).outerjoin(TiltakMekanikk)
    navn: dict[str, str] = {}
    gis: dict[str, list[str]] = {}
    for tiltak_id, kortnavn, mekanikk in db.session.execute(query.order_by(Tiltak.orden, Tiltak.id)):
        navn[tiltak_id] = kortnavn
        gis.setdefault(mekanikk, []).append(tiltak_id)
    for en in _katalog()["etter_tiltak"]:
        stamme = f"{FORAN}{en['tabell']}.{en['kolonne']}"
        for tiltak_id, kortnavn in navn.items():
            yield Spoersmaal(
                f"{stamme}.{tiltak_id}", f"{en['navn']}: {kortnavn}", en["tabell"], en["kolonne"], (tiltak_id,),
                en["dimensjon"], tiltak_id,
            )  # fmt: skip
    for en in (*_katalog()["mekanikk"], *_katalog()["samlet"]):
        tiltak = tuple(gis.get(en.get("mekanikk", ""), ()))
        yield Spoersmaal(f"{FORAN}{en['tabell']}.{en['kolonne']}", en["navn"], en["tabell"], en["kolonne"], tiltak)


def _serie(spoersmaal: Spoersmaal, tabeller: Iterable[Aarstabell]) -> Serie:
    punkter: list[Punkt] = []
    foer: Aarstabell | None = None
    enhet = definisjon = ""
    for aars in tabeller:
        noekkel = spoersmaal.noekkel(aars.tabell)
        celle = aars.tabell.celle(noekkel, spoersmaal.kolonne) if noekkel else Tegn.IKKE_AKTUELT
        if celle is Tegn.IKKE_AKTUELT:
            continue
        kolonne = aars.tabell.kolonner[aars.tabell.kolonnekoder.index(spoersmaal.kolonne)]
        enhet, definisjon = kolonne.etikett.lower(), " ".join(d.tekst for d in aars.tabell.telledefinisjoner)
        skjult = isinstance(celle, Tegn)
        grunn = _brudd(foer, aars)
        punkter.append(
            Punkt(
                str(aars.tabell.aar),
                verdi=None if skjult else float(celle),
                tegn=celle.value if isinstance(celle, Tegn) else None,
                brudd=grunn is not None,
                brudd_grunn=grunn,
                kilde=f"Publisering {aars.nummer}",
            )
        )
        foer = aars
    return Serie(
        spoersmaal.id, spoersmaal.navn, enhet, _KILDE, definisjon, spoersmaal.tiltak, med_brudd(punkter), Opphav.TALT
    )


def _ferdig(aars: Aarstabell) -> bool:
    return aars.tabell.oeyeblikksbilde >= date(aars.tabell.aar, 12, 31)


def _brudd(foer: Aarstabell | None, naa: Aarstabell) -> str | None:
    """Counted in another way than the year before, or one of the two before it was over."""
    if not _ferdig(naa):
        return _DELVIS % {"dato": naa.tabell.oeyeblikksbilde.strftime("%d.%m.%Y")}
    if foer is None:
        return None
    if foer.kobling is not naa.kobling or foer.tabell.telledefinisjoner != naa.tabell.telledefinisjoner:
        return NY_DEFINISJON
    return None if _ferdig(foer) else _FOER_DELVIS
