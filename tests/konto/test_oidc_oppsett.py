"""The rules of single sign-on, the municipality's file of issuers, and the command that checks one."""

import time
from pathlib import Path
from typing import Any

import pytest

from koordinering.cli import main
from koordinering.errors import ConfigError
from koordinering.konto.oidc import services
from koordinering.konto.oidc.rules import Avvik, Subjekt, Utsteder, avvik_i_token, kort_kode, subjektet
from tests.konto.hos_andre import doer, doeren, nav, utstederen
from tests.konto.tilbyder import EGEN, Doer

__all__ = ["doer", "doeren", "nav"]

pytestmark = pytest.mark.bare_sqlite  # test_oidc_database.py goes to both


def test_level_method_tenant_and_subject_are_held_as_the_file_says() -> None:
    entra = Utsteder(
        "e", "E", "https://e.example", "k", tenant="t1", subjekt=Subjekt.OID_TID, krev_acr=("high",), krev_amr=("mfa",)
    )
    naa = time.time()
    rett = {"iss": "https://e.example", "aud": "k", "exp": naa + 60, "iat": naa, "nonce": "n", "sub": "s"}
    rett |= {"tid": "t1", "oid": "o1", "acr": "high", "amr": ["pwd", "mfa"]}

    def avvik(**endret: Any) -> Avvik | None:
        return avvik_i_token({**rett, **endret}, entra, nonce="n", naa=naa)

    assert avvik() is None
    assert subjektet(rett, entra) == "o1+t1"
    assert avvik(tid="t2") is Avvik.TENANT
    assert avvik(oid=None) is Avvik.SUBJEKT
    assert avvik(acr="low") is Avvik.FAKTOR
    assert avvik(amr="mfa") is Avvik.FAKTOR
    assert avvik(amr=["pwd"]) is Avvik.FAKTOR
    assert avvik(exp=True) is Avvik.GAMMELT
    assert avvik(nonce=None) is Avvik.NONCE
    assert kort_kode(b"\xff" * 5) == "ZZZZ-ZZZZ"


GOD = 'navn = "Nav"\nissuer = "https://nav.example"\nclient_id = "k"\nclient_secret_miljo = "H"\n'


@pytest.mark.parametrize(
    ("linjer", "sier"),
    [
        ("[nav", "ikke gyldig TOML"),
        ('nav = "x"', "under en overskrift"),
        (f"[NAV]\n{GOD}", "små bokstaver"),
        (f"[nav]\n{GOD}tull = 1", "tull finnes ikke"),
        (f"[nav]\n{GOD}".replace("https:", "http:"), "https://"),
        (f"[nav]\n{GOD}".replace("nav.example", "login.microsoftonline.com/common/v2.0"), "felles adresse"),
        (f"[nav]\n{GOD}".replace('navn = "Nav"\n', ""), "navn mangler"),
        (f'[nav]\n{GOD}algoritmer = ["none"]', "none kan ikke brukes"),
        (f'[nav]\n{GOD}algoritmer = ["HS256"]', "HS256 kan ikke brukes"),
        (f'[nav]\n{GOD}krev_amr = "mfa"', "en liste"),
        (f'[nav]\n{GOD}scope = "profile"', "openid"),
        (f'[nav]\n{GOD}privat_noekkel_fil = "x"', "bruk én av"),
        (f"[nav]\n{GOD}".replace('"H"', '"FINNES_IKKE"'), "FINNES_IKKE er tom"),
        (f"[nav]\n{GOD}".replace("client_secret_miljo", "client_secret_fil"), "kan ikke leses"),
        (f"[a]\n{GOD}[b]\n{GOD}", "samme issuer"),
    ],
)
def test_a_file_that_is_wrong_or_unsafe_stops_the_start(tmp_path: Path, linjer: str, sier: str) -> None:
    fil = tmp_path / "oidc.toml"
    fil.write_text(linjer, encoding="utf-8")
    with pytest.raises(ConfigError) as feil:
        services.les_utstedere(fil, {"H": "hemmelig-verdi"}, demo=False)
    assert sier in str(feil.value)
    assert "hemmelig-verdi" not in str(feil.value)


def test_secrets_are_read_from_files_that_nobody_else_can_read(tmp_path: Path) -> None:
    fil, hemmelig = tmp_path / "oidc.toml", tmp_path / "h"
    felt = GOD.replace('client_secret_miljo = "H"', 'client_secret_fil = "h"')
    fil.write_text(f"[nav]\n{felt}", encoding="utf-8")
    hemmelig.write_text("hemmelig-verdi\n", encoding="utf-8")
    hemmelig.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        services.les_utstedere(fil, demo=False)
    hemmelig.chmod(0o600)
    nav = services.les_utstedere(fil, demo=False)["nav"]
    assert nav.hemmelighet == "hemmelig-verdi"
    assert "hemmelig-verdi" not in repr(nav)
    fil.write_text(f"[nav]\n{felt}".replace("client_secret_fil", "privat_noekkel_fil"), encoding="utf-8")
    with pytest.raises(ConfigError, match="ikke en nøkkel"):
        services.les_utstedere(fil, demo=False)


def sjekk(config: Any, doer: Doer, monkeypatch: pytest.MonkeyPatch, capsys: Any, navn: str = "nav") -> tuple[int, str]:
    """Run the command as whoever runs the machine does; its exit code and what it said."""
    fil = config.data / "oidc.toml"
    felt = GOD.replace("https://nav.example", doer.adresse)
    fil.write_text(f"[nav]\n{felt}", encoding="utf-8")
    for variabel, verdi in (("MILJOE", "demo"), ("DATA", str(config.data)), ("DATABASE_URL", config.database_url)):
        monkeypatch.setenv(f"KOORDINERING_{variabel}", verdi)
    monkeypatch.setenv("H", "hemmelig-verdi")
    with pytest.raises(SystemExit) as slutt:
        main(["oidc", "check", navn])
    fil.unlink()
    lest = capsys.readouterr()
    assert "hemmelig-verdi" not in lest.out + lest.err
    return int(slutt.value.code or 0), lest.out + lest.err


def test_the_check_says_what_is_wrong(config: Any, doer: Doer, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def sier(**lyver: Any) -> tuple[int, str]:
        doer.nullstill()
        for navn, verdi in lyver.items():
            setattr(doer, navn, verdi)
        return sjekk(config, doer, monkeypatch, capsys)

    kode, tekst = sier()
    assert (kode, "feil  " in tekst) == (0, False), tekst
    assert "/logg-inn/hos/nav/svar" in tekst
    assert "S256" in tekst
    svake = EGEN.as_dict(private=False) | {"n": "A" * 171}
    for lyver, ventet in (
        ({"sier": {"/.well-known/openid-configuration": 404}}, "svarer 404"),
        ({"beskrivelse": {"issuer": "https://x.example"}}, "kaller seg 'https://x.example'"),
        ({"beskrivelse": {"code_challenge_methods_supported": ["plain"]}}, "kan ikke PKCE"),
        ({"beskrivelse": {"id_token_signing_alg_values_supported": ["HS256"]}}, "signerer med HS256"),
        ({"beskrivelse": {"jwks_uri": None}}, "mangler jwks_uri"),
        ({"noekler": [svake]}, "ingen nøkkel som kan brukes"),
        ({"sier": {"/jwks": 500}}, "Får ikke hentet nøklene"),
        ({"sier": {"/oauth2/token": 401}}, "hemmeligheten eller nøkkelen er feil eller utløpt"),
    ):
        kode, tekst = sier(**lyver)
        assert (kode, ventet in tekst) == (1, True), (lyver, tekst)
    doer.nullstill()
    assert "Den har: nav" in sjekk(config, doer, monkeypatch, capsys, "finnes-ikke")[1]
    nede = Doer("", "http://127.0.0.1:9")
    assert "Får ikke kontakt" in sjekk(config, nede, monkeypatch, capsys)[1]


def test_a_clock_that_is_wrong_is_told(doer: Doer) -> None:
    doer.klokke = 300
    funn = [f.tekst for f in services.sjekk(utstederen(doer), "r", "e") if f.alvor is services.Alvor.FEIL]
    assert any("Klokken her" in tekst for tekst in funn)
