"""The guard on free text: what is found however it is written, what is let through, and the lists it reads."""

import random
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koordinering import fritekst
from koordinering.errors import ConfigError, UgyldigFelt
from koordinering.fritekst import Funn, finn, les_ordliste, navnelike, ordliste, sifre
from koordinering.fritekst.sifre import Regel, maanedstillegg, regler, rest
from koordinering.saker.rules.identitetsnummer import syntetisk

RNG = st.randoms(use_true_random=True)
TEGN = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u2013"])
FOER = st.sampled_from(["", "Barnet er ", "ring ", "nr. ", "Familien (", "kl. 17 på "])
ETTER = st.sampled_from(["", " i dag", ".", ", takk", ")"])


def _fra_2032(rng: random.Random) -> str:
    """A number that only the rule of 2032 takes."""
    while True:
        kropp = f"{rng.randrange(1, 29):02}{rng.randrange(81, 93):02}{rng.randrange(100):02}{rng.randrange(1000):03}"
        for foerste in range(10):
            andre = -rest(f"{kropp}{foerste}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
            nummer = f"{kropp}{foerste}{andre}"
            if andre < 10 and regler(nummer) == {Regel.FRA_2032} and maanedstillegg(nummer) is not None:
                return nummer


def _konto(rng: random.Random) -> str:
    while True:
        kropp = f"{rng.randrange(1000, 9800)}{rng.randrange(1, 100):02}{rng.randrange(10000):04}"
        siste = -rest(kropp, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
        if siste < 10:
            return f"{kropp}{siste}"


def _delt(sifre: str, stoerrelser: tuple[int, ...], tegn: str) -> str:
    deler, sted = [], 0
    for stoerrelse in stoerrelser:
        deler.append(sifre[sted : sted + stoerrelse])
        sted += stoerrelse
    return tegn.join(deler)


def _funn(tekst: str) -> set[Funn]:
    return {treff.funn for treff in finn(tekst)}


@given(FOER, ETTER, TEGN, RNG, st.sampled_from([(11,), (6, 5), (2, 2, 2, 5), (6, 3, 2), (1,) * 11]))
def test_an_identity_number_is_found_by_both_rules(
    foer: str, etter: str, tegn: str, rng: random.Random, deler: tuple[int, ...]
) -> None:
    for nummer in (syntetisk(rng, date(2014, 3, 2)), syntetisk(rng, date(2014, 3, 2), d_nummer=True), _fra_2032(rng)):
        assert Funn.IDENTITETSNUMMER in _funn(f"{foer}{_delt(nummer, deler, tegn)}{etter}"), nummer


@given(FOER, ETTER, TEGN, RNG, st.sampled_from([(8,), (2, 2, 2, 2), (3, 2, 3), (4, 4)]))
def test_a_telephone_number_is_found(
    foer: str, etter: str, tegn: str, rng: random.Random, deler: tuple[int, ...]
) -> None:
    nummer = f"{rng.choice('4579')}{rng.randrange(10**7):07}"
    assert _funn(f"{foer}{_delt(nummer, deler, tegn)}{etter}") == {Funn.TELEFON}
    assert _funn(f"{foer}{rng.choice(['+47', '0047', '+46 ', '+380-'])}{_delt(nummer, deler, tegn)}{etter}") == {
        Funn.TELEFON
    }


@given(FOER, ETTER, TEGN, RNG)
def test_an_account_number_is_found(foer: str, etter: str, tegn: str, rng: random.Random) -> None:
    nummer = _konto(rng)
    funnet = _funn(f"{foer}{_delt(nummer, (4, 2, 5), tegn)}{etter}")
    assert funnet & {Funn.KONTONUMMER, Funn.IDENTITETSNUMMER}  # a few are possible as both
    feil = f"{nummer[:-1]}{(int(nummer[-1]) + 1) % 10}"
    assert Funn.KONTONUMMER not in _funn(f"{foer}{_delt(feil, (4, 2, 5), tegn)}{etter}")


@pytest.mark.parametrize("tekst", ["post@eksempel.no", "skriv til mor.far+en@skole.eksempel.no i dag", "(a@b.io)"])
def test_an_address_for_mail_is_found(tekst: str) -> None:
    assert Funn.EPOST in _funn(tekst)


HVEM = st.sampled_from(["Barnet", "Familien", "Søsknene", "Hun på elleve", "Laget", "Begge barna"])
VIL = st.sampled_from(["vil spille", "begynte med", "fikk ikke plass på", "ønsker seg over til", "har lånt ski til"])
HVA = st.sampled_from(["fotball", "langrenn", "dans", "svømming", "korps", "alpint i Hafjell", "håndball"])
DAGER = st.dates(date(2020, 1, 1), date(2031, 12, 31))
NAAR = st.one_of(
    DAGER.map(lambda d: f"fra {d:%d.%m.%Y}"),
    DAGER.map(lambda d: f"til {d.day}.{d.month}.{d:%y}"),
    DAGER.map(lambda d: f"den {d.isoformat()}"),
    st.integers(2020, 2031).map(lambda aar: f"i sesongen {aar}/{aar + 1}"),
    st.integers(2020, 2031).map(lambda aar: f"skoleåret {aar}–{aar + 1}"),
    st.tuples(st.integers(15, 20), st.integers(0, 59)).map(lambda t: f"kl. {t[0]}.{t[1]:02}–{t[0] + 1}.{t[1]:02}"),
    st.integers(1, 52).map(lambda uke: f"i uke {uke} til {uke + 2}"),
)
HVOR_MYE = st.one_of(
    st.integers(1, 9_999_999).map(lambda kr: f"og det koster {kr} kroner"),
    st.integers(1000, 99_999_999).map(lambda kr: f"og kontingenten er {kr:,} kr".replace(",", " ")),
    st.integers(1, 99_999).map(lambda kr: f"for kr {kr},-"),
    st.integers(20, 48).map(lambda nr: f"i størrelse {nr}"),
    st.integers(80, 176).map(lambda cm: f"i str. {cm}-{cm + 6} ({cm} cm)"),
    st.integers(2, 30).map(lambda nr: f"med {nr} andre, 6-12 år"),
)


@given(HVEM, VIL, HVA, NAAR, HVOR_MYE)
def test_an_ordinary_sentence_is_let_through(hvem: str, vil: str, hva: str, naar: str, mye: str) -> None:
    tekst = f"{hvem} {vil} {hva} {naar}, {mye}. Fra Lillehammer går det buss."
    assert finn(tekst) == []
    assert navnelike(tekst) == []


@pytest.mark.parametrize(
    ("tekst", "par"),
    [
        ("Ola Nordmann vil være med", 1),
        ("vi spør Kari N. Nordmann", 1),
        ("Åse-Marie Žižek og Mohamed Ali", 2),
        ("KARI NORDMANN", 1),
        ("Ola\nNordmann", 1),
        ("NAV og SFO", 0),
        ("Barnet vil. Hun Sier", 0),
        ("på Ungdomsbasen mandag", 0),
    ],
)
def test_pairs_that_look_like_a_name(tekst: str, par: int) -> None:
    assert len(navnelike(tekst)) == par
    assert finn(tekst) == []  # asked about, never refused


@pytest.mark.parametrize(
    ("tekst", "ord_"),
    [
        ("Barnet har fått en Diagnose.", "diagnose"),
        ("barnevernet er inne", "barnevernet"),
        ("har kode   6", "kode 6"),
        ("det er en individuell\nplan", "individuell plan"),
        ("ADHD-medisin", "adhd"),
        ("russetida og medisinballen, kodeklubb 67", None),
    ],
)
def test_protected_words(tekst: str, ord_: str | None) -> None:
    assert [treff.ord for treff in finn(tekst)] == ([ord_] if ord_ else [])


@given(RNG)
def test_the_last_guard_repeats_nothing(rng: random.Random) -> None:
    for tekst in ("ring 41 23 45 67", f"nr {_konto(rng)}", "a@b.no", "har angst"):
        with pytest.raises(UgyldigFelt) as feil:
            fritekst.sjekk("fritekst", tekst)
        assert feil.value.felt == "fritekst"
        assert not set("0123456789@") & set(str(feil.value))
    fritekst.sjekk("nummer", "41234567", unntatt={Funn.TELEFON})


def test_the_municipality_adds_and_takes_out_words(tmp_path: Path) -> None:
    egen = tmp_path / "vernede_ord.txt"
    egen.write_text("\ufeff# våre\nhusbråk*\n- syk\n", encoding="utf-8")
    liste = les_ordliste(egen)
    assert liste.finn("det var husbråket") == "husbråket"
    assert liste.finn("hun var syk") is None
    assert les_ordliste(tmp_path / "finnes_ikke.txt").finn("hun var syk") == "syk"


@pytest.mark.parametrize(("linjer", "nr"), [("greit\n*", 2), ("- finnesikke", 1), ("a; b", 1)])
def test_a_wrong_line_is_told_with_file_and_line(tmp_path: Path, linjer: str, nr: int) -> None:
    egen = tmp_path / "vernede_ord.txt"
    egen.write_text(linjer, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"vernede_ord\.txt, linje {nr}:"):
        les_ordliste(egen)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    for innhold, hva in ((b"\xff\xfe", "UTF-8"), (b"a\n" * 60_000, "lang")):
        (tmp_path / "ord.txt").write_bytes(innhold)
        with pytest.raises(ConfigError, match=hva):
            les_ordliste(tmp_path / "ord.txt")


@given(st.text(alphabet="0123456789 +-.:/²①½x@æA\u00a0\u2013kr,", max_size=40))
def test_a_text_with_few_digits_need_not_be_searched(tekst: str) -> None:
    uten_snarvei = pytest.MonkeyPatch()
    svar = [_om_sifrene(tekst)]
    with uten_snarvei.context() as bytt:
        bytt.setattr(sifre, "_har_sifre", lambda ren, antall: True)
        svar.append(_om_sifrene(tekst))
    assert svar[0] == svar[1]


def _om_sifrene(tekst: str) -> list[object]:
    return [sok(tekst) for sok in (sifre.har_identitetsnummer, sifre.har_kontonummer, sifre.har_telefonnummer, finn)]


@pytest.mark.parametrize("tekst", ["+4712345", "004712345", "+1234567", "+123456"])
def test_the_shortest_number_abroad(tekst: str) -> None:
    assert (Funn.TELEFON in _funn(tekst)) is (len(tekst.lstrip("+0")) >= 7)


@given(
    st.lists(st.from_regex(r"[ab]{1,3}([ -][ab])?\*?", fullmatch=True), max_size=6),
    st.text(alphabet="aAbB -.", max_size=12),
)
def test_the_list_finds_what_its_entries_find_one_after_another(poster: list[str], tekst: str) -> None:
    ett = "|".join(re.escape(post.rstrip("*")) + (r"\w*" if post[-1] == "*" else "") for post in sorted(set(poster)))
    treff = re.search(rf"(?<!\w)(?:{ett})(?!\w)", " ".join(tekst.split()), re.IGNORECASE) if poster else None
    assert ordliste.lag(poster).finn(tekst) == (treff[0].lower() if treff else None)
