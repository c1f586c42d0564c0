"""Keys, blind index, encrypted fields, passwords and tokens."""

import dataclasses
import hmac
import json
import logging
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koordinering import crypto
from koordinering.crypto import KanIkkeAapnes, Noekler, passord
from koordinering.errors import ConfigError
from tests.conftest import DYRE_PASSORD

NUMMER = "01911599968"
STED: dict[str, Any] = {"sak_id": 7, "tabell": "sak", "kolonne": "egen_referanse", "rad": 7}
FELLES: dict[str, Any] = {"tabell": "skjema", "kolonne": "innhold", "rad": "hege"}


@pytest.fixture(autouse=True)
def _dyre_passord(monkeypatch: pytest.MonkeyPatch) -> None:
    """The costs of the product: other tests have them low."""
    for navn, verdi in DYRE_PASSORD.items():
        monkeypatch.setattr(passord, navn, verdi)


@pytest.fixture
def sti(tmp_path: Path) -> Path:
    return tmp_path / "var" / "noekler.json"


@pytest.fixture
def noekler(sti: Path) -> Noekler:
    return crypto.lag_noekler(sti, demo=True)


def endre(sti: Path, **felt: Any) -> None:
    sti.write_text(json.dumps(json.loads(sti.read_text()) | felt))


def test_keys_are_read_as_they_were_made(noekler: Noekler, sti: Path) -> None:
    assert crypto.les_noekler(sti, demo=True) == noekler
    assert stat.S_IMODE(sti.stat().st_mode) == 0o600
    assert stat.S_IMODE(sti.parent.stat().st_mode) == 0o700
    assert list(sti.parent.iterdir()) == [sti]


def test_existing_keys_are_never_overwritten(noekler: Noekler, sti: Path) -> None:
    with pytest.raises(ConfigError, match="finnes fra før"):
        crypto.lag_noekler(sti, demo=True)
    assert crypto.les_noekler(sti, demo=True) == noekler
    assert list(sti.parent.iterdir()) == [sti]


def test_nothing_printed_shows_a_key(noekler: Noekler, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("%s %r", noekler, [noekler])
    for skrevet in (repr(noekler), str(noekler), f"{noekler!r}", caplog.text):
        assert noekler.hemmelighet not in skrevet
        assert noekler.indeks.hex() not in skrevet
        assert repr(noekler.indeks) not in skrevet
    assert repr(noekler) == "Noekler(...)"


def test_production_refuses_the_keys_of_the_demo(noekler: Noekler, sti: Path) -> None:
    with pytest.raises(ConfigError, match="laget for demo"):
        crypto.les_noekler(sti)


@pytest.mark.parametrize("felt", ["minne_kib", "runder"])
def test_production_refuses_a_cost_that_was_turned_down(sti: Path, felt: str) -> None:
    crypto.lag_noekler(sti, demo=False)
    endre(sti, blindindeks=json.loads(sti.read_text())["blindindeks"] | {felt: 1})
    with pytest.raises(ConfigError, match="laget for demo"):
        crypto.les_noekler(sti)


def test_production_keys_are_read_in_production(sti: Path) -> None:
    laget = crypto.lag_noekler(sti, demo=False)
    assert crypto.les_noekler(sti) == laget
    assert laget.indeks_kostnad == crypto.KOSTNAD_PRODUKSJON


@pytest.mark.parametrize("modus", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_reach_is_refused(noekler: Noekler, sti: Path, modus: int) -> None:
    sti.chmod(modus)
    with pytest.raises(ConfigError, match="chmod 600"):
        crypto.les_noekler(sti, demo=True)


def test_a_missing_file_says_what_to_do(sti: Path) -> None:
    with pytest.raises(ConfigError, match="mangler"):
        crypto.les_noekler(sti)


def test_a_file_that_cannot_be_read_says_so(sti: Path) -> None:
    sti.mkdir(parents=True, mode=0o700)
    with pytest.raises(ConfigError, match="kan ikke leses"):
        crypto.les_noekler(sti)


@pytest.mark.parametrize(
    "felt",
    [
        {"format": 2},
        {"gjeldende": 9},
        {"hovednoekler": {"1": "ikke base64"}},
        {"hovednoekler": {"1": "a29ydA=="}},
        {"hovednoekler": ["x"]},
        {"hovednoekler": {"70000": ""}},
        {"blindindeks": {}},
        {"blindindeks": None},
        {"hemmelighet": "kort"},
    ],
)
def test_a_damaged_file_is_refused_without_showing_it(noekler: Noekler, sti: Path, felt: dict[str, Any]) -> None:
    endre(sti, **felt)
    with pytest.raises(ConfigError, match="skadet") as feil:
        crypto.les_noekler(sti, demo=True)
    assert feil.value.__cause__ is None
    assert noekler.hemmelighet not in str(feil.value)


@pytest.mark.parametrize("innhold", ["", "{", "[]", '"x"', "æ"])
def test_a_file_that_is_no_key_file_is_refused(noekler: Noekler, sti: Path, innhold: str) -> None:
    sti.write_text(innhold)
    with pytest.raises(ConfigError, match="skadet"):
        crypto.les_noekler(sti, demo=True)


def test_the_blind_index_says_only_same_child(noekler: Noekler) -> None:
    indeks = crypto.blindindeks(noekler, NUMMER)
    assert len(indeks) == 32
    assert indeks == crypto.blindindeks(noekler, NUMMER)
    assert indeks != crypto.blindindeks(noekler, "41911599951")


@pytest.mark.parametrize(
    "endring",
    [
        {"indeks": bytes(32)},
        {"indeks_generasjon": 2},
        {"indeks_kostnad": crypto.IndeksKostnad(minne_kib=512, runder=1)},
    ],
)
def test_another_key_generation_or_cost_is_another_index(noekler: Noekler, endring: dict[str, Any]) -> None:
    annen = dataclasses.replace(noekler, **endring)
    assert crypto.blindindeks(annen, NUMMER) != crypto.blindindeks(noekler, NUMMER)


def test_the_blind_index_needs_neither_master_key_nor_session_secret(noekler: Noekler) -> None:
    annen = dataclasses.replace(noekler, hoved={1: bytes(32)}, hemmelighet="x" * 32)
    assert crypto.blindindeks(annen, NUMMER) == crypto.blindindeks(noekler, NUMMER)


@pytest.mark.parametrize("tekst", ["", "0191159996", "01 91 15 99968", "0191159996x", "0191159996²"])
def test_a_number_that_was_not_checked_gets_no_index(noekler: Noekler, tekst: str) -> None:
    with pytest.raises(ValueError, match="^not eleven digits$"):
        crypto.blindindeks(noekler, tekst)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_any_text_comes_back(noekler: Noekler, klartekst: str) -> None:
    innpakket = crypto.ny_datanoekkel(noekler, crypto.SAK, 7)
    verdi = crypto.krypter(noekler, innpakket, klartekst, **STED)
    assert crypto.dekrypter(noekler, innpakket, verdi, **STED) == klartekst
    felles = crypto.krypter_med_hovednoekkel(noekler, klartekst, **FELLES)
    assert crypto.dekrypter_med_hovednoekkel(noekler, felles, **FELLES) == klartekst


def test_the_same_text_is_never_sealed_alike(noekler: Noekler) -> None:
    innpakket = crypto.ny_datanoekkel(noekler, crypto.SAK, 7)
    assert len({crypto.krypter(noekler, innpakket, "x", **STED) for _ in range(50)}) == 50
    assert len({crypto.ny_datanoekkel(noekler, crypto.SAK, 7) for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "annet_sted", [{"sak_id": 8}, {"tabell": "notat"}, {"kolonne": "tekst"}, {"rad": 8}, {"rad": "7"}]
)
def test_a_value_moved_elsewhere_does_not_open(noekler: Noekler, annet_sted: dict[str, Any]) -> None:
    innpakket = crypto.ny_datanoekkel(noekler, crypto.SAK, 7)
    verdi = crypto.krypter(noekler, innpakket, "NAV-123", **STED)
    with pytest.raises(KanIkkeAapnes):
        crypto.dekrypter(noekler, innpakket, verdi, **(STED | annet_sted))


def test_a_wrapped_key_moved_to_another_case_does_not_open(noekler: Noekler) -> None:
    innpakket = crypto.ny_datanoekkel(noekler, crypto.SAK, 7)
    with pytest.raises(KanIkkeAapnes):
        crypto.krypter(noekler, innpakket, "x", **(STED | {"sak_id": 8}))


def test_the_key_of_another_case_does_not_open(noekler: Noekler) -> None:
    verdi = crypto.krypter(noekler, crypto.ny_datanoekkel(noekler, crypto.SAK, 7), "x", **STED)
    with pytest.raises(KanIkkeAapnes):
        crypto.dekrypter(noekler, crypto.ny_datanoekkel(noekler, crypto.SAK, 7), verdi, **STED)


@pytest.mark.parametrize("annet_sted", [{"tabell": "x"}, {"kolonne": "x"}, {"rad": "x"}])
def test_a_common_value_moved_elsewhere_does_not_open(noekler: Noekler, annet_sted: dict[str, Any]) -> None:
    verdi = crypto.krypter_med_hovednoekkel(noekler, "x", **FELLES)
    with pytest.raises(KanIkkeAapnes):
        crypto.dekrypter_med_hovednoekkel(noekler, verdi, **(FELLES | annet_sted))


def test_every_changed_byte_is_seen(noekler: Noekler) -> None:
    innpakket = crypto.ny_datanoekkel(noekler, crypto.SAK, 7)
    verdi = crypto.krypter(noekler, innpakket, "NAV-123", **STED)
    for plass in range(len(verdi)):
        endret = verdi[:plass] + bytes([verdi[plass] ^ 1]) + verdi[plass + 1 :]
        with pytest.raises(KanIkkeAapnes):
            crypto.dekrypter(noekler, innpakket, endret, **STED)
    for plass in range(len(innpakket)):
        endret = innpakket[:plass] + bytes([innpakket[plass] ^ 1]) + innpakket[plass + 1 :]
        with pytest.raises(KanIkkeAapnes):
            crypto.dekrypter(noekler, endret, verdi, **STED)


def test_every_cut_is_seen(noekler: Noekler) -> None:
    innpakket = crypto.ny_datanoekkel(noekler, crypto.SAK, 7)
    verdi = crypto.krypter(noekler, innpakket, "NAV-123", **STED)
    for lengde in range(len(verdi)):
        with pytest.raises(KanIkkeAapnes):
            crypto.dekrypter(noekler, innpakket, verdi[:lengde], **STED)


def test_what_is_stored_shows_neither_text_nor_key(noekler: Noekler) -> None:
    innpakket = crypto.ny_datanoekkel(noekler, crypto.SAK, 7)
    assert b"NAV-123" not in crypto.krypter(noekler, innpakket, "NAV-123", **STED)
    assert noekler.hoved[1] not in innpakket


def test_the_wrong_master_key_opens_nothing(noekler: Noekler) -> None:
    innpakket = crypto.ny_datanoekkel(noekler, crypto.SAK, 7)
    for hoved, gjeldende in (({1: bytes(32)}, 1), ({2: noekler.hoved[1]}, 2)):
        annen = dataclasses.replace(noekler, hoved=hoved, gjeldende=gjeldende)
        with pytest.raises(KanIkkeAapnes):
            crypto.krypter(annen, innpakket, "x", **STED)


def test_an_older_master_key_still_opens_after_a_new_one_is_made(noekler: Noekler) -> None:
    innpakket = crypto.ny_datanoekkel(noekler, crypto.SAK, 7)
    verdi = crypto.krypter(noekler, innpakket, "x", **STED)
    felles = crypto.krypter_med_hovednoekkel(noekler, "y", **FELLES)
    ny = dataclasses.replace(noekler, hoved={**noekler.hoved, 2: bytes(32)}, gjeldende=2)
    assert crypto.dekrypter(ny, innpakket, verdi, **STED) == "x"
    assert crypto.dekrypter_med_hovednoekkel(ny, felles, **FELLES) == "y"
    assert crypto.ny_datanoekkel(ny, crypto.SAK, 7)[1:3] == b"\x00\x02"


def test_keyed_hashes_are_the_standard_library_s_each_time(noekler: Noekler) -> None:
    for innhold in (b"", b"grense:a", b"x" * 200, b"grense:a"):
        assert noekler.merke(innhold) == hmac.digest(noekler.hemmelighet.encode(), innhold, "sha256")
        assert noekler.indeksmerke(innhold) == hmac.digest(noekler.indeks, innhold, "sha256")


def test_threads_that_share_the_keys_do_not_disturb_each_other(noekler: Noekler) -> None:
    innpakket = crypto.ny_datanoekkel(noekler, crypto.SAK, 7)
    merker = {nr: hmac.digest(noekler.hemmelighet.encode(), bytes([nr]), "sha256") for nr in range(8)}

    def proev(nr: int) -> bool:
        for _ in range(300):
            verdi = crypto.krypter(noekler, innpakket, f"tråd {nr}", **STED)
            felles = crypto.krypter_med_hovednoekkel(noekler, f"felles {nr}", **FELLES)
            assert crypto.dekrypter(noekler, innpakket, verdi, **STED) == f"tråd {nr}"
            assert crypto.dekrypter_med_hovednoekkel(noekler, felles, **FELLES) == f"felles {nr}"
            assert noekler.merke(bytes([nr])) == merker[nr]
        return True

    with ThreadPoolExecutor(8) as traader:
        assert all(traader.map(proev, range(8)))


def test_a_password_fits_only_itself() -> None:
    lagret = crypto.hash_passord("sommer på Håøya")
    assert lagret.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert crypto.passord_stemmer(lagret, "sommer på Håøya")
    assert crypto.passord_stemmer(lagret, "sommer pa\u030a Ha\u030aøya")
    assert not crypto.passord_stemmer(lagret, "sommer på håøya")
    assert crypto.hash_passord("x") != crypto.hash_passord("x")


@pytest.mark.parametrize("lagret", ["", "!", "passord", "$argon2id$v=19$m=19456,t=2,p=1$x$y"])
def test_a_stored_text_that_is_no_hash_never_fits(lagret: str) -> None:
    assert not crypto.passord_stemmer(lagret, lagret)


def test_an_unknown_user_is_checked_at_the_same_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not crypto.blindpass("x")
    sett: list[str] = []

    def husk(lagret: str, passord: str) -> bool:
        sett.append(lagret)
        return False

    monkeypatch.setattr("koordinering.crypto.passord.passord_stemmer", husk)
    crypto.blindpass("x")
    assert not crypto.trenger_ny_hash(sett[0])
    assert len(sett[0]) == len(crypto.hash_passord("x"))


def test_a_hash_of_another_cost_is_to_be_made_again() -> None:
    lagret = crypto.hash_passord("x")
    assert not crypto.trenger_ny_hash(lagret)
    assert crypto.trenger_ny_hash(lagret.replace("m=19456", "m=4096"))
    assert crypto.trenger_ny_hash(lagret.replace("argon2id", "argon2i"))


def test_tokens_are_long_distinct_and_stored_as_hashes() -> None:
    tokener = {crypto.nytt_token() for _ in range(100)}
    assert len(tokener) == 100
    assert all(len(token) == 43 and token.isascii() for token in tokener)
    token = tokener.pop()
    assert crypto.token_hash(token) == crypto.token_hash(token)
    assert len(crypto.token_hash(token)) == 32
    assert crypto.token_hash(token) != crypto.token_hash(tokener.pop())


def test_a_rows_own_key_opens_that_row_alone(noekler: Noekler) -> None:
    sted: dict[str, Any] = {"tabell": "utlaan", "kolonne": "telefon", "rad": 1}
    noekkel, annen = crypto.ny_datanoekkel(noekler, "utlaan", 1), crypto.ny_datanoekkel(noekler, "utlaan", 2)
    verdi = crypto.krypter_i_rad(noekler, noekkel, "41234567", **sted)
    assert b"41234567" not in verdi
    assert crypto.dekrypter_i_rad(noekler, noekkel, verdi, **sted) == "41234567"
    for galt in ({"rad": 2}, {"tabell": "sak"}, {"kolonne": "notat"}):
        with pytest.raises(crypto.KanIkkeAapnes):
            crypto.dekrypter_i_rad(noekler, noekkel, verdi, **{**sted, **galt})
    with pytest.raises(crypto.KanIkkeAapnes):
        crypto.dekrypter_i_rad(noekler, annen, verdi, **sted)
