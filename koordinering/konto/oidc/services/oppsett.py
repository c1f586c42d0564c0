"""The municipality's file of issuers: read once at start, refused when something is missing or unsafe."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from koordinering.errors import ConfigError
from koordinering.konto.oidc.rules import ALGORITMER, Subjekt, Utsteder

_KODE = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
_HER = frozenset({"localhost", "127.0.0.1"})
_FELT = frozenset(
    {
        "navn", "issuer", "client_id", "client_secret_fil", "client_secret_miljo", "privat_noekkel_fil", "noekkel_id",
        "noekkelalgoritme", "noekkelmottaker", "scope", "subjekt", "tenant", "krev_acr", "krev_amr", "algoritmer",
    }
)  # fmt: skip


def les_utstedere(fil: Path | None, miljo: Mapping[str, str] | None = None, *, demo: bool) -> dict[str, Utsteder]:
    """The issuers of the file, by their names in it; none where there is no file.

    Raises ConfigError, in one line that says which issuer and what is wrong; never with what a secret is.
    """
    if fil is None:
        return {}
    try:
        innhold = tomllib.loads(fil.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as feil:
        raise ConfigError(f"{fil} kan ikke leses ({type(feil).__name__}).") from None
    except tomllib.TOMLDecodeError as feil:
        raise ConfigError(f"{fil} er ikke gyldig TOML: {feil}.") from None
    miljo = os.environ if miljo is None else miljo
    utstedere = {kode: _utsteder(kode, felt, fil, miljo, demo) for kode, felt in innhold.items()}
    if len({u.issuer for u in utstedere.values()}) != len(utstedere):
        raise ConfigError(f"{fil}: to utstedere har samme issuer.")
    return utstedere


def _utsteder(kode: str, felt: object, fil: Path, miljo: Mapping[str, str], demo: bool) -> Utsteder:
    hvor = f"{fil}, [{kode}]"
    if not _KODE.fullmatch(kode):
        raise ConfigError(f"{hvor}: navnet må være små bokstaver, tall og bindestrek, høyst 30 tegn.")
    if not isinstance(felt, dict):
        raise ConfigError(f"{fil}: alt må stå under en overskrift som [{kode}].")
    ukjente = sorted(set(felt) - _FELT)
    if ukjente:
        raise ConfigError(f"{hvor}: {', '.join(ukjente)} finnes ikke som valg.")
    issuer = _issuer(_tekst(felt, "issuer", hvor), hvor, demo)
    scope = _tekst(felt, "scope", hvor, "openid")
    if "openid" not in scope.split():
        raise ConfigError(f"{hvor}: scope må ha med openid.")
    hemmelighet, privat = _legitimasjon(felt, hvor, fil, miljo)
    utsteder = Utsteder(
        kode=kode,
        navn=_tekst(felt, "navn", hvor)[:60],
        issuer=issuer,
        client_id=_tekst(felt, "client_id", hvor),
        hemmelighet=hemmelighet,
        privat_noekkel=privat,
        noekkel_id=_tekst(felt, "noekkel_id", hvor, "") or None,
        noekkelalgoritme=_en_av(felt, "noekkelalgoritme", ALGORITMER, hvor, "RS256"),
        noekkelmottaker=_en_av(felt, "noekkelmottaker", ("issuer", "token"), hvor, "issuer"),
        scope=scope,
        subjekt=Subjekt(_en_av(felt, "subjekt", tuple(Subjekt), hvor, Subjekt.SUB)),
        tenant=_tekst(felt, "tenant", hvor, "") or None,
        krev_acr=_liste(felt, "krev_acr", hvor),
        krev_amr=_liste(felt, "krev_amr", hvor),
        algoritmer=_liste(felt, "algoritmer", hvor) or Utsteder.algoritmer,
    )
    _krev_trygg(utsteder, hvor)
    return utsteder


def _krev_trygg(utsteder: Utsteder, hvor: str) -> None:
    svake = sorted(set(utsteder.algoritmer) - set(ALGORITMER))
    if svake:
        raise ConfigError(f"{hvor}: {', '.join(svake)} kan ikke brukes. Velg blant {', '.join(ALGORITMER)}.")
    if utsteder.privat_noekkel is None:
        return
    from joserfc.errors import JoseError  # only where there is an issuer with such a key

    from koordinering.konto.oidc.services import noekler

    try:
        noekler.les_privat(utsteder)
    except (JoseError, ValueError):
        raise ConfigError(f"{hvor}: privat_noekkel_fil er ikke en nøkkel for {utsteder.noekkelalgoritme}.") from None


def _issuer(issuer: str, hvor: str, demo: bool) -> str:
    deler = urlsplit(issuer)
    her = demo and deler.scheme == "http" and deler.hostname in _HER
    if (deler.scheme != "https" and not her) or not deler.hostname or deler.query or deler.fragment:
        raise ConfigError(f"{hvor}: issuer må være en adresse som begynner med https://.")
    if "{" in issuer or deler.path.rstrip("/").endswith(("/common/v2.0", "/organizations/v2.0")):
        raise ConfigError(f"{hvor}: issuer må være virksomhetens egen adresse, ikke Entras felles adresse.")
    return issuer


def _tekst(felt: Mapping[str, Any], navn: str, hvor: str, standard: str | None = None) -> str:
    verdi = felt.get(navn, standard)
    if not isinstance(verdi, str) or (standard is None and not verdi.strip()):
        raise ConfigError(f"{hvor}: {navn} {'mangler' if navn not in felt else 'må være tekst'}.")
    return verdi.strip()


def _en_av(felt: Mapping[str, Any], navn: str, lovlige: tuple[str, ...], hvor: str, standard: str) -> str:
    verdi = _tekst(felt, navn, hvor, standard)
    if verdi not in lovlige:
        raise ConfigError(f"{hvor}: {navn} må være {' eller '.join(lovlige)}.")
    return verdi


def _liste(felt: Mapping[str, Any], navn: str, hvor: str) -> tuple[str, ...]:
    verdi = felt.get(navn, [])
    if not isinstance(verdi, list) or not all(isinstance(en, str) and en for en in verdi):
        raise ConfigError(f'{hvor}: {navn} må være en liste med tekster, som ["mfa"].')
    return tuple(verdi)


def _legitimasjon(
    felt: Mapping[str, Any], hvor: str, fil: Path, miljo: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """The secret or the private key: exactly one of the three ways to tell it."""
    maater = [m for m in ("client_secret_fil", "client_secret_miljo", "privat_noekkel_fil") if m in felt]
    if len(maater) != 1:
        raise ConfigError(f"{hvor}: bruk én av client_secret_fil, client_secret_miljo og privat_noekkel_fil.")
    (maate,) = maater
    hvorfra = _tekst(felt, maate, hvor)
    if maate == "client_secret_miljo":
        verdi = miljo.get(hvorfra, "").strip()
        if not verdi:
            raise ConfigError(f"{hvor}: miljøvariabelen {hvorfra} er tom.")
        return verdi, None
    verdi = _hemmelig_fil(fil.parent / hvorfra, maate, hvor)
    return (verdi, None) if maate == "client_secret_fil" else (None, verdi)


def _hemmelig_fil(sti: Path, navn: str, hvor: str) -> str:
    try:
        aapen = sti.stat().st_mode & 0o077
        verdi = sti.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as feil:
        raise ConfigError(f"{hvor}: {navn} kan ikke leses ({type(feil).__name__}).") from None
    if aapen:
        raise ConfigError(f"{hvor}: andre kan lese {navn}. Kjør: chmod 600 {sti}")
    if not verdi:
        raise ConfigError(f"{hvor}: {navn} er tom.")
    return verdi
