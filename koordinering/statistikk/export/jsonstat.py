"""JSON-stat 2.0: one data set per table. Hidden cells are null, and their status is the sign."""

import json
from typing import Any

from koordinering.statistikk.disclosure import SUM_TEKST, TOTAL, Dimensjon, SafeTable, Slag, Tegn
from koordinering.statistikk.export.felles import Utgivelse, bare_trygg
from koordinering.tekst import N_

ENHET, AAR = "enhet", "aar"
"""Codes of the dimensions that every set has: the unit counted in, and the year."""


def to_jsonstat(table: SafeTable, utgivelse: Utgivelse | None = None, kobling: str | None = None) -> str:
    """The set as a file."""
    return json.dumps(som_jsonstat(table, utgivelse, kobling), ensure_ascii=False, indent=1)


def som_jsonstat(table: SafeTable, utgivelse: Utgivelse | None = None, kobling: str | None = None) -> dict[str, Any]:
    """The dimensions of the table, then the year, then the unit; the last one runs fastest.

    `kobling`: how cases were linked, in words, where no release tells it.
    """
    bare_trygg(table)
    celler = [celle for noekkel in table.noekler for celle in table.celler[noekkel]]
    data: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": table.tittel,
        "source": utgivelse.kommune if utgivelse else N_("Arbeidstall. Ikke for publisering."),
        "updated": (utgivelse.publisert if utgivelse else table.oeyeblikksbilde).isoformat(),
        "id": [*(d.kode for d in table.dimensjoner), AAR, ENHET],
        "size": [*(len(d.koder) for d in table.dimensjoner), 1, len(table.kolonner)],
        "role": {"time": [AAR], "metric": [ENHET]},
        "dimension": {
            **{d.kode: _dimensjon(d) for d in table.dimensjoner},
            AAR: {
                "label": N_("År"),
                "category": {"index": [str(table.aar)], "label": {str(table.aar): str(table.aar)}},
            },
            ENHET: _enheter(table),
        },
        "value": [None if isinstance(celle, Tegn) else celle for celle in celler],
        "status": {str(nr): celle.value for nr, celle in enumerate(celler) if isinstance(celle, Tegn)},
        "note": [*(f"{d.tekst} ({N_('versjon')} {d.versjon})" for d in table.telledefinisjoner), *_merknader(table)],
        "extension": _utvidelse(table, utgivelse, kobling),
    }
    return {navn: verdi for navn, verdi in data.items() if verdi != {}}


def _dimensjon(dimensjon: Dimensjon) -> dict[str, Any]:
    """With `child` where the classes have parents; the total is the parent of them all."""
    barn = {kode: list(dimensjon.deler(kode)) for kode in dimensjon.koder}
    return {
        "label": dimensjon.etikett,
        "category": {
            "index": list(dimensjon.koder),
            "label": {**{k.kode: k.etikett for k in dimensjon.kategorier}, TOTAL: SUM_TEKST},
            "child": {kode: deler for kode, deler in barn.items() if deler},
        },
    }


def _enheter(table: SafeTable) -> dict[str, Any]:
    return {
        "label": N_("Enhet"),
        "category": {
            "index": list(table.kolonnekoder),
            "label": {k.kode: k.etikett for k in table.kolonner},
            "unit": {k.kode: {"decimals": 0, "label": _maal(k.slag)} for k in table.kolonner},
        },
    }


def _maal(slag: Slag) -> str:
    return N_("kroner") if slag is Slag.BELOEP else N_("antall")


def _merknader(table: SafeTable) -> list[str]:
    return [*(str(melding) for melding in table.forklaring), *(f"{t.value} {t.tekst}" for t in Tegn)]


def _utvidelse(table: SafeTable, utgivelse: Utgivelse | None, kobling: str | None) -> dict[str, Any]:
    """What JSON-stat has no place for."""
    felt: dict[str, Any] = {
        "tabell": table.kode,
        "terskel": table.terskel,
        "tall_fra": table.oeyeblikksbilde.isoformat(),
        "overlapper": [k.kode for k in table.kolonner if not k.additiv],
    }
    kobling = utgivelse.kobling if utgivelse is not None else kobling
    if kobling is not None:
        felt["kobling"] = kobling
    if utgivelse is not None:
        felt |= {"publisering": utgivelse.nummer, "sha256": utgivelse.sha256}
    return felt
