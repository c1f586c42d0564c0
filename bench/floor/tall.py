"""A table of one dimension of a year that has been counted, last year's beside it: read as it was protected then."""

import json
from types import SimpleNamespace
from typing import Any

from flask import abort, render_template

from bench.floor.basen import hull, som_dag
from bench.floor.rammen import Gulvet, krev_rett
from koordinering.statistikk.disclosure import Tegn
from koordinering.statistikk.export import Format
from koordinering.statistikk.measures import definisjoner
from koordinering.users import Koblingsmodus

_NYESTE = """SELECT b.aar, b.id, b.koblingsmodus, t.beskyttet
    FROM (SELECT aar, max(dato) AS dato FROM oeyeblikksbilde WHERE aar IN ({}) GROUP BY aar) n
    JOIN oeyeblikksbilde b ON b.aar = n.aar AND b.dato = n.dato
    JOIN bildetabell t ON t.bilde_id = b.id AND t.kode = ?"""


def vis(gulvet: Gulvet, kode: str, aar: int) -> str:
    """The page."""
    meg = gulvet.hvem()
    krev_rett(meg, "statistikk:les")
    siste = nyeste(gulvet, kode, aar, aar - 1)
    if aar not in siste:
        abort(404)
    bilde, fjor = siste[aar], siste.get(aar - 1)
    gulvet.lest(meg, "tall_lest", "oeyeblikksbilde", bilde.id, f"{kode}-{aar}")
    alle = definisjoner()
    return render_template(
        "statistikk/tabell.html",
        vis=SimpleNamespace(
            definisjon=alle[kode], aar=aar, side=_side(bilde, fjor), koblingsmodus=Koblingsmodus(bilde.modus)
        ),
        alternativer=[(en, alle[en].tittel) for en in alle[kode].enveis],
        koblingstabell="kobling" if "kobling" in alle else None,
        tegn=Tegn,
        formater=Format,
        **gulvet.paa_siden(meg),
    )


def nyeste(gulvet: Gulvet, kode: str, *aar: int) -> dict[int, SimpleNamespace]:
    """The table in each year's newest snapshot, in one query."""
    rader = gulvet.basen.les(_NYESTE.format(hull(len(aar))), *aar, kode)
    return {ett: SimpleNamespace(id=id_, modus=modus, tabell=json.loads(lagret)) for ett, id_, modus, lagret in rader}


def vist(tabell: dict[str, Any]) -> float:
    """The share of the numbers that is shown, of those that can be."""
    celler = [celle for _, rad in tabell["celler"] for celle in rad if celle != "."]
    return sum(isinstance(celle, int) for celle in celler) / len(celler) if celler else 1.0


def klasser(tabell: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Code, label and level of each class; the total last."""
    nivaa: dict[str | None, int] = {None: -1}
    (dimensjon,) = tabell["dimensjoner"]
    for kode, _, forelder in dimensjon[2]:
        nivaa[kode] = nivaa[forelder] + 1
    return [*((kode, etikett, nivaa[kode]) for kode, etikett, _ in dimensjon[2]), ("Total", "I alt", 0)]


def _side(bilde: SimpleNamespace, fjor: SimpleNamespace | None) -> SimpleNamespace:
    t, andel = bilde.tabell, vist(bilde.tabell)
    likt = fjor is not None and (bilde.modus, _telling(t)) == (fjor.modus, _telling(fjor.tabell))
    celler = _celler(t)
    foer = _celler(fjor.tabell) if fjor is not None and likt else None
    mangler = [Tegn.MANGLER] * len(t["kolonner"])
    rader = [
        {
            "hode": {"etikett": etikett, "nivaa": nivaa, "er_sum": kode == "Total"},
            "celler": celler[kode],
            "fjor": foer.get(kode, mangler) if foer is not None else None,
        }
        for kode, etikett, nivaa in klasser(t)
    ]
    flate = {
        "radtittel": t["dimensjoner"][0][1],
        "kolonner": [{"enhet": kolonne[1]} for kolonne in t["kolonner"]],
        "rader": rader,
        "har_fjor": foer is not None,
    }
    return SimpleNamespace(
        tabell=_tabell(t), flater=[flate], diagrammer=_figurer(t, celler) if andel else [], ventetider=(),
        brudd=fjor is not None and not likt, mye_skjult=andel < 0.5, prosent_vist=int(100 * andel),
    )  # fmt: skip


def _telling(tabell: dict[str, Any]) -> Any:
    """What two years must have in common to stand beside each other."""
    (dimensjon,) = tabell["dimensjoner"]
    enheter = [[kode, lenke, additiv] for kode, _, lenke, additiv, _ in tabell["kolonner"]]
    return tabell["telledefinisjoner"], dimensjon[0], [[k[0], k[2]] for k in dimensjon[2]], enheter


def _celler(tabell: dict[str, Any]) -> dict[str, list[int | Tegn]]:
    return {kode: [Tegn(c) if isinstance(c, str) else c for c in rad] for (kode,), rad in tabell["celler"]}


def _tabell(t: dict[str, Any]) -> dict[str, Any]:
    """What the template asks of the table itself."""
    return {
        **{navn: t[navn] for navn in ("kode", "tittel", "aar", "terskel", "dimensjoner")},
        "oeyeblikksbilde": som_dag(t["oeyeblikksbilde"]),
        "kolonner": [{"etikett": kolonne[1], "additiv": kolonne[3]} for kolonne in t["kolonner"]],
        "forklaring": [{"msgid": msgid, "verdier": verdier} for msgid, verdier in t["forklaring"]],
        "telledefinisjoner": [{"tekst": tekst, "versjon": versjon} for tekst, versjon in t["telledefinisjoner"]],
    }


def _figurer(t: dict[str, Any], celler: dict[str, list[int | Tegn]]) -> list[dict[str, Any]]:
    """One picture, of the outermost classes in the first unit."""
    rader = [
        (etikett, verdi if isinstance(verdi, int) else None)
        for kode, etikett, forelder in t["dimensjoner"][0][2]
        if forelder is None and (verdi := celler[kode][0]) is not Tegn.IKKE_AKTUELT
    ]
    maks = max([1, *(verdi for _, verdi in rader if verdi is not None)])
    return [{"tittel": t["kolonner"][0][1], "rader": rader, "maks": maks}] if rader else []
