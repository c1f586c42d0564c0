"""Identity numbers: every series, both check-digit rules, and recognition in free text."""

import random
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.no import fodselsnummer

from koordinering.fritekst.sifre import Regel, regler
from koordinering.fritekst.sifre import har_identitetsnummer as finn_i_tekst
from koordinering.saker.rules.identitetsnummer import Grunn, Ugyldig, sjekk, syntetisk

SYNTETISK = "01911599968"
SYNTETISK_D = "41911599951"
BEGGE_REGLER = "02013299997"
BARE_2032 = "30108299939"
ELLEVE_SIFRE = st.text("0123456789", min_size=11, max_size=11)
RNG = st.randoms(use_true_random=True)
FOEDT = st.dates(date(1940, 1, 1), date(2039, 12, 31))


def grunn_for(tekst: str, *, vil_ha_syntetisk: bool) -> Grunn | None:
    try:
        sjekk(tekst, syntetisk=vil_ha_syntetisk)
    except Ugyldig as feil:
        return feil.grunn
    return None


def hjelpenummer() -> str:
    mulige = (f"014115{resten:05}" for resten in range(100_000))
    return next(nummer for nummer in mulige if Regel.DAGENS in regler(nummer))


def test_the_two_rules_tell_the_published_examples_apart() -> None:
    assert regler(BEGGE_REGLER) == {Regel.DAGENS, Regel.FRA_2032}
    assert regler(BARE_2032) == {Regel.FRA_2032}
    assert sjekk(BEGGE_REGLER, syntetisk=False) == BEGGE_REGLER
    assert sjekk(BARE_2032, syntetisk=False) == BARE_2032


@pytest.mark.parametrize("nummer", [SYNTETISK, SYNTETISK_D])
def test_synthetic_numbers_are_for_the_demo_only(nummer: str) -> None:
    assert sjekk(nummer, syntetisk=True) == nummer
    assert grunn_for(nummer, vil_ha_syntetisk=False) is Grunn.SYNTETISK


@pytest.mark.parametrize("nummer", [BEGGE_REGLER, BARE_2032])
def test_real_numbers_are_refused_in_the_demo(nummer: str) -> None:
    assert grunn_for(nummer, vil_ha_syntetisk=True) is Grunn.EKTE


def test_help_numbers_are_test_numbers_in_the_demo_and_refused_in_production() -> None:
    nummer = hjelpenummer()
    assert sjekk(nummer, syntetisk=True) == nummer
    assert grunn_for(nummer, vil_ha_syntetisk=False) is Grunn.HJELPENUMMER


@pytest.mark.parametrize(
    "skrevet",
    [
        "019115 99968",
        " 01 91 15 99968\n",
        "01.91.15.99968",
        "019115-99968",
        "019115\u00a099968",
        "019115\u201399968",
        "\ufeff01911599968",
    ],
)
def test_spaces_dots_and_hyphens_are_taken_away(skrevet: str) -> None:
    assert sjekk(skrevet, syntetisk=True) == SYNTETISK


@pytest.mark.parametrize(
    ("skrevet", "grunn"),
    [
        ("", Grunn.LENGDE),
        (" - ", Grunn.LENGDE),
        ("0191159996", Grunn.LENGDE),
        ("019115999680", Grunn.LENGDE),
        ("0191159996x", Grunn.IKKE_SIFRE),
        ("Kari", Grunn.IKKE_SIFRE),
        ("0191159996²", Grunn.IKKE_SIFRE),
        ("٠1911599968", Grunn.IKKE_SIFRE),
        ("00911599968", Grunn.DATO),
        ("32911599968", Grunn.DATO),
        ("72911599968", Grunn.DATO),
        ("01131599968", Grunn.DATO),
        ("01931599968", Grunn.DATO),
        ("31821599968", Grunn.DATO),
        ("29821599968", Grunn.DATO),
        ("01911599967", Grunn.KONTROLLSIFRE),
        ("01911599978", Grunn.KONTROLLSIFRE),
    ],
)
def test_a_wrong_number_says_what_is_wrong(skrevet: str, grunn: Grunn) -> None:
    assert grunn_for(skrevet, vil_ha_syntetisk=True) is grunn


@given(st.text(max_size=14) | ELLEVE_SIFRE, st.booleans())
def test_no_error_repeats_what_was_typed(skrevet: str, vil_ha_syntetisk: bool) -> None:
    grunn = grunn_for(skrevet, vil_ha_syntetisk=vil_ha_syntetisk)
    if grunn is None:
        return
    with pytest.raises(Ugyldig) as feil:
        sjekk(skrevet, syntetisk=vil_ha_syntetisk)
    assert feil.value.args == (grunn.tekst,)
    assert feil.value.__cause__ is None
    assert feil.value.__context__ is None


@given(ELLEVE_SIFRE)
@example(BEGGE_REGLER)
@example("15108695088")
def test_todays_rule_agrees_with_python_stdnum(nummer: str) -> None:
    try:
        fodselsnummer.validate(nummer)
    except InvalidChecksum:
        assert Regel.DAGENS not in regler(nummer)
    except ValidationError:
        assert Regel.DAGENS in regler(nummer)  # only the date was refused
    else:
        assert Regel.DAGENS in regler(nummer)


@given(FOEDT, st.integers(0, 999), st.booleans())
def test_the_ordinary_series_and_d_numbers_agree_with_python_stdnum(foedt: date, loepe: int, d: bool) -> None:
    kropp = f"{foedt.day + 40 * d:02}{foedt:%m%y}{loepe:03}"
    nummer = kropp + fodselsnummer.calc_check_digit1(kropp)
    nummer += fodselsnummer.calc_check_digit2(nummer)
    if fodselsnummer.is_valid(nummer):
        assert sjekk(nummer, syntetisk=False) == nummer


@given(ELLEVE_SIFRE)
def test_all_that_todays_rule_takes_the_rule_of_2032_takes(nummer: str) -> None:
    assert Regel.DAGENS not in regler(nummer) or Regel.FRA_2032 in regler(nummer)


def test_the_rule_of_2032_takes_four_times_as_many() -> None:
    antall = [regler(f"{nummer:011}") for nummer in range(0, 10**11, 2_500_009)]
    forhold = sum(Regel.FRA_2032 in r for r in antall) / sum(Regel.DAGENS in r for r in antall)
    assert 3 < forhold < 5


@given(RNG, FOEDT, st.booleans())
def test_made_numbers_are_synthetic_and_valid(rng: random.Random, foedt: date, d: bool) -> None:
    froe = rng.getstate()
    nummer = syntetisk(rng, foedt, d_nummer=d)
    assert sjekk(nummer, syntetisk=True) == nummer
    assert grunn_for(nummer, vil_ha_syntetisk=False) is Grunn.SYNTETISK
    assert regler(nummer) == set(Regel)
    assert int(nummer[:2]) == foedt.day + 40 * d
    rng.setstate(froe)
    assert nummer == syntetisk(rng, foedt, d_nummer=d)


@given(RNG, FOEDT, st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_never_taken_by_todays_rule(rng: random.Random, foedt: date, plass: int, pluss: int) -> None:
    nummer = syntetisk(rng, foedt)
    feil = f"{nummer[:plass]}{(int(nummer[plass]) + pluss) % 10}{nummer[plass + 1 :]}"
    assert Regel.DAGENS not in regler(feil)


@pytest.mark.parametrize(
    "tekst",
    [
        SYNTETISK,
        BARE_2032,
        f"barnet ({SYNTETISK_D}) vil spille fotball",
        "fnr 01 91 15 99968.",
        "01.91.15.99968",
        "019115-99968",
        "0 1 9 1 1 5 9 9 9 6 8",
        "0191 1599 968",
        "019115, 99968",
        "ring 91234567 01911599968 i dag",
        "nr 13.01911599968",
        f"nr{SYNTETISK}x",
        "０１９１１５９９９６８",
        "019115\u200b99968",
    ],
)
def test_a_number_in_free_text_is_found(tekst: str) -> None:
    assert finn_i_tekst(tekst)


@pytest.mark.parametrize(
    "tekst",
    [
        "",
        "Barnet vil på fotball tirsdager kl. 17.30.",
        "01911599967",
        "F-7K3M-Q2",
        "telefon 912 34 567",
        "sesongen 2025/2026, uke 12 til 20",
        "019115 og så 99968",
        "1019115999681",
    ],
)
def test_other_text_is_left_alone(tekst: str) -> None:
    assert not finn_i_tekst(tekst)


@given(st.text("abc æøå.,-", max_size=20), RNG, FOEDT, st.lists(st.integers(1, 10), max_size=4))
def test_a_number_is_found_wherever_it_is_divided(tekst: str, rng: random.Random, foedt: date, delt: list[int]) -> None:
    nummer = syntetisk(rng, foedt)
    skrevet = "".join(" " * (i in delt) + siffer for i, siffer in enumerate(nummer))
    assert finn_i_tekst(f"{tekst} {skrevet} {tekst}")
