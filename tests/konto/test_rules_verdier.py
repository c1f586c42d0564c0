"""Rules of signing in at their very limits: the waits, the words and the dates that somebody promised."""

import ipaddress
from datetime import date, timedelta
from itertools import product

import pytest

from koordinering.errors import UgyldigFelt
from koordinering.konto import rules
from koordinering.konto.rules import (
    Metode,
    Periode,
    Trapp,
    dekker_alltid,
    enhetstype,
    grov_adresse,
    kan_bevares,
    midlertidig_passord,
    normaliser,
    sjekk_brukernavn,
    sjekk_lenke,
    sjekk_passord,
    sjekk_periode,
    sjekk_tittel,
)

DAG = date(2026, 3, 10)


def om(dager: int) -> date:
    return DAG + timedelta(days=dager)


def feltet(*args: object, **kw: object) -> str | None:
    """The field at which the rule (the first of the arguments) refuses the rest; None where it does not."""
    regel, *resten = args
    try:
        regel(*resten, **kw)  # type: ignore[operator]  # whichever rule it is
    except UgyldigFelt as feil:
        return feil.felt
    return None


def test_times_and_sizes_are_as_the_documentation_says() -> None:
    assert [t / timedelta(minutes=1) for t in (rules.TOMGANG, rules.FERSK, rules.HALVT, rules.GLEMMES)] == [
        30,
        5,
        5,
        15,
    ]
    timer = (rules.LEVETID, rules.BEVARES, rules.FAKTOR_GLEMMES, rules.TIMEN)
    assert [t / timedelta(hours=1) for t in timer] == [10, 24, 1, 1]
    assert [t.days for t in (rules.BEKREFTES_ETTER, rules.LENGST_FRAM)] == [365, 3653]
    assert (rules.MAKS_BEVART, rules.MAKS_SIDER, rules.UTTREKK_PER_TIME) == (65_536, 20, 60)
    assert (rules.OPPSLAG_PER_TIME, rules.NETT_RUMMER) == (120, 10)
    assert (rules.MIDLERTIDIG_VARER.days, rules.AAPENT_GLEMMES / timedelta(minutes=1)) == (14, 1)
    assert Trapp(300, (1, 2, 4, 8, 15, 30)) == rules.AAPENTRAPP
    assert rules.Periode(DAG).til is None
    assert (rules.MINSTE_PASSORD, rules.STOERSTE_PASSORD, rules.STOERSTE_TITTEL) == (12, 200, 60)
    assert Trapp(5, (2, 4, 8, 16, 32, 60)) == rules.KONTOTRAPP
    assert Trapp(50, (1, 2, 4, 8, 10)) == rules.ADRESSETRAPP
    assert Trapp(5, (5, 15, 60, 300)) == rules.FAKTORTRAPP
    assert all(metode.value == metode.name.lower() for metode in Metode)
    assert set(Metode) - {Metode.PASSORD} == rules.STERKE


def test_each_attempt_waits_its_own_step_and_the_last_for_ever() -> None:
    assert [Trapp(2, (3, 5, 9)).vent(n) for n in (0, 1, 2, 3, 4, 5, 6, 100)] == [0, 0, 0, 3, 5, 9, 9, 9]


def test_neighbours_share_a_network_and_those_beyond_do_not() -> None:
    assert grov_adresse("192.0.2.255") == "192.0.2.0/24" != grov_adresse("192.0.3.0")
    assert grov_adresse("2001:db8:1:ffff::1") == "2001:db8:1::/48" != grov_adresse("2001:db8:2::1")
    assert ipaddress.ip_network(grov_adresse("::1")).prefixlen == 48


def test_a_user_name_is_stored_in_one_form() -> None:
    assert normaliser(" ＮＡＶ\x001 ") == "nav1"
    assert normaliser("STRASSE") == normaliser("straße") == "strasse"
    assert sjekk_brukernavn("1å") == "1å"
    assert sjekk_brukernavn("a" * 60) == "a" * 60
    assert sjekk_brukernavn("a.b_c@d-e") == "a.b_c@d-e"
    assert [feltet(sjekk_brukernavn, navn) for navn in ("a" * 61, "a", ".a", "aé", "a\nb")] == ["brukernavn"] * 5


def test_a_temporary_password_has_78_random_bits_that_can_be_copied_by_hand() -> None:
    mange = [midlertidig_passord() for _ in range(200)]
    tegn = set("".join(mange)) - {"-"}
    assert all([len(del_) for del_ in passord.split("-")] == [4, 4, 4, 4] for passord in mange)
    assert len(set(mange)) == 200
    assert tegn == set("abcdefghijklmnopqrstuvwxyz0123456789") - set("ilo01"), "none is taken for another"


def test_a_title_is_one_line() -> None:
    assert sjekk_tittel("  Nav-\x00veileder\n i  team ") == "Nav-veileder i team"
    assert [feltet(sjekk_tittel, t) for t in ("ab", "a" * 60, "a", "a" * 61, " ")] == [None, None, *["tittel"] * 3]


@pytest.mark.parametrize(
    ("passord", "brukernavn", "godt"),
    [
        ("kvartalsplen", "nav1", True),  # twelve
        ("kvartalsple", "nav1", False),
        ("k" + "vartalsplen " * 16 + "abcdefg", "nav1", True),  # two hundred
        ("k" + "vartalsplen " * 16 + "abcdefgh", "nav1", False),
        ("aaaaaaaaaaaa", "nav1", False),
        ("abbaabaabbba", "nav1", True),  # two signs are not one
        ("passord123456", "nav1", False),
        ("Ola.Nordmann", "ola.nordmann", False),
        ("ola.nordmann1", "ola.nordmann", False),
        ("2026 ola.nordmann!!", "ola.nordmann", False),
        ("_-,.ola.nordmann", "ola.nordmann", False),
        ("ola.nordmann på jobb", "ola.nordmann", True),
        ("kvartal 1234567", "kvartal", False),
        ("skogmus 1234567", "skog", True),
        ("!!!!ruli!!!2026", "ruli", False),
        ("....qzx....2026", "qzx", True),  # three letters say nothing
    ],
)
def test_which_passwords_are_too_easy(passord: str, brukernavn: str, godt: bool) -> None:
    assert feltet(sjekk_passord, passord, brukernavn=brukernavn, felt="her") == (None if godt else "her")


def test_one_sign_again_and_again_is_told_as_that() -> None:
    with pytest.raises(UgyldigFelt, match="ett tegn om og om igjen"):
        sjekk_passord("aaaaaaaaaaaa", brukernavn="nav1", felt="passord")


@pytest.mark.parametrize(
    ("lenke", "god"),
    [
        ("https://www.kommunen.no/meldeplikt", True),
        ("https://www.kommunen.no:443/", True),
        ("https://kommunen.no", True),
        ("https://kommunen.no/X", True),
        ("https://KOMMUNEN.NO/", True),
        ("https://blåbær.no/", True),
        ("https://www.kommunen.no:8443/", False),
        ("https://nav:ord@kommunen.no/", False),
        ("https://kommunen/", False),
        ("https://kommunen..no/", False),
        ("https:///meldeplikt", False),
        ("https://kom_munen.no/", False),
        ("http://kommunen.no/", False),
        ("https://kommunen.no:x/", False),
        ("https://[::1/", False),
        ("https://kommunen.no/a b", False),
        ("https://kommunen.no/<b>", False),
        ('https://kommunen.no/"', False),
        ("https://kommunen.no/\\", False),
        ("https://kommunen.no/a>", False),
        ("https://kommunen.no/\u200b", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_a_link_is_a_whole_address_with_nothing_hidden_in_it(lenke: str, god: bool) -> None:
    assert feltet(sjekk_lenke, "lenke", lenke) == (None if god else "lenke")


@pytest.mark.parametrize(
    ("navn", "verdi", "bevares"),
    [
        ("soek", "fritekst", True),
        ("csrf_token", "x", False),
        ("CSRF_TOKEN", "x", False),
        ("passord_gammelt", "x", False),
        ("passkey-svar", "x", False),
        ("engangskode", "x", False),
        ("nytt_passord", "x", True),  # no field of ours has such a name
        ("barn-1-fnr", "x", False),
        ("n", "01819912345", False),
        ("n", "018 199 123 45", False),
        ("n", "0---1---8---1---9---9---1---2---3---4---5", False),
        ("n", "0----1819912345", True),
        ("n", "0181991234", True),  # ten
        ("n", "018199123456", True),  # twelve: a row's key
        ("n", "a01819912345b", False),
        ("n", "01819912345\n", False),
        ("n", "018314_70298", False),
    ],
)
def test_what_is_kept_of_a_form(navn: str, verdi: str, bevares: bool) -> None:
    assert kan_bevares([(navn, verdi)]) == ([(navn, verdi)] if bevares else [])


@pytest.mark.parametrize(
    ("agent", "vist"),
    [
        ("Chrome/1 Safari/1", "Chrome"),
        ("Safari/1", "Safari"),
        ("Firefox/1", "Firefox"),
        ("Chrome/1 Safari/1 Edg/1", "Edge"),
        ("", "Nettleser"),
    ],
)
def test_the_kind_of_browser(agent: str, vist: str) -> None:
    assert enhetstype(agent) == vist
    for merke, system in (("Windows NT", "Windows"), ("Mac OS X", "Mac"), ("X11; Linux", "Linux")):
        assert enhetstype(f"{merke} {agent}") == f"{vist} på {system}"
    for merke, system in (
        ("Linux; Android 14", "Android"),
        ("iPhone; like Mac OS", "iPhone"),
        ("iPad; Mac OS", "iPad"),
    ):
        assert enhetstype(f"{merke} {agent}") == f"{vist} på {system}"


PERIODER = [Periode(om(fra), None if til is None else om(til)) for fra in range(4) for til in (*range(fra, 5), None)]


def dager(periode: Periode) -> set[int]:
    return {n for n in range(8) if om(n) >= periode.fra and (periode.til is None or om(n) <= periode.til)}


def test_periods_meet_and_hold_each_other_day_for_day() -> None:
    for en, annen in product(PERIODER, PERIODER):
        assert en.moeter(annen) == bool(dager(en) & dager(annen)), (en, annen)
        assert en.rommer(annen) == (dager(annen) <= dager(en)), (en, annen)


@pytest.mark.parametrize(
    ("perioder", "dekket"),
    [
        ([(0, 2), (3, None)], True),
        ([(0, 2), (4, None)], False),
        ([(3, None), (0, 2)], True),
        ([(0, 5), (1, 2), (6, None)], True),
        ([(1, None)], False),
        ([(0, None)], True),
        ([(0, 100)], False),
        ([], False),
    ],
)
def test_no_day_is_left_out(perioder: list[tuple[int, int | None]], dekket: bool) -> None:
    rader = [Periode(om(fra), None if til is None else om(til)) for fra, til in perioder]
    assert dekker_alltid(rader, DAG) is dekket


@pytest.mark.parametrize(
    ("ny", "gammel", "feil"),
    [
        ((0, 0), None, None),
        ((-1, None), None, "fra"),
        ((3, 3), None, None),
        ((3, 2), None, "til"),
        ((0, 3653), None, None),
        ((0, 3654), None, "til"),
        ((3653, None), None, None),
        ((3654, None), None, "fra"),
        ((-9, 0), (-9, None), None),  # it has begun: the first day stays, and it ends today at the earliest
        ((-9, -1), (-9, None), "til"),
        ((-8, None), (-9, None), "fra"),
        ((0, None), (0, None), None),
        ((1, None), (0, None), "fra"),
        ((2, None), (1, None), None),  # it has not begun
        ((0, None), (1, None), None),
        ((-1, None), (1, None), "fra"),
    ],
)
def test_which_dates_make_sense_for_a_right(
    ny: tuple[int, int | None], gammel: tuple[int, int | None] | None, feil: str | None
) -> None:
    def periode(fra: int, til: int | None) -> Periode:
        return Periode(om(fra), None if til is None else om(til))

    assert feltet(sjekk_periode, periode(*ny), dag=DAG, gammel=periode(*gammel) if gammel else None) == feil


@pytest.mark.parametrize(
    ("skrevet", "lagret"),
    [
        ("  ", None),
        (" Ida.Nord@Kommunen.no ", "Ida.Nord@Kommunen.no"),
        (f"{'a' * 64}@{'b' * 186}.no", f"{'a' * 64}@{'b' * 186}.no"),
    ],
)
def test_an_address_of_email_is_kept_as_it_is_written(skrevet: str, lagret: str | None) -> None:
    assert rules.sjekk_epost(skrevet) == lagret


@pytest.mark.parametrize(
    "skrevet", [f"{'a' * 64}@{'b' * 187}.no", f"{'a' * 65}@b.no", "ida", "ida@kommunen", "idå@b.no", "i da@b.no"]
)
def test_what_is_no_address_of_email_is_refused_at_its_field(skrevet: str) -> None:
    assert feltet(rules.sjekk_epost, skrevet) == "epost"
