"""A year beside the year before: never across a break, and December beside December."""

from hypothesis import given
from hypothesis import strategies as st

from koordinering.plan.evaluering.rules import Evalueringsstatus, Vurderingslinje, Vurderingsstatus
from koordinering.plan.rapport.rules.aarstall import aarstall, hovedserie
from koordinering.plan.rapport.rules.celler import celle, hovedtall, tallrad
from koordinering.plan.serier.rules import Opphav, Punkt, Serie


def serie(*punkter: Punkt, opphav: Opphav = Opphav.TALT, navn: str = "Barn") -> Serie:
    """Some figures of children."""
    return Serie(navn, navn, "barn", None, "Slik", ("4b-2",), punkter, opphav)


def test_a_change_is_told_only_where_both_years_are_counted_in_the_same_way() -> None:
    to = serie(Punkt("2024", 40), Punkt("2025", 50))
    assert tallrad(to, 2025, "4b-2").endring == "opp 25 prosent"
    assert hovedtall(to, 2025) == "Barn: 50 i 2025, 40 året før (opp 25 prosent)."
    brutt = serie(Punkt("2024", 40), Punkt("2025", 50, brudd=True, brudd_grunn="Telt på nytt."))
    rad = tallrad(brutt, 2025)
    assert (rad.naa, rad.fjor, rad.endring) == ("50", "40", "")
    assert "Telt på nytt." in rad.merknad
    assert hovedtall(brutt, 2025) == "Barn: 50 i 2025."
    skjult = tallrad(serie(Punkt("2024", 40), Punkt("2025", tegn=":")), 2025)
    assert (skjult.naa, skjult.endring) == (":", "")
    assert "skjult" in skjult.merknad


def test_months_stand_beside_the_same_month_and_a_break_between_them_counts() -> None:
    maaneder = [Punkt("2024M12", 50), Punkt("2025M06", 55), Punkt("2025M12", 60)]
    tall = aarstall(serie(*maaneder), 2025)
    assert tall.naa is not None
    assert tall.fjor is not None
    assert (tall.naa.periode, tall.fjor.periode, tall.endring) == ("2025M12", "2024M12", 20)
    maaneder[1] = Punkt("2025M06", 55, brudd=True)
    assert aarstall(serie(*maaneder), 2025).endring is None
    assert "desember 2025" in tallrad(serie(*maaneder), 2025).merknad


def test_a_year_without_a_figure_says_which_is_the_newest() -> None:
    assert tallrad(serie(Punkt("2015", 203)), 2025).merknad == "Siste tall er for 2015: 203."
    assert tallrad(serie(), 2025).merknad == "Ikke rapportert."
    assert hovedtall(None, 2025) == ""


def test_what_we_count_leads_where_it_has_a_figure_of_the_year() -> None:
    plan = serie(Punkt("2025", 40), opphav=Opphav.PLAN, navn="Kort")
    talt, gammel = serie(Punkt("2025", 31)), serie(Punkt("2020", 31))
    assert hovedserie([plan, talt], 2025) is talt
    assert hovedserie([gammel, plan], 2025) is plan
    assert hovedserie([], 2025) is None


@given(
    status=st.sampled_from([None, *Vurderingsstatus]),
    neste=st.dates() | st.none(),
    ansvar=st.sampled_from([None, "Nav"]),
    aar=st.integers(2000, 2100),
)
def test_a_cell_is_never_empty_and_says_whose_turn_it_is(
    status: Vurderingsstatus | None, neste: object, ansvar: str | None, aar: int
) -> None:
    linje = Vurderingslinje("1", aar, "Gjort.", "", "", "", "", None, status, "Nav", None) if status else None
    deler = celle(aar, linje, Evalueringsstatus("1", neste, False, None), ansvar, "")  # type: ignore[arg-type]
    assert all(del_.tekst for del_ in deler)
    assert deler
    assert status is Vurderingsstatus.GODKJENT or "Tur" in deler[0].tekst
