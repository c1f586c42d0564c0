"""A release replaces one of its own year, and only one that no other has replaced."""

import re
from typing import Any

import pytest
from flask import Flask

from koordinering.db import db, transaction
from koordinering.errors import UgyldigFelt
from koordinering.statistikk import queries, services
from koordinering.statistikk.models import Publisering
from koordinering.statistikk.rules import Hinder, KanIkkePubliseres, Publiseringsstatus
from tests.nettleser import Nettleser
from tests.statistikk.test_utgivelse import samtidig
from tests.statistikk.utgivelse import AAR, DAG, bilde, kontroller, kontrollert, publisert, slipp, utkast

I_FJOR = AAR - 1


def _fjorarets(folk: Any) -> int:
    """A release of the year before."""
    services.lag_bilde(I_FJOR, DAG, av=None)
    with transaction():
        ny: int = services.lag_utkast(I_FJOR, ["tjeneste"], av=folk.koordinator1).id
    kontroller(folk, ny)
    slipp(folk.koordinator2, ny)
    return ny


def _status(publisering_id: int) -> Publiseringsstatus:
    db.session.rollback()
    return db.session.get_one(Publisering, publisering_id).status


def _valg(html: str, felt: str) -> set[str]:
    """The values that a list on the page offers."""
    liste = re.search(rf'<select[^>]*name="{felt}".*?</select>', html, re.DOTALL)
    assert liste
    return set(re.findall(r'value="(\d*)"', liste[0]))


def test_a_draft_replaces_only_what_is_of_its_own_year(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    bilde(folk)
    gammel, egen = _fjorarets(folk), publisert(folk)
    with pytest.raises(UgyldigFelt) as feil, transaction():
        services.lag_utkast(AAR, ["tjeneste"], gammel, av=folk.koordinator1)
    assert feil.value.felt == "erstatter"
    hun = nettleser.som(folk.koordinator1)
    assert _valg(hun.se("/publiseringer/ny").get_data(as_text=True), "erstatter") == {"", str(egen)}
    felt = {"aar": str(I_FJOR), "koder": "alder"}
    svar = hun.send("/publiseringer/ny", {**felt, "vis": "aar"})
    html = svar.get_data(as_text=True)
    assert (svar.status_code, _valg(html, "erstatter")) == (200, {"", str(gammel)})
    assert re.search(r'value="alder"\s+checked', html), "what was ticked is ticked still"
    svar = hun.send("/publiseringer/ny", {**felt, "aar": str(AAR), "erstatter": str(gammel)})
    html = svar.get_data(as_text=True)
    assert (svar.status_code, _valg(html, "erstatter")) == (422, {"", str(egen)})
    assert '<a href="#erstatter"' in re.sub(r' class="[^"]*"', "", html)
    assert "Velg en publisering fra samme år" in html
    assert hun.send("/publiseringer/ny", {**felt, "erstatter": str(gammel)}).status_code == 303


def test_an_old_draft_that_names_another_years_release_is_refused(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    bilde(folk)
    gammel, ny = _fjorarets(folk), kontrollert(folk)
    with transaction():
        db.session.get_one(Publisering, ny).erstatter_id = gammel
    with pytest.raises(KanIkkePubliseres) as feil:
        slipp(folk.koordinator2, ny)
    assert feil.value.hinder is Hinder.ANNET_AAR
    hun = nettleser.som(folk.koordinator2)
    assert hun.send(f"/publiseringer/{ny}/publiser").status_code == 409
    assert Hinder.ANNET_AAR.tekst in hun.se(f"/publiseringer/{ny}").get_data(as_text=True)
    assert (_status(gammel), _status(ny)) == (Publiseringsstatus.PUBLISERT, Publiseringsstatus.KONTROLLERT)


def test_of_two_drafts_that_replace_the_same_release_only_one_goes_out(
    app: Flask, folk: Any, nettleser: Nettleser
) -> None:
    bilde(folk)
    gammel = publisert(folk)
    foerst, sist = kontrollert(folk, erstatter_id=gammel), kontrollert(folk, erstatter_id=gammel)
    slipp(folk.koordinator2, foerst)
    with pytest.raises(KanIkkePubliseres) as feil:
        slipp(folk.koordinator2, sist)
    assert feil.value.hinder is Hinder.ALT_ERSTATTET
    side = nettleser.som(folk.koordinator2).se(f"/publiseringer/{sist}").get_data(as_text=True)
    assert Hinder.ALT_ERSTATTET.tekst in side
    with pytest.raises(UgyldigFelt):
        utkast(folk, erstatter_id=gammel)
    assert (_status(gammel), _status(sist)) == (Publiseringsstatus.TRUKKET, Publiseringsstatus.KONTROLLERT)


def test_of_two_at_the_same_moment_only_one_replaces_it(app: Flask, folk: Any) -> None:
    bilde(folk)
    gammel = publisert(folk)
    to = [kontrollert(folk, erstatter_id=gammel) for _ in range(2)]
    assert samtidig(app, [(folk.koordinator2.id, ny) for ny in to]).count(None) == 1
    erstatning = queries.erstattet_av(gammel)
    assert erstatning is not None
    assert [_status(ny) for ny in to].count(Publiseringsstatus.PUBLISERT) == 1
