"""A picture of a series as SVG: plain shapes with presentation attributes, so that a page and typst draw the same.

No style attributes (the Content-Security-Policy forbids them) and no colour but the text's own: runs have markers of
different shape, and what matters is written where it stands. The stylesheet adds colour by class.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import cycle

from markupsafe import Markup

from koordinering.plan.bilder.rules import Ramme, Soyle, Spenn, Sted, Tegning, tegn_opp
from koordinering.plan.bilder.rules.etiketter import anker, bredde, med_plass, med_tall, tidsmerker
from koordinering.plan.serier.rules import Enhetsslag, Punkt, Serie
from koordinering.plan.serier.visning import Oversett, beskrivelse, tall, verditekst
from koordinering.tekst import N_

STOR = Ramme(640, 280, venstre=64, hoeyre=24, topp=40, bunn=34)
GNIST = Ramme(132, 32, venstre=5, hoeyre=5, topp=5, bunn=5)
_SKRIFT = 14
_MED_TALL = 8
"""Up to so many points each has its number."""
_SKJULT = 20
"""Height of the box that marks a gap."""
_TUNGE = frozenset({"bilde-tall", "bilde-tegn"})
_MAALET, _BRUDDET = N_("Mål"), N_("Brudd")
_FORMER = ("sirkel", "kvadrat", "rute", "trekant")


@dataclass(frozen=True)
class Bilde:
    """A picture with its name and what it shows in words, for whoever does not see it."""

    svg: Markup
    tittel: str
    beskrivelse: str


def linje(serie: Serie, oversett: Oversett = str, merke: str = "") -> Bilde:
    """A line for each unbroken run. `merke` makes the ids unique where a page shows the picture twice."""
    t = tegn_opp(serie, STOR)
    former = [_strekk(ett, form) for ett, form in zip(t.strekk, cycle(_FORMER), strict=False)]
    tallene = _talltekster(serie, t, med_tall(t.strekk, _MED_TALL), oversett)
    return _bilde(serie, t, [*_grunnlag(serie, t, oversett), *former, *tallene], f"linje{merke}", oversett)


def stolper(serie: Serie, oversett: Oversett = str, merke: str = "") -> Bilde:
    """A bar for each number, from zero."""
    t = tegn_opp(serie, STOR)
    former = [_soyle(en) for en in t.soyler]
    steder = [Sted(s.x + s.bredde / 2, s.y, s.punkt) for s in t.soyler]
    tallene = _talltekster(serie, t, med_tall([[s] for s in steder], _MED_TALL * 2), oversett)
    return _bilde(serie, t, [*_grunnlag(serie, t, oversett), *former, *tallene], f"stolper{merke}", oversett)


def gnist(serie: Serie, oversett: Oversett = str, merke: str = "") -> Bilde:
    """A sparkline: the runs and the newest point, without scale or text."""
    t = tegn_opp(replace(serie, maal=None), GNIST, fra_null=False)
    former = [_linje(ett) for ett in t.strekk if len(ett) > 1]
    prikker = [_merke(ett[0], "sirkel", 2) for ett in t.strekk if len(ett) == 1]
    siste = [_merke(t.strekk[-1][-1], "sirkel", 3)] if t.strekk else []
    brudd = [_strek(b.x, GNIST.topp - 3, b.x, t.ramme.y1 + 3, "bilde-brudd", stiplet="2 2") for b in t.brudd]
    return _bilde(serie, t, [*brudd, *map(_spenn, t.spenn), *former, *prikker, *siste], f"gnist{merke}", oversett)


def velg(serie: Serie, oversett: Oversett = str, merke: str = "") -> Bilde:
    """Bars for counts of whole years, a line for shares, months and long series."""
    mange = len(serie.punkter) > 12
    som_linje = mange or serie.maaneder or serie.enhetsslag in (Enhetsslag.PROSENT, Enhetsslag.JA_NEI)
    return (linje if som_linje else stolper)(serie, oversett, merke)


def kan_tegnes(serie: Serie) -> bool:
    """There is a number or an interval with a time: else a picture would be an empty frame."""
    return any(p.tid is not None and (p.verdi is not None or p.intervall is not None) for p in serie.punkter)


# --- Frame -----------------------------------------------------------------------------------------------


def _bilde(serie: Serie, t: Tegning, deler: Iterable[str], slag: str, oversett: Oversett) -> Bilde:
    om = beskrivelse(serie, oversett)
    id_ = f"{slag}-{re.sub(r'[^0-9A-Za-z]', '-', serie.id)}"
    klasse = "gnist" if slag.startswith("gnist") else "bilde"
    svg = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="{klasse}" viewBox="0 0 {b:g} {h:g}" width="{b:g}" '
        'height="{h:g}" role="img" aria-labelledby="{id}-t {id}-d" font-family="Inter, sans-serif" '
        'font-size="{skrift}" fill="currentColor"><title id="{id}-t">{tittel}</title><desc id="{id}-d">{om}</desc>'
    ).format(klasse=klasse, b=t.ramme.bredde, h=t.ramme.hoeyde, id=id_, skrift=_SKRIFT, tittel=serie.navn, om=om)
    return Bilde(svg + Markup("").join(deler) + Markup("</svg>"), serie.navn, om)


def _grunnlag(serie: Serie, t: Tegning, oversett: Oversett) -> list[str]:
    """Scale, time, target, breaks, and the signs of what is not shown."""
    r = t.ramme
    deler = [_strek(r.venstre, y, r.x1, y, "bilde-rutenett" if v else "bilde-akse") for y, v in t.skala]
    deler += [_tekst(r.venstre - 8, y + 4, _skala(serie, v, oversett), "end") for y, v in _skalatekst(serie, t)]
    merker = med_plass(tidsmerker(t.tidspunkter), _SKRIFT)
    deler += [_plassert(r, x, r.y1 + 20, tekst) for x, tekst in merker]
    if t.maal is not None:
        deler.append(_strek(r.venstre, t.maal, r.x1, t.maal, "bilde-maal", stiplet="8 4"))
        deler.append(_maalet(serie, t, oversett))
    for b in t.brudd:
        deler.append(_strek(b.x, r.topp - 18, b.x, r.y1, "bilde-brudd", stiplet="3 3"))
        deler.append(_plassert(r, b.x, r.topp - 24, f"{oversett(_BRUDDET)} {b.nr}"))
    for x, punkt in t.tegn:
        deler += [_luke(t, x), _tekst(x, r.y1 - 6, punkt.tegn or "", "middle", "bilde-tegn")]
    deler += map(_spenn, t.spenn)
    return deler


def _maalet(serie: Serie, t: Tegning, oversett: Oversett) -> str:
    """What the dashed line is, over the picture on the side that no break is named."""
    tekst = f"– – {oversett(_MAALET)} {tall(serie.maal or 0)}"
    til_hoeyre = bool(t.brudd) and t.brudd[0].x < t.ramme.venstre + 2 * bredde(tekst, _SKRIFT)
    return _tekst(*((t.ramme.x1, 14, tekst, "end") if til_hoeyre else (t.ramme.venstre, 14, tekst, "start")))


def _skalatekst(serie: Serie, t: Tegning) -> Iterable[tuple[float, float]]:
    return (m for m in t.skala if serie.enhetsslag is not Enhetsslag.JA_NEI or m[1] in (0, 1))


def _skala(serie: Serie, verdi: float, oversett: Oversett) -> str:
    return verditekst(serie, Punkt("", verdi), oversett)


# --- Shapes ----------------------------------------------------------------------------------------------


def _strek(x1: float, y1: float, x2: float, y2: float, klasse: str, stiplet: str = "") -> str:
    tykkelse = "0.5" if klasse == "bilde-rutenett" else "1"
    monster = Markup(' stroke-dasharray="{}"').format(stiplet) if stiplet else ""
    return Markup(
        '<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="currentColor" stroke-width="{}"{}/>'
    ).format(klasse, x1, y1, x2, y2, tykkelse, monster)


def _tekst(x: float, y: float, tekst: str, ankret: str, klasse: str = "bilde-tekst") -> str:
    vekt = Markup(' font-weight="600"') if klasse in _TUNGE else Markup("")
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}"{}>{}</text>').format(
        klasse, x, y, ankret, vekt, tekst
    )


def _plassert(ramme: Ramme, x: float, y: float, tekst: str, klasse: str = "bilde-tekst") -> str:
    """A text at x, kept inside the picture."""
    sted, ankret = anker(x, tekst, _SKRIFT, 2, ramme.bredde - 2)
    return _tekst(sted, y, tekst, ankret, klasse)


def _linje(ett: tuple[Sted, ...]) -> str:
    punkter = " ".join(f"{s.x:.1f},{s.y:.1f}" for s in ett)
    return Markup(
        '<polyline class="bilde-linje" points="{}" fill="none" stroke="currentColor" stroke-width="2"/>'
    ).format(punkter)


def _strekk(ett: tuple[Sted, ...], form: str) -> str:
    linjen = _linje(ett) if len(ett) > 1 else Markup("")
    return linjen + Markup("").join(_merke(sted, form, 4 if len(ett) <= _MED_TALL * 2 else 2) for sted in ett)


def _merke(sted: Sted, form: str, r: float) -> str:
    x, y = sted.x, sted.y
    if form == "sirkel":
        return Markup('<circle class="bilde-merke" cx="{:.1f}" cy="{:.1f}" r="{:g}"/>').format(x, y, r)
    hjoerner = {
        "kvadrat": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "rute": ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
        "trekant": ((0, -1.3), (1.2, 1), (-1.2, 1)),
    }[form]
    punkter = " ".join(f"{x + r * dx:.1f},{y + r * dy:.1f}" for dx, dy in hjoerner)
    return Markup('<polygon class="bilde-merke" points="{}"/>').format(punkter)


def _soyle(en: Soyle) -> str:
    return Markup(
        '<rect class="bilde-soyle" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill-opacity="0.75"/>'
    ).format(en.x, en.y, en.bredde, en.hoeyde)


def _luke(t: Tegning, x: float) -> str:
    """The gap where nothing is shown: as high whatever is behind it."""
    tykkelse = max(6.0, min(0.7 * t.plass, 56.0))
    return Markup(
        '<rect class="bilde-skjult" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" fill="none" '
        'stroke="currentColor" stroke-dasharray="3 3"/>'
    ).format(x - tykkelse / 2, t.ramme.y1 - _SKJULT, tykkelse, _SKJULT)


def _spenn(en: Spenn) -> str:
    ender = (_strek(en.x - 6, y, en.x + 6, y, "bilde-spenn") for y in (en.lav, en.hoey))
    return _strek(en.x, en.lav, en.x, en.hoey, "bilde-spenn") + Markup("").join(ender)


def _talltekster(serie: Serie, t: Tegning, steder: Iterable[Sted], oversett: Oversett) -> list[str]:
    """Numbers over their points; one that would run into the one before it is left to the table."""
    alle = [(s.x, s.y, verditekst(serie, s.punkt, oversett)) for s in steder]
    alle += [(s.x, s.hoey, verditekst(serie, s.punkt, oversett)) for s in t.spenn]
    ut: list[str] = []
    opptatt: list[tuple[float, float, float]] = []
    for x, y, tekst in sorted(alle, reverse=True):
        sted, ankret = anker(x, tekst, _SKRIFT, 2, t.ramme.bredde - 2)
        halv = bredde(tekst, _SKRIFT) / 2
        if all(x + halv < fra or x - halv > til or abs(y - hoyde) > _SKRIFT for fra, til, hoyde in opptatt):
            opptatt.append((x - halv, x + halv, y))
            ut.append(_tekst(sted, y - 8, tekst, ankret, "bilde-tall"))
    return ut
