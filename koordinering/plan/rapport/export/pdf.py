"""The report as a tagged PDF that a blind councillor can read (PDF/UA-1)."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from koordinering import sats
from koordinering.plan.rapport.export import felles
from koordinering.plan.rapport.rules.innhold import Avsnitt, Rapport, Strategidel, Tallrad, Tiltaksdel
from koordinering.tekst import N_

_MAL = (files("koordinering") / "data" / "planrapport.typ").read_bytes()
_LANG = 1_500
"""Signs of a cell that may be broken across two pages; a shorter row stands on one."""
_TALLBREDDER = (1.1, 3.6, 1.6, 1.2, 1.2, 1.8, 2.6, 3.4)


def til_pdf(rapport: Rapport, nr: int | None) -> bytes:
    """The report; `nr` of a frozen one, None for a draft."""
    return sats.til_pdf(_MAL, _data(rapport, nr), _si_fra)


def _si_fra(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**data, "ingress": [*data["ingress"], felles.TEGN_BYTTET]}


def _data(rapport: Rapport, nr: int | None) -> dict[str, Any]:
    tittel = felles.tittel(rapport)
    return {
        "tittel": tittel,
        "kommune": rapport.kommune,
        "emneord": [rapport.tittel, str(rapport.aar)],
        "bunntekst": tittel if nr is not None else f"{tittel}. {N_('Utkast')}",
        "ingress": felles.ingress(rapport, nr),
        "oppsummering": felles.oppsummering(rapport),
        "innhold": N_("Innhold"),
        "bildetittel": N_("Bilder"),
        "deler": list(_deler(rapport)),
    }


def _del(tittel: str, **felt: Any) -> dict[str, Any]:
    tomt: dict[str, Any] = {
        "ny_side": False, "avsnitt": [], "lister": [], "matrise": None, "tabeller": [], "bilder": [],
    }  # fmt: skip
    return {"tittel": tittel, **tomt, **felt}


def _deler(r: Rapport) -> Iterator[dict[str, Any]]:
    yield _del(N_("Om planen"), avsnitt=[r.vedtak], lister=[_liste(r.delmaal)])
    tabeller = [_tabell(N_("Tiltakene"), felles.STATUS, list(felles.statusrader(r)), r.aar, tall=range(1, 6))]
    if r.hovedtall:
        tabeller.append(_talltabell(felles.HELE_PLANEN, r.hovedtall, r.aar))
    yield _del(N_("Status"), tabeller=tabeller)
    for strategi in r.strategier:
        yield _strategi(strategi, r.aar)
    if r.krav:
        rader = [(k.tiltak, k.hva, k.krav, k.antall, k.mangler) for k in r.krav]
        tabell = _tabell(N_("Krav og antall"), felles.KRAV, rader, r.aar, tall=(3,))
        yield _del(N_("Aktiviteter planen krever"), tabeller=[tabell])
    definisjoner = [(d.navn, d.tekst) for d in r.definisjoner]
    kilder = [(str(k.nummer), str(k.aar), k.publisert, k.sha256) for k in r.kilder]
    om_tallene = (
        _tabell(N_("Slik er det telt"), felles.DEFINISJONER, definisjoner, r.aar, (1, 3)),
        _tabell(N_("Tegn i tabellene"), felles.TEGN, [(t.navn, t.tekst) for t in r.tegn], r.aar, (1, 8)),
        _tabell(N_("Publiserte tall"), felles.KILDER, kilder, r.aar, (1, 1, 1.5, 8)),
    )
    tabeller = [tabell for tabell in om_tallene if tabell["rader"]]
    yield _del(N_("Om tallene"), ny_side=True, avsnitt=list(r.skjult), tabeller=tabeller)


def _strategi(s: Strategidel, aar: int) -> dict[str, Any]:
    return _del(
        felles.strategititler(s),
        avsnitt=[s.tekst],
        matrise={"hode": felles.kolonner(felles.MATRISE, aar), "rader": [_rad(t) for t in s.tiltak]},
        tabeller=[_talltabell(N_("Tall"), s.tall, aar)] if s.tall else [],
        bilder=[{"svg": b.svg, "tittel": b.tittel, "beskrivelse": f"{b.tittel}. {b.beskrivelse}"} for b in s.bilder],
    )


def _rad(t: Tiltaksdel) -> dict[str, Any]:
    return {
        "id": t.id,
        "navn": t.navn,
        "ansvar": ", ".join(t.ansvar),
        "evalueres": t.evalueres,
        "celle": _liste(t.celle),
        "lang": sum(len(a.tekst) for a in t.celle) > _LANG,
    }


def _liste(avsnitt: Sequence[Avsnitt]) -> list[dict[str, str]]:
    return [{"navn": a.navn, "tekst": a.tekst} for a in avsnitt]


def _talltabell(tittel: str, tall: Sequence[Tallrad], aar: int) -> dict[str, Any]:
    rader = [felles.tallceller(t) for t in tall]
    return _tabell(tittel, felles.TALL, rader, aar, _TALLBREDDER, (3, 4))


def _tabell(
    tittel: str,
    hode: tuple[str, ...],
    rader: Sequence[tuple[str, ...]],
    aar: int,
    bredder: Sequence[float] = (),
    tall: Sequence[int] = (),
) -> dict[str, Any]:
    return {
        "tittel": tittel,
        "hode": felles.kolonner(hode, aar),
        "rader": [list(rad) for rad in rader],
        "bredder": list(bredder or (1.0,) * len(hode)),
        "tall": list(tall),
    }
