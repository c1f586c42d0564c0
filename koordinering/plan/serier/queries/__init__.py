"""Reads series: those of the plan, the municipality's own, and those that the product has counted and released."""

from koordinering.plan.serier.queries.historikk import Historikk, Linje, historikk
from koordinering.plan.serier.queries.lesing import (
    er_egen,
    for_tiltak,
    gjeldende_punkter,
    kan_foere,
    kan_foeres,
    krev_foere,
    med_noekkel,
    serie,
    serier,
    serierad,
)

__all__ = [
    "Historikk",
    "Linje",
    "er_egen",
    "for_tiltak",
    "gjeldende_punkter",
    "historikk",
    "kan_foere",
    "kan_foeres",
    "krev_foere",
    "med_noekkel",
    "serie",
    "serierad",
    "serier",
]
