"""Rules of the second factor without a database: the limits, and what is read from what somebody typed."""

from datetime import UTC, datetime, timedelta

import pytest

from koordinering.config import Faktorkrav
from koordinering.errors import UgyldigFelt
from koordinering.konto.faktor import rules
from koordinering.konto.faktor.rules import (
    IkkeFersk,
    er_usikret,
    krev_fersk,
    krever_faktor,
    les_kode,
    ny_kode,
    sjekk_navn,
)
from koordinering.konto.rules import Metode
from koordinering.roles import LESER_SAKER, Rolle

NAA = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_limits_are_as_the_documentation_says() -> None:
    assert (rules.ANTALL_KODER, rules.MAKS_PASSKEYS, rules.STOERSTE_NAVN) == (10, 20, 60)
    assert (timedelta(minutes=5), timedelta(minutes=15)) == (rules.SVARTID, rules.OPPSETTSTID)
    assert [en.value for en in rules.Formaal] == ["inn", "bevis", "ny"]


@pytest.mark.parametrize("rolle", Rolle)
def test_who_must_have_a_second_factor(rolle: Rolle) -> None:
    en = frozenset({rolle})
    maa = rolle in LESER_SAKER or rolle is Rolle.SYSTEMFORVALTER
    assert (krever_faktor(en, Faktorkrav.SAKER), krever_faktor(en, Faktorkrav.ALLE)) == (maa, True)
    assert not krever_faktor(en, Faktorkrav.AV)
    for metode in Metode:
        assert er_usikret(en, metode, Faktorkrav.SAKER) is (maa and metode is Metode.PASSORD)


def test_one_role_among_several_is_enough() -> None:
    assert krever_faktor(frozenset({Rolle.GODKJENNER, Rolle.HENVISER}), Faktorkrav.SAKER)
    assert not krever_faktor(frozenset({Rolle.GODKJENNER, Rolle.KOORDINATOR}), Faktorkrav.SAKER)


def test_a_proof_is_fresh_for_five_minutes() -> None:
    krev_fersk(NAA - timedelta(minutes=5) + timedelta(microseconds=1), NAA)
    with pytest.raises(IkkeFersk):
        krev_fersk(NAA - timedelta(minutes=5), NAA)
    krev_fersk(NAA - timedelta(minutes=5), NAA, innen=timedelta(minutes=6))
    krev_fersk(NAA + timedelta(minutes=1), NAA)  # another host's clock
    with pytest.raises(IkkeFersk):
        krev_fersk(NAA + timedelta(days=1), NAA)  # the clock was set back: it proves nothing for a day


def test_a_recovery_code_has_79_random_bits() -> None:
    koder = [ny_kode() for _ in range(200)]
    assert all([len(del_) for del_ in kode.split("-")] == [4, 4, 4, 4] for kode in koder)
    assert set("".join(koder)) - {"-"} == set("abcdefghijklmnopqrstuvwxyz0123456789") - set("ilo01")
    assert len(set(koder)) == 200
    assert all(les_kode(kode) == kode for kode in koder)


@pytest.mark.parametrize(
    ("tekst", "lest"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("12345", ""),
        ("1234567", ""),
        ("12345a", ""),
        ("١٢٣٤٥٦", ""),
        ("abcdefghjkmnpqrs", "abcd-efgh-jkmn-pqrs"),
        ("ABCD EFGH JKMN PQRS", "abcd-efgh-jkmn-pqrs"),
        ("abcd-efgh-jkmn-pqr", ""),
        ("abcd-efgh-jkmn-pqrst", ""),
        ("abcd-efgh-ikmn-pqrs", ""),
        ("", ""),
    ],
)
def test_what_was_typed_is_read_as_a_code_or_as_nothing(tekst: str, lest: str) -> None:
    assert les_kode(tekst) == lest


def test_a_passkey_has_a_name_of_one_line() -> None:
    assert sjekk_navn("  Min \x00mobil\n ") == "Min mobil"
    assert (sjekk_navn("a"), sjekk_navn("a" * 60)) == ("a", "a" * 60)
    for navn in ("", " \x00", "a" * 61):
        with pytest.raises(UgyldigFelt) as feil:
            sjekk_navn(navn)
        assert feil.value.felt == "navn"
