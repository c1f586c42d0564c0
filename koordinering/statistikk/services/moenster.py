"""The pattern of hidden cells: found once for an input, stored, and used for ever (DISCLOSURE.md sections 3 and 5)."""

import hashlib
import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from koordinering.db import db
from koordinering.statistikk import measures, queries
from koordinering.statistikk.disclosure import (
    Dimensjon,
    RawCounts,
    Regler,
    SafeTable,
    Tidligere,
    beskytt,
    fra_json,
)
from koordinering.statistikk.models import Moenster

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Utgitt:
    """What was released before of the same year, with the hash of all the raw counts it was made from."""

    raaavtrykk: str
    tabeller: tuple[Tidligere, ...]


@dataclass(frozen=True, repr=False)
class Funnet:
    """The pattern of an input, not stored yet where `nytt`."""

    avtrykk: str
    tabeller: Mapping[str, str]
    rapport: Mapping[str, Any]
    nytt: bool

    def __repr__(self) -> str:
        return "Funnet(...)"


def raaavtrykk(raa: Sequence[RawCounts], regler: Regler) -> str:
    """Hash of the counts and the rules: equal on two days on which nothing had changed."""
    return _avtrykk([_regler(regler), _raa(raa)])


def finn(raa: Sequence[RawCounts], regler: Regler, utgitt: Sequence[Utgitt], fjor: Sequence[SafeTable]) -> Funnet:
    """The pattern for these counts: the stored one, else a new one that is the caller's to store with `lagre`.

    Releases made from the very same counts are left out of the question, so that it gets the answer that it got
    before they were released; where that answer is not stored, the new pattern is protected against them too.
    `fjor` only moves the weights and is no part of the question.
    """
    mitt = raaavtrykk(raa, regler)
    andre = [t for en in utgitt if en.raaavtrykk != mitt for t in en.tabeller]
    avtrykk = _avtrykk([_regler(regler), _raa(raa), sorted(_tidligere(t) for t in andre)])
    lagret = queries.moenster(avtrykk)
    if lagret is not None:
        return Funnet(avtrykk, lagret.tabeller, lagret.rapport, nytt=False)
    start = time.monotonic()
    tidligere = [t for en in utgitt for t in en.tabeller]
    svar = beskytt(raa, regler, tidligere=tidligere, fjor=fjor, ulikheter=measures.ulikheter())
    rapport = {**asdict(svar.rapport), "i_alt_sekunder": round(time.monotonic() - start, 3)}
    rapport["regler"] = asdict(regler)
    log.info("protected %d tables in %.1f s", len(raa), rapport["i_alt_sekunder"])
    return Funnet(avtrykk, {t.kode: t.til_json() for t in svar.tabeller}, rapport, nytt=True)


def lagre(funnet: Funnet) -> Funnet:
    """Store a new pattern; where somebody stored one for the same input meanwhile, theirs came first and holds."""
    if not funnet.nytt:
        return funnet
    try:
        with db.session.begin_nested():
            db.session.add(
                Moenster(avtrykk=funnet.avtrykk, tabeller=dict(funnet.tabeller), rapport=dict(funnet.rapport))
            )
    except IntegrityError:
        lagret = queries.moenster(funnet.avtrykk)
        if lagret is None:
            raise
        return Funnet(lagret.avtrykk, lagret.tabeller, lagret.rapport, nytt=False)
    return funnet


def legg_paa(funnet: Funnet, raa: RawCounts) -> SafeTable:
    """The pattern's table with the words and the day of this count: the cells are those that were found first."""
    data = json.loads(funnet.tabeller[raa.kode])
    ord_ = {
        "tittel": raa.tittel,
        "dimensjoner": raa.dimensjoner,
        "kolonner": raa.kolonner,
        "telledefinisjoner": raa.telledefinisjoner,
        "oeyeblikksbilde": raa.oeyeblikksbilde.isoformat(),
    }
    return fra_json(json.dumps({**data, **ord_}))


# --- The canonical form of an input ----------------------------------------------------------------------


def _avtrykk(data: Any) -> str:
    tekst = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(tekst.encode()).hexdigest()


def _regler(regler: Regler) -> list[Any]:
    """What an attacker may know belongs to the question: a pattern found before a new «at most» is not used again."""
    ulikheter = [en._replace(hva="", forbehold="") for en in measures.ulikheter()]
    return [regler.terskel, regler.nuller_vises, ulikheter]


def _raa(raa: Sequence[RawCounts]) -> list[Any]:
    """Everything that decides a pattern; not the words and not the day."""
    ordnet = sorted(raa, key=lambda r: r.kode)
    return [[_tabell(r) for r in ordnet], _eiere(ordnet)]


def _tabell(r: RawCounts) -> list[Any]:
    return [
        r.kode,
        r.aar,
        [_dimensjon(d) for d in r.dimensjoner],
        [[k.kode, k.lenke, k.additiv, k.slag.value] for k in r.kolonner],
        sorted([list(n), *c] for n, c in r.celler.items()),
        sorted(map(list, r.strukturelle)),
    ]


def _dimensjon(d: Dimensjon) -> list[Any]:
    return [d.kode, [[k.kode, k.forelder] for k in d.kategorier]]


def _eiere(raa: Sequence[RawCounts]) -> list[Any]:
    """What each family fills alone, over all tables; their numbers differ from count to count and are left out."""
    fyller: dict[int, list[Any]] = {}
    for r in raa:
        for nr, celler in (r.eiere or {}).items():
            fyller.setdefault(nr, []).append([r.kode, sorted(map(list, celler))])
    return [sorted(fyller.values()), [r.eiere is None for r in raa]]


def _tidligere(t: Tidligere) -> str:
    return _avtrykk([_raa([t.raa]), sorted([list(n), [str(c) for c in celler]] for n, celler in t.vist.celler.items())])
