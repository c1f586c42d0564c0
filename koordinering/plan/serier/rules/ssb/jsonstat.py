"""JSON-stat 2.0 as PxWebApi gives it (json-stat.org/full)."""

import json
from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

from koordinering.plan.serier.rules.fil import UlesbarFil
from koordinering.plan.serier.rules.ssb.celler import Celle, Datasett, gjett_enhet, les_region, les_tid, tabellnummer
from koordinering.statistikk.disclosure import Tegn
from koordinering.tekst import N_

MAKS_CELLER = 200_000
_ROLLER = {"time": ("Tid",), "geo": ("Region",), "metric": ("ContentsCode",)}
"""What each role is called where the file does not say it."""
_UGYLDIG = N_("Filen er ikke JSON-stat 2.0. Velg «JSON-stat versjon 2» eller «Semikolondelt (csv)» i Statistikkbanken.")


def les_jsonstat(innhold: bytes) -> Datasett:
    """Every cell of the dataset. Raises UlesbarFil for whatever is not one."""
    try:
        data = json.loads(innhold.decode("utf-8-sig"))
        return _les(data)
    except UlesbarFil:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OverflowError):
        raise UlesbarFil(_UGYLDIG) from None


def _les(data: Any) -> Datasett:
    if not isinstance(data, dict) or data.get("class") != "dataset" or str(data.get("version", "2.0"))[:1] != "2":
        raise UlesbarFil(_UGYLDIG)
    ider, stoerrelse = list(map(str, data["id"])), list(map(int, data["size"]))
    if len(ider) != len(stoerrelse) or not 0 < prod(stoerrelse) <= MAKS_CELLER:
        raise UlesbarFil(N_("Filen har for mange tall. Velg færre verdier i Statistikkbanken."))
    dimensjoner = [_Dimensjon(ider[nr], data["dimension"][ider[nr]], n) for nr, n in enumerate(stoerrelse)]
    roller = {rolle: _finn(data, rolle, ider) for rolle in _ROLLER}
    if roller["time"] is None or roller["geo"] is None:
        raise UlesbarFil(N_("Filen mangler tid eller region."))
    tabell = str(data.get("extension", {}).get("px", {}).get("tableid", "")) or tabellnummer(str(data.get("label", "")))
    celler = []
    for nr, plass in enumerate(product(*(range(n) for n in stoerrelse))):
        celle = _celle(data, nr, dict(zip(ider, plass, strict=True)), dimensjoner, roller)
        if celle is not None:
            celler.append(celle)
    return Datasett(tabell if tabell.isdigit() else "", tuple(celler))


class _Dimensjon:
    """One variable: its codes in order, their labels and units."""

    def __init__(self, id_: str, data: Mapping[str, Any], antall: int) -> None:
        kategori = data["category"]
        self.id = id_
        self.etiketter: Mapping[str, str] = kategori.get("label", {})
        indeks = kategori.get("index", list(self.etiketter))
        self.koder = sorted(indeks, key=indeks.__getitem__) if isinstance(indeks, dict) else list(map(str, indeks))
        self.enheter: Mapping[str, Any] = kategori.get("unit", {})
        if len(self.koder) != antall:
            raise ValueError("size")

    def etikett(self, nr: int) -> str:
        """The label of a value, its code where there is none."""
        return str(self.etiketter.get(self.koder[nr], self.koder[nr])).strip()


def _finn(data: Mapping[str, Any], rolle: str, ider: list[str]) -> str | None:
    sagt = data.get("role", {}).get(rolle) or _ROLLER[rolle]
    return next((en for en in sagt if en in ider), None)


def _celle(
    data: Mapping[str, Any],
    nr: int,
    plass: Mapping[str, int],
    dimensjoner: list[_Dimensjon],
    roller: Mapping[str, str | None],
) -> Celle | None:
    av = {d.id: d for d in dimensjoner}
    tid, sted, maalt = roller["time"], roller["geo"], roller["metric"]
    if tid is None or sted is None:
        return None
    periode = les_tid(av[tid].koder[plass[tid]])
    if periode is None:
        return None
    maal = av[maalt].etikett(plass[maalt]) if maalt else str(data.get("label", ""))
    enhet = av[maalt].enheter.get(av[maalt].koder[plass[maalt]], {}).get("base") if maalt else None
    verdi, tegn = _verdi(data, nr)
    return Celle(
        region=les_region(av[sted].etikett(plass[sted]), av[sted].koder[plass[sted]]),
        periode=periode.kode,
        maal=maal,
        enhet=str(enhet or gjett_enhet(maal)),
        klasser=tuple(d.etikett(plass[d.id]) for d in dimensjoner if d.id not in (tid, sted, maalt)),
        verdi=verdi,
        tegn=tegn,
    )


def _plass(samling: Any, nr: int) -> Any:
    """`value` and `status` are lists, or objects with the places that there are."""
    if isinstance(samling, dict):
        return samling.get(str(nr))
    return samling[nr] if isinstance(samling, list) else samling


def _verdi(data: Mapping[str, Any], nr: int) -> tuple[float | None, str | None]:
    verdi = _plass(data["value"], nr)
    if isinstance(verdi, (int, float)) and not isinstance(verdi, bool):
        return float(verdi), None
    tegn = _plass(data.get("status"), nr)
    kjent = {t.value for t in Tegn}
    return None, tegn if isinstance(tegn, str) and tegn in kjent else Tegn.MANGLER.value
