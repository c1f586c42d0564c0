"""The catalogue's «at most as many as» (data/telledefinisjoner.yaml), read into what engine and audit understand."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from koordinering.statistikk.disclosure import Ledd, Trinn, Ulikhet, Utvalg

_LEDD = re.compile(r"(?:(?P<ganger>[0-9]+|\$[a-z]+) )?(?P<lenke>[a-z_]+)(?:\[(?P<klasser>[^\]]+)\])?", re.ASCII)


def ulikhet(lest: Mapping[str, Any]) -> Ulikhet:
    """One of them. Raises ValueError for what cannot be read."""
    return Ulikhet(
        hva=lest["hva"],
        tall=_side(lest["tall"]),
        hoeyst=_side(lest["hoeyst"]),
        hver=_variabler(lest.get("hver", {})),
        sum=_variabler(lest.get("sum", {})),
        fra=int(lest["fra"]),
        forbehold=lest.get("forbehold", ""),
    )


def _side(ledd: Iterable[str]) -> tuple[Ledd, ...]:
    return tuple(_ledd(en) for en in ledd)


def _ledd(tekst: str) -> Ledd:
    funnet = _LEDD.fullmatch(tekst)
    if funnet is None:
        raise ValueError(f"not a number of the catalogue: {tekst}")
    ganger = funnet["ganger"] or "1"
    klasser = (par.strip().split("=") for par in (funnet["klasser"] or "").split(",") if par)
    return Ledd(
        funnet["lenke"],
        tuple((dimensjon, kode) for dimensjon, kode in klasser),
        int(ganger) if ganger.isdigit() else ganger,
    )


def _variabler(lest: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, Utvalg], ...]:
    return tuple((navn, _utvalg(utvalg)) for navn, utvalg in lest.items())


def _utvalg(lest: Mapping[str, Any]) -> Utvalg:
    return Utvalg(
        dimensjon=lest["dimensjon"],
        tabeller=tuple(lest["tabeller"]),
        trinn=Trinn(lest.get("trinn", Trinn.BLADER)),
        bare=tuple(lest.get("bare", ())),
        unntatt=tuple(lest.get("unntatt", ())),
    )
