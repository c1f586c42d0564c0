"""Odd field names and values sent to every form of cases and registering: told, never a fault of the server."""

import contextvars
from typing import Any

import pytest

from koordinering.db import db
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, friplass, utfylt

_LANGT = "9" * 5000
_FELTNAVN = ("barn-²-x", "mottakere-²-valg", f"barn-{_LANGT}-x", f"mottakere-{_LANGT}-valg", "barn--1-x", "barn-٣-x")
_VERDIER: dict[str, Any] = {
    "flere": ["ja", "nei", "4b-2"],
    "nul": "a\x00b",
    "langt": "x" * 10_000,
    "negativt": "-1",
    "opphoeyd": "²",
    "stort": _LANGT,
    "over_64_bit": str(2**70),
    "tomt": "",
}


_FOR_DATABASEN = {"nul", "langt", "stort", "over_64_bit"}
"""What a database may refuse; the rest never reaches one."""


@pytest.mark.bare_sqlite
@pytest.mark.parametrize("navn", _FELTNAVN)
def test_a_field_name_that_is_no_row_is_left_out(folk: Any, nettleser: Nettleser, navn: str) -> None:
    side = nettleser.som(folk.nav1)
    assert side.send("/saker/ny", utfylt(grunnlag="senere") | {navn: "1"}).status_code == 303


def _sider(folk: Any) -> dict[str, dict[str, Any]]:
    sak = friplass(folk.nav1)
    (henvisning,) = sak.henvisninger
    barn = {"foedselsaar": str(AAR - 9), "fnr": "", "kjoenn": "", "deltar": "nei", "spurt": "ja", "oenske1": ""}
    rett = {"versjon": "1", "grunn": "nytt"}
    h = f"/saker/henvisninger/{henvisning.id}"
    grunnlag = {"grunnlag": "samtykke", "maate": "muntlig", "fra": "foresatt", "hjemmel": "", "gyldig_til": ""}
    grunnlag["opplysninger"] = "referanse"
    samtykke = f"/samtykker/{sak.samtykker[0].id}/trekk"
    skjemaer: dict[str, dict[str, Any]] = {
        "/saker/ny": utfylt() | grunnlag | {"innsending": "t", "egen_referanse": "", "mottakere-0-mottaker": "nav"},
        "/saker/finn": {"referanse": "", "fnr": ""},
        f"/saker/{sak.id}/barn": {**barn, "versjon": "1"},
        f"/saker/barn/{sak.barn[0].id}/rett": barn | rett,
        f"/saker/{sak.id}/henvisning": {"tiltak": "4b-9", "barn": ""},
        f"{h}/rett": rett | {"sak_versjon": "1", "barn": str(sak.barn[0].id), "oenske1": "", "behov": "fritid"},
        f"/saker/{sak.id}/rett": rett | {"i_maalgruppe": "ja", "behov": "fritid", "egen_referanse": ""},
        f"/saker/{sak.id}/overlever": {"til": str(folk.nav2.id)},
        f"/saker/{sak.id}/samtykke": grunnlag | {"mottaker": "inkluderingskonsulent"},
        **{f"{h}/{gjoer}": {"svar": "ja"} for gjoer in ("svar", "klage", "beskjed", "send", "slett")},
        f"{h}/trekk": {"grunn": "annet", "fritekst": ""},
        samtykke: {"x": ""},
        f"/saker/barn/{sak.barn[0].id}/fjern": {"x": ""},
        f"/saker/{sak.id}/slett": {"x": ""},
    }
    db.session.rollback()
    return skjemaer


def _send(side: Nettleser, adresse: str, data: dict[str, Any] | str, **kw: Any) -> None:
    """Send as it is: the page that answers is not read, for it may show what was typed."""
    if isinstance(data, dict):
        data = {"csrf_token": side.token(), **data}
    svar = contextvars.Context().run(side.klient.post, adresse, data=data, base_url="http://localhost", **kw)
    assert svar.status_code < 500, adresse


@pytest.mark.parametrize(
    "verdi",
    [v if v in _FOR_DATABASEN else pytest.param(v, marks=pytest.mark.bare_sqlite) for v in _VERDIER],
)
def test_no_value_in_any_field_breaks_a_form(folk: Any, nettleser: Nettleser, verdi: str) -> None:
    sider = _sider(folk)
    side = nettleser.som(folk.nav1)
    for adresse, skjema in sider.items():
        for felt in (*skjema, "ukjent"):
            _send(side, adresse, skjema | {felt: _VERDIER[verdi]})
        _send(side, adresse, dict.fromkeys(skjema, _VERDIER[verdi]))


def test_half_a_character_percent_encoded_breaks_no_form(folk: Any, nettleser: Nettleser) -> None:
    sider = _sider(folk)
    side = nettleser.som(folk.nav1)
    for adresse, skjema in sider.items():
        felter = [f"{felt}=%ED%A0%80" for felt in skjema]
        kropp = "&".join([f"csrf_token={side.token()}", *felter, "%ED%A0%80=1", "barn-%ED-x=1"])
        _send(side, adresse, kropp, content_type="application/x-www-form-urlencoded")
