"""Pictures: everything inside the frame, from zero, one line for each unbroken run, and readable without seeing."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from koordinering.plan.bilder import Bilde, gnist, kan_tegnes, linje, stolper, velg
from koordinering.plan.bilder.rules import Ramme, tegn_opp, trinn
from koordinering.plan.bilder.rules.etiketter import med_plass
from koordinering.plan.serier.rules import Punkt, Serie
from koordinering.plan.serier.rules.sammenligning import strekk
from tests.plan.serier.test_regler import punkter, serie

pytestmark = pytest.mark.bare_sqlite

RAMME = Ramme(640, 280, venstre=64, hoeyre=24, topp=40, bunn=34)
BLANDET = serie(
    Punkt("2015", intervall=(48, 67)),
    Punkt("2019", 40),
    Punkt("2020", tegn=":"),
    Punkt("2021", 48),
    Punkt("2022", 67),
    Punkt("2023", 55, brudd=True, brudd_grunn="Ny <telling> & «slik»"),
    Punkt("2024", 60),
    Punkt("de siste fem år", tekst="over halvparten"),
    maal=80,
)


@settings(max_examples=10)
@given(punkter, st.none() | st.floats(0, 1e6))
def test_all_of_it_is_inside_the_frame_and_bars_stand_on_zero(utvalg: list[Punkt], maal: float | None) -> None:
    en = serie(*utvalg, maal=maal)
    t = tegn_opp(en, RAMME)
    steder = [sted for ett in t.strekk for sted in ett]
    assert all(RAMME.venstre <= s.x <= RAMME.x1 and RAMME.topp - 0.01 <= s.y <= RAMME.y1 for s in steder)
    for soyle in t.soyler:
        assert RAMME.venstre - 0.01 <= soyle.x < soyle.x + soyle.bredde <= RAMME.x1 + 0.01
        assert soyle.y + soyle.hoeyde == pytest.approx(RAMME.y1)
    assert t.skala[0] == (RAMME.y1, 0.0)
    assert t.maal is None or RAMME.topp - 0.01 <= t.maal <= RAMME.y1
    assert len(t.strekk) == len(strekk(en.punkter))
    assert len(t.tegn) == sum(p.tegn is not None for p in en.punkter)
    assert [b.punkt.periode for b in t.brudd] == [p.periode for p in en.punkter[1:] if p.brudd]
    venstre_mot_hoeyre = [s.x for s in steder]
    assert venstre_mot_hoeyre == sorted(venstre_mot_hoeyre)


@settings(max_examples=10)
@given(punkter)
def test_the_scale_says_nothing_of_what_is_hidden(utvalg: list[Punkt]) -> None:
    skjult = [replace(p, verdi=None, tegn=":") if p.periode > "2020" else p for p in utvalg]
    vist = [p for p in skjult if p.verdi is not None]
    assert [v for _, v in tegn_opp(serie(*skjult), RAMME).skala] == [v for _, v in tegn_opp(serie(*vist), RAMME).skala]


@settings(max_examples=10)
@given(st.floats(0, 1e12), st.booleans())
def test_a_scale_is_round_and_reaches_the_highest(hoeyest: float, hele: bool) -> None:
    skala = trinn(hoeyest, hele=hele)
    assert skala[0] == 0
    assert skala[-1] >= hoeyest * (1 - 1e-9)
    assert 2 <= len(skala) <= 7
    assert list(skala) == sorted(set(skala))


def test_texts_do_not_run_into_each_other() -> None:
    merker = [(float(x), "2015") for x in range(0, 640, 10)]
    valgt = med_plass(merker, 14)
    assert valgt[-1] == merker[-1]
    assert all(b[0] - a[0] >= 31 for a, b in zip(valgt, valgt[1:], strict=False))


@pytest.mark.parametrize("tegner", [linje, stolper, gnist, velg])
def test_a_picture_has_a_name_and_says_what_it_shows_and_has_nothing_inline(tegner: Callable[[Serie], Bilde]) -> None:
    bilde = tegner(BLANDET)
    rot = ElementTree.fromstring(str(bilde.svg))  # noqa: S314 - our own
    ider = {en.get("id") for en in rot.iter() if en.get("id")}
    assert rot.get("role") == "img"
    assert set((rot.get("aria-labelledby") or "").split()) == ider
    assert [en.text for en in rot if en.tag.endswith(("}title", "}desc"))] == [bilde.tittel, bilde.beskrivelse]
    assert not [en for en in rot.iter() if en.get("style") or any(navn.startswith("on") for navn in en.attrib)]
    for bit in ("2020: Skjult for at ingen", "2015: 48–67", "Brudd 1, før 2023: Ny <telling>"):
        assert bit in bilde.beskrivelse


def test_breaks_gaps_intervals_and_target_are_drawn_with_words() -> None:
    svg = str(linje(BLANDET).svg)
    assert len(re.findall("<polyline", svg)) == 2, "one for each run of two and more"
    assert len(re.findall('class="bilde-brudd"', svg)) == 1
    assert ">Brudd 1<" in svg
    assert ">:<" in svg
    assert ">48–67<" in svg
    assert "Mål 80" in svg
    assert len(re.findall('class="bilde-soyle"', str(stolper(BLANDET).svg))) == 5
    assert not kan_tegnes(serie(Punkt("2020", tegn=":"), Punkt("de siste fem år", 3)))
    assert "<polyline" not in str(gnist(serie(Punkt("2020", tegn=":"))).svg)


def test_typst_sets_the_same_picture_in_a_tagged_pdf() -> None:
    kilde = (
        '#set document(title: "Bilder")\n#set text(lang: "nb")\n'
        '#for b in json(bytes(sys.inputs.data)) { image(bytes(b.svg), format: "svg", alt: b.om) }'
    )
    bilder = [{"svg": str(b.svg), "om": b.beskrivelse} for b in (linje(BLANDET), stolper(BLANDET), gnist(BLANDET))]
    pdf = typst.compile(kilde.encode(), sys_inputs={"data": json.dumps(bilder)}, pdf_standards="ua-1")
    assert pdf.startswith(b"%PDF")
    # Another picture is another file: the shapes are in it.
    assert pdf != typst.compile(kilde.encode(), sys_inputs={"data": json.dumps([bilder[0]] * 3)}, pdf_standards="ua-1")
