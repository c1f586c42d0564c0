"""Rules of series: periods, breaks, what may be compared, files, and SSB's two formats."""

import ast
import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koordinering.demo.indikatortall import SSB
from koordinering.errors import UgyldigFelt
from koordinering.plan.serier import visning
from koordinering.plan.serier.rules import Enhetsslag, Opphav, Punkt, Serie, enhetsslag
from koordinering.plan.serier.rules.brudd import FRA_PLANEN, NY_DEFINISJON, NYTT_NUMMER, med_brudd
from koordinering.plan.serier.rules.fil import Leser, UlesbarFil, les_fil
from koordinering.plan.serier.rules.foering import er_lite
from koordinering.plan.serier.rules.periode import les_periode, tolk_periode
from koordinering.plan.serier.rules.sammenligning import (
    Stoerrelse,
    UlikeStoerrelser,
    endring,
    endringer,
    prosent_av,
    strekk,
)
from koordinering.plan.serier.rules.ssb import les_datasett, serier_for
from koordinering.plan.serier.rules.tall import les_tall

pytestmark = pytest.mark.bare_sqlite

KODEN = Path(visning.__file__).parent
I_DAG = date(2026, 11, 28)


def serie(*punkter: Punkt, enhet: str = "familier", **felt: Any) -> Serie:
    """A series of the municipality's own."""
    return Serie("~s1", "Familier", enhet, "Nav", None, (), med_brudd(punkter), **felt)


@pytest.mark.parametrize(
    ("skrevet", "kode", "tekst"),
    [
        ("2025", "2025", "2025"),
        ("1. halvår 2025", "2025H1", "1. halvår 2025"),
        ("2025 h2", "2025H2", "2. halvår 2025"),
        ("Mars  2025", "2025M03", "mars 2025"),
        ("des. 2025", "2025M12", "desember 2025"),
        ("2025M3", "2025M03", "mars 2025"),
        ("03.2025", "2025M03", "mars 2025"),
        ("01.03.2025", "2025M03", "mars 2025"),
        ("2011–2013", "2011-2013", "2011–2013"),
    ],
)
def test_a_period_is_read_as_people_write_it(skrevet: str, kode: str, tekst: str) -> None:
    tid = tolk_periode(skrevet)
    assert tid is not None
    assert tid.kode == kode
    assert tolk_periode(visning.periodetekst(kode)) == tid == les_periode(kode)
    assert visning.periodetekst(kode) == tekst


@pytest.mark.parametrize("skrevet", ["", "neste år", "13.2025", "2025H3", "1700", "2013-2011", "25", "2025M13", "mai"])
def test_what_is_no_period(skrevet: str) -> None:
    assert tolk_periode(skrevet) is None


@settings(max_examples=12)
@given(st.integers(1950, 2100), st.sampled_from(["", "H1", "H2", "M01", "M12", "-2101"]))
def test_a_period_is_itself_again_and_its_middle_is_inside(aar: int, resten: str) -> None:
    tid = les_periode(f"{aar}{resten}")
    assert tid is not None
    assert tid.kode == f"{aar}{resten}"
    assert aar <= tid.midt < tid.slutt[0] + 1


def test_where_a_series_breaks_by_itself() -> None:
    a, b = Punkt("2019", 1, kommunenummer="0501"), Punkt("2020", 2, kommunenummer="3405")
    assert [p.brudd_grunn for p in med_brudd([b, a])] == [None, NYTT_NUMMER]
    assert med_brudd([replace(a, fra_planen=True, kommunenummer=None), b])[1].brudd_grunn == FRA_PLANEN
    assert med_brudd([a, replace(a, periode="2020", telledefinisjon="ny")])[1].brudd_grunn == NY_DEFINISJON
    assert med_brudd([a, replace(a, periode="2020")])[1].brudd is False
    assert med_brudd([a, replace(b, brudd=True, brudd_grunn="sagt")])[1].brudd_grunn == "sagt"


punkter = st.lists(
    st.builds(
        Punkt,
        periode=st.integers(2000, 2030).map(str),
        verdi=st.none() | st.floats(0, 1e6),
        brudd=st.booleans(),
        telledefinisjon=st.sampled_from([None, "ny"]),
        kommunenummer=st.sampled_from([None, "0501", "3405"]),
    ).map(lambda p: p if p.verdi is not None else replace(p, tegn=":")),
    unique_by=lambda p: p.periode,
    max_size=7,
)


@settings(max_examples=12)
@given(punkter)
def test_no_change_is_told_across_a_break_or_a_sign(utvalg: list[Punkt]) -> None:
    en = serie(*utvalg)
    foer: Punkt | None = None
    for punkt, forskjell in endringer(en):
        if foer is None or punkt.brudd or punkt.verdi is None or foer.verdi is None:
            assert forskjell is None
            assert visning.endringstekst(en, forskjell) == ""
        foer = punkt
    loep = strekk(en.punkter)
    assert [p for ett in loep for p in ett] == [p for p in en.punkter if p.verdi is not None]
    assert not any(p.brudd for ett in loep for p in ett[1:])


def test_a_change_is_per_cent_and_of_per_cent_percentage_points() -> None:
    antall = serie(Punkt("2024", 50), Punkt("2025", 56))
    assert endring(antall) == pytest.approx(12)
    assert visning.endringstekst(antall, endring(antall)) == "opp 12 prosent"
    andel = serie(Punkt("2024", 8.6), Punkt("2025", 8.2), enhet="prosent")
    assert visning.endringstekst(andel, endring(andel)) == "ned 0,4 prosentpoeng"
    assert endring(serie(Punkt("2024", 0), Punkt("2025", 5))) is None
    assert endring(serie(Punkt("2024", 0), Punkt("2025", 1), enhet="ja/nei")) is None
    assert endring(serie(Punkt("2024", 10), Punkt("2025H1", 5))) is None, "half a year is not a year"


@pytest.mark.parametrize("teller", list(Enhetsslag))
@pytest.mark.parametrize("opphav", list(Opphav))
def test_nothing_is_divided_by_households_but_ssbs_own(teller: Enhetsslag, opphav: Opphav) -> None:
    husholdninger = Stoerrelse(9000, Enhetsslag.HUSHOLDNINGER, Opphav.SSB)
    en = Stoerrelse(90, teller, opphav)
    if (teller, opphav) == (Enhetsslag.HUSHOLDNINGER, Opphav.SSB):
        assert prosent_av(en, husholdninger) == 1
    else:
        with pytest.raises(UlikeStoerrelser):
            prosent_av(en, husholdninger)


def test_figures_are_divided_in_one_place() -> None:
    """Whatever else divides in the package divides months by twelve, and no figure."""
    deler = {
        (fil.relative_to(KODEN).as_posix(), ast.unparse(node))
        for fil in KODEN.rglob("*.py")
        for node in ast.walk(ast.parse(fil.read_text(encoding="utf-8")))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
    }
    assert {fil for fil, _ in deler if not fil.startswith(("queries/", "demo/"))} == {
        "rules/periode.py",
        "rules/sammenligning.py",
    }
    assert all("DATA" in uttrykk or "'data'" in uttrykk for fil, uttrykk in deler if fil.startswith("queries/"))
    assert [uttrykk for fil, uttrykk in deler if fil == "rules/sammenligning.py"] == ["100 * en.verdi / annen.verdi"]


def test_the_units_of_the_plan() -> None:
    assert enhetsslag("prosent (gjennomsnitt)") is Enhetsslag.PROSENT
    assert enhetsslag("personer/prosent") is Enhetsslag.PERSONER
    assert enhetsslag("andel av barna") is Enhetsslag.PROSENT
    assert enhetsslag("ikke oppgitt") is Enhetsslag.ANNET
    assert [er_lite(Enhetsslag.FAMILIER, n, 5) for n in (0, 1, 4, 5, None)] == [False, True, True, False, False]
    assert not er_lite(Enhetsslag.PROSENT, 3, 5)
    assert er_lite(enhetsslag("ikke oppgitt"), 3, 5), "what nobody has said what is, may be people"


@pytest.mark.parametrize(
    ("skrevet", "slag", "ventet"),
    [
        ("1 250", Enhetsslag.FAMILIER, (1250, None)),
        ("60,5 %", Enhetsslag.PROSENT, (60.5, None)),
        ("Ja", Enhetsslag.JA_NEI, (1, None)),
        (":", Enhetsslag.FAMILIER, (None, ":")),
        ("..", Enhetsslag.JA_NEI, (None, "..")),
        ("4,5", Enhetsslag.FAMILIER, None),
        ("-3", Enhetsslag.KRONER, None),
        ("101", Enhetsslag.PROSENT, None),
        ("1e9", Enhetsslag.KRONER, None),
        ("", Enhetsslag.KRONER, None),
        ("=1+1", Enhetsslag.KRONER, None),
        ("kanskje", Enhetsslag.JA_NEI, None),
        ("9" * 40, Enhetsslag.KRONER, None),
    ],
)
def test_a_figure_is_read_or_refused(skrevet: str, slag: Enhetsslag, ventet: tuple[float, str] | None) -> None:
    if ventet is None:
        with pytest.raises(UgyldigFelt):
            les_tall(skrevet, slag)
    else:
        assert les_tall(skrevet, slag) == ventet


def test_every_wrong_line_of_a_file_is_told() -> None:
    leser = Leser([serie(Punkt("2024", 7))], I_DAG, 5)
    fil = (
        "Indikator;År;Verdi;Brudd\n~s1;2023;12;\nFamilier;2024;9;Ny telling\n~s1;2022;3;\n~s1;2022;4;\nukjent;2021;8;\n"
        "~s1;2030;8;\n~s1;2021;fem;\n~s1;2020;8;ja\n"
    )
    lest = les_fil(fil.encode("cp1252"), leser)
    assert [rad.linje for rad in lest if rad.feil] == [5, 6, 7, 8, 9]
    assert [(rad.tall.periode, rad.tall.verdi, rad.foer, rad.lite) for rad in lest if rad.tall] == [
        ("2023", 12, None, False),
        ("2024", 9, "2024", False),
        ("2022", 3, None, True),
    ]
    assert lest[1].tall is not None
    assert lest[1].tall.brudd_grunn == "Ny telling"
    for tomt in (b"", b"a;b\n1;2\n", b"indikator;periode;verdi\n"):
        with pytest.raises(UlesbarFil):
            les_fil(tomt, leser)


def _jsonstat() -> dict[str, Any]:
    """The demo's csv as PxWebApi would give it in JSON-stat 2.0."""
    typer = ["Alle husholdninger", "Par med barn 0-17 år", "Enslig mor/far med barn 0-17 år"]
    ny = [9.8, 9.9, 10.1, 9.7], [5.9, 6.2, 6.4, 6.1], [24.1, 25.3, None, 26.0]
    gammel = [9.1, 9.4, 9.6], [5.2, 5.5, 5.7], [22.0, 22.8, 23.5]
    verdier = [v for rad in ny for v in (None, None, None, *rad)]
    verdier += [v for rad in gammel for v in (*rad, None, None, None, None)]
    skjult = verdier[:21].index(26.0) - 1
    aar = [str(en) for en in range(2017, 2024)]
    return {
        "class": "dataset",
        "version": "2.0",
        "label": "12944: Husholdninger med vedvarende lavinntekt, etter region, husholdningstype og år",
        "source": "Statistisk sentralbyrå",
        "role": {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]},
        "id": ["Region", "HusholdType", "ContentsCode", "Tid"],
        "size": [2, 3, 1, 7],
        "dimension": {
            "Region": {
                "label": "region",
                "category": {
                    "index": {"3405": 0, "0501": 1},
                    "label": {"3405": "Lillehammer", "0501": "Lillehammer (-2019)"},
                },
            },
            "HusholdType": {
                "label": "husholdningstype",
                "category": {"index": ["a", "b", "c"], "label": dict(zip("abc", typer, strict=True))},
            },
            "ContentsCode": {
                "label": "statistikkvariabel",
                "category": {
                    "index": {"EU60": 0},
                    "label": {"EU60": "Andel husholdninger med vedvarende lavinntekt"},
                    "unit": {"EU60": {"base": "prosent", "decimals": 1}},
                },
            },
            "Tid": {
                "label": "år",
                "category": {"index": {a: nr for nr, a in enumerate(aar)}, "label": dict(zip(aar, aar, strict=True))},
            },
        },
        "extension": {"px": {"tableid": "12944", "decimals": 1}},
        "value": verdier,
        "status": {str(nr): ":" if nr == skjult else ".." for nr, v in enumerate(verdier) if v is None},
    }


def test_ssbs_two_formats_give_the_same_series_with_a_break_where_the_number_changes() -> None:
    csv = SSB.read_bytes()
    fra_csv = serier_for(les_datasett(csv), "3405", "Lillehammer kommune")
    assert fra_csv == serier_for(les_datasett(json.dumps(_jsonstat()).encode()), "3405", "Lillehammer kommune")
    assert fra_csv == serier_for(les_datasett(csv.decode().encode("cp1252")), "3405", "Lillehammer kommune")
    assert [(en.navn, en.enhet, en.kilde) for en in fra_csv][0] == (
        "Andel husholdninger med vedvarende lavinntekt: Alle husholdninger",
        "prosent",
        "Statistisk sentralbyrå, tabell 12944",
    )
    enslige = fra_csv[2].tall
    assert [(t.periode, t.verdi, t.tegn, t.kommunenummer) for t in enslige][2:6] == [
        ("2019", 23.5, None, "0501"),
        ("2020", 24.1, None, "3405"),
        ("2021", 25.3, None, "3405"),
        ("2022", None, ":", "3405"),
    ]
    satt = med_brudd(Punkt(t.periode, t.verdi, t.tegn, kommunenummer=t.kommunenummer) for t in fra_csv[0].tall)
    assert [p.periode for p in satt if p.brudd] == ["2020"]


def test_one_row_for_each_figure_is_read_too() -> None:
    lang = (
        '"region";"husholdningstype";"statistikkvariabel";"år";"12944: Husholdninger, etter region og år"\n'
        '"3405 Lillehammer";"Alle";"Antall husholdninger";"2022";12 345\n'
        '"3405 Lillehammer";"Alle";"Antall husholdninger";"2023";..\n'
        '"3403 Hamar";"Alle";"Antall husholdninger";"2022";15000\n'
    )
    (en,) = serier_for(les_datasett(lang.encode()), "3405", "Lillehammer kommune")
    assert (en.enhet, en.kilde, [t.verdi for t in en.tall]) == (
        "husholdninger",
        "Statistisk sentralbyrå, tabell 12944",
        [12345],
    )


def test_a_file_that_is_not_the_municipalitys_is_refused() -> None:
    with pytest.raises(UlesbarFil, match="ingen tall for kommunen"):
        serier_for(les_datasett(SSB.read_bytes()), "9999", "Nabo kommune")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda barn: st.lists(barn, max_size=3) | st.dictionaries(st.text(max_size=3), barn, max_size=3),
    max_leaves=6,
)


@settings(max_examples=12)
@given(st.sampled_from(sorted(_jsonstat())), _JSON, st.binary(max_size=40))
def test_whatever_a_file_holds_it_is_read_or_refused(del_: str, bytte: Any, raatt: bytes) -> None:
    for innhold in (json.dumps(_jsonstat() | {del_: bytte}).encode(), raatt, b'"region";"2020"\n' + raatt):
        with suppress(UlesbarFil):
            serier_for(les_datasett(innhold), "3405", "Lillehammer kommune")
