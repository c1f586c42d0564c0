"""Raw counts as JSON, to stay in the database with their snapshot, and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from koordinering.statistikk.disclosure import Dimensjon, Kategori, Kolonne, Raatall, RawCounts, Slag, Telledefinisjon


def til_lagring(raw: RawCounts) -> dict[str, Any]:
    """The raw counts as JSON, whole."""
    return {
        "kode": raw.kode,
        "tittel": raw.tittel,
        "aar": raw.aar,
        "dimensjoner": [[d.kode, d.etikett, [list(k) for k in d.kategorier]] for d in raw.dimensjoner],
        "kolonner": [list(kolonne) for kolonne in raw.kolonner],
        "celler": [[list(n), list(c.tall), c.bak, c.stoerste] for n, c in raw.celler.items()],
        "telledefinisjoner": [list(d) for d in raw.telledefinisjoner],
        "oeyeblikksbilde": raw.oeyeblikksbilde.isoformat(),
        "strukturelle": sorted(map(list, raw.strukturelle)),
        "eiere": None
        if raw.eiere is None
        else [[eier, sorted(map(list, noekler))] for eier, noekler in sorted(raw.eiere.items())],
    }


def fra_lagring(lagret: Mapping[str, Any]) -> RawCounts:
    """Read back what `til_lagring` stored."""
    eiere = lagret["eiere"]
    return RawCounts(
        kode=lagret["kode"],
        tittel=lagret["tittel"],
        aar=lagret["aar"],
        dimensjoner=tuple(
            Dimensjon(kode, etikett, tuple(Kategori(*k) for k in kategorier))
            for kode, etikett, kategorier in lagret["dimensjoner"]
        ),
        kolonner=tuple(
            Kolonne(kode, etikett, lenke, additiv, Slag(slag))
            for kode, etikett, lenke, additiv, slag in lagret["kolonner"]
        ),
        celler={tuple(n): Raatall(tuple(tall), bak, stoerste) for n, tall, bak, stoerste in lagret["celler"]},
        telledefinisjoner=tuple(Telledefinisjon(*d) for d in lagret["telledefinisjoner"]),
        oeyeblikksbilde=date.fromisoformat(lagret["oeyeblikksbilde"]),
        strukturelle=frozenset(map(tuple, lagret["strukturelle"])),
        eiere=None if eiere is None else {eier: frozenset(map(tuple, noekler)) for eier, noekler in eiere},
    )
