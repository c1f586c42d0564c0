"""Numbers and amounts as people write them."""

import pytest
from wtforms import DecimalField, IntegerField

from koordinering.tallskrift import BELOEP, HELTALL, PUNKTUM, kroner_tekst, les_heltall, les_kroner
from koordinering.web.tallfelt import Heltallsfelt
from tests.skjemaer import skjemaene

MELLOMROM = pytest.mark.parametrize("mellom", [" ", "\u00a0", "\u202f", "\u2009", ""])


@MELLOMROM
def test_a_space_may_stand_between_thousands(mellom: str) -> None:
    assert les_heltall(f" 1{mellom}000 ") == 1000
    assert les_heltall(f"\u221212{mellom}345{mellom}678") == -12_345_678
    assert les_kroner(f"1{mellom}250") == 125_000
    assert les_kroner(f"Kr 1{mellom}250,50") == 125_050
    assert les_kroner(f"1{mellom}250{mellom}kr") == les_kroner(f"1{mellom}250,-") == 125_000


def test_what_is_no_whole_number() -> None:
    for galt in ("", "mange", "1 00", "10 00", "1  000", "1_000", "²", "٣", "+5", "1,5", "1.5", "1 000 00", "9" * 31):
        with pytest.raises(ValueError, match=HELTALL):
            les_heltall(galt)
    for galt in ("1.000", "12.345.678", "-1.000"):
        with pytest.raises(ValueError, match=PUNKTUM):
            les_heltall(galt)


def test_what_is_no_amount() -> None:
    assert les_kroner(" ") == 0
    assert (les_kroner("99,5"), les_kroner("99.50")) == (9950, 9950), "two decimals or one can be nothing else"
    for galt in ("gratis", "kr", "2kr50", "1 00", "12 34", "99,505", "-5", "12345678", "12 345 678", "1" * 5000):
        with pytest.raises(ValueError, match=BELOEP):
            les_kroner(galt)
    for galt in ("1.000", "1.000,50", "1.000.000 kr"):
        with pytest.raises(ValueError, match=PUNKTUM):
            les_kroner(galt)


def test_an_amount_is_typed_as_it_is_read() -> None:
    for oere, tekst in ((0, "0"), (125_000, "1250"), (9950, "99,50"), (9905, "99,05")):
        assert kroner_tekst(oere) == tekst
        assert les_kroner(tekst) == oere


def test_every_form_reads_its_numbers_the_same_way() -> None:
    egne = [
        f"{navnet}.{navn}"
        for navnet, skjema in skjemaene()
        for navn, felt in vars(skjema).items()
        if hasattr(felt, "field_class")
        and issubclass(felt.field_class, (IntegerField, DecimalField))
        and felt.field_class is not Heltallsfelt
    ]
    assert egne == []
