"""The index of open tables, as PxWebApi 2 answers `GET /tables`: each with links to its metadata and its data.

The data of a table is JSON-stat 2.0, which is that interface's own form. Classes may be chosen by
`valueCodes[dimension]=code,code`: what is left out of a protected table tells nothing that the whole does not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from koordinering.statistikk.aapne.export.dcat import Datasett
from koordinering.statistikk.aapne.rules import UgyldigUtvalg
from koordinering.statistikk.disclosure import SafeTable
from koordinering.statistikk.export import Utgivelse, som_jsonstat

SPRAAK = "no"
ALT = "*"
"""Every class of a dimension."""
API = "/api/v2/tables"


@dataclass(frozen=True)
class Utsnitt:
    """Which page of the index it is."""

    side: int
    """Counted from 1."""
    stoerrelse: int
    antall: int
    """Tables in the whole index."""

    @property
    def sider(self) -> int:
        """Pages in all; an empty index has one."""
        return max(1, -(-self.antall // self.stoerrelse))


def tabelloppslag(sett: Datasett, adresse: Callable[[str], str]) -> dict[str, Any]:
    """One table: what it is called, its year, and where its data are."""
    sted = adresse(f"/{sett.nummer}/{sett.kode}")
    api = adresse(f"{API}/{sett.nummer}-{sett.kode}")
    return {
        "type": "Table",
        "id": f"{sett.nummer}-{sett.kode}",
        "language": SPRAAK,
        "label": f"{sett.tittel}, {sett.aar}",
        "updated": f"{sett.publisert.isoformat()}T00:00:00Z",
        "firstPeriod": str(sett.aar),
        "lastPeriod": str(sett.aar),
        "timeUnit": "Annual",
        "category": "public",
        "discontinued": False,
        "links": [
            {"rel": "self", "hreflang": SPRAAK, "href": api},
            {"rel": "metadata", "hreflang": SPRAAK, "href": f"{api}/metadata"},
            {"rel": "data", "hreflang": SPRAAK, "href": f"{api}/data"},
            {"rel": "alternate", "type": "text/csv", "hreflang": SPRAAK, "href": f"{sted}.csv"},
            {"rel": "alternate", "type": "text/html", "hreflang": SPRAAK, "href": sted},
        ],
    }


def tabellindeks(sett: Sequence[Datasett], utsnitt: Utsnitt, adresse: Callable[[str], str]) -> dict[str, Any]:
    """A page of the index."""

    def side(rel: str, nummer: int) -> dict[str, str]:
        spoerring = f"?pageNumber={nummer}&pageSize={utsnitt.stoerrelse}"
        return {"rel": rel, "hreflang": SPRAAK, "href": adresse(f"{API}{spoerring}")}

    lenker = [side("self", utsnitt.side), side("first", 1), side("last", utsnitt.sider)]
    if utsnitt.side < utsnitt.sider:
        lenker.append(side("next", utsnitt.side + 1))
    if utsnitt.side > 1:
        lenker.append(side("previous", utsnitt.side - 1))
    return {
        "language": SPRAAK,
        "tables": [tabelloppslag(ett, adresse) for ett in sett],
        "page": {
            "pageNumber": utsnitt.side,
            "pageSize": utsnitt.stoerrelse,
            "totalElements": utsnitt.antall,
            "totalPages": utsnitt.sider,
        },
        "links": lenker,
    }


def metadata(tabell: SafeTable, utgivelse: Utgivelse) -> dict[str, Any]:
    """What a table consists of: the same set without its figures."""
    hel = som_jsonstat(tabell, utgivelse)
    return {navn: verdi for navn, verdi in hel.items() if navn != "status"} | {"value": []}


def utvalg(tabell: SafeTable, utgivelse: Utgivelse, valgt: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The table with only these classes of these dimensions; the others whole. Raises UgyldigUtvalg."""
    hel = som_jsonstat(tabell, utgivelse)
    if not set(valgt) <= set(hel["id"]):
        raise UgyldigUtvalg
    beholdt = [_beholdt(hel["dimension"][navn]["category"]["index"], valgt.get(navn, (ALT,))) for navn in hel["id"]]
    steg = [prod(hel["size"][nr + 1 :]) for nr in range(len(hel["size"]))]
    plasser = [sum(p * s for p, s in zip(plass, steg, strict=True)) for plass in product(*beholdt)]
    status = hel.get("status", {})
    for navn, plass in zip(hel["id"], beholdt, strict=True):
        hel["dimension"][navn]["category"] = _kategorier(hel["dimension"][navn]["category"], plass)
    hel["size"] = [len(plass) for plass in beholdt]
    hel["value"] = [hel["value"][plass] for plass in plasser]
    hel["status"] = {str(ny): status[str(plass)] for ny, plass in enumerate(plasser) if str(plass) in status}
    return {navn: verdi for navn, verdi in hel.items() if verdi != {}}


def _beholdt(koder: Sequence[str], valgt: Sequence[str]) -> list[int]:
    if ALT in valgt:
        return list(range(len(koder)))
    if not valgt or not set(valgt) <= set(koder):
        raise UgyldigUtvalg
    return [nr for nr, kode in enumerate(koder) if kode in valgt]


def _kategorier(kategori: Mapping[str, Any], plasser: Sequence[int]) -> dict[str, Any]:
    koder = [kategori["index"][plass] for plass in plasser]
    barn = {
        kode: [d for d in deler if d in koder] for kode, deler in kategori.get("child", {}).items() if kode in koder
    }
    felt: dict[str, Any] = {
        "index": koder,
        "label": {kode: kategori["label"][kode] for kode in koder},
        "child": {kode: deler for kode, deler in barn.items() if deler},
        "unit": {kode: enhet for kode, enhet in kategori.get("unit", {}).items() if kode in koder},
    }
    return {navn: verdi for navn, verdi in felt.items() if verdi}
