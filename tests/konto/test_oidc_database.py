"""Single sign-on on both databases: rows used once, requests made once, and what the lists cost."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from koordinering.db import db, transaction
from koordinering.konto.oidc.models import OidcForespoersel, OidcForsoek, OidcIdentitet, OidcOkt
from koordinering.konto.oidc.services import Tilbyder
from tests.arkitektur.test_sporringer import Teller
from tests.konto.hos_andre import FELT, doer, doeren, hele_veien, nav, ut, ventende
from tests.konto.tilbyder import Doer
from tests.nettleser import Nettleser

__all__ = ["doer", "doeren", "nav"]


def test_waiting_twice_is_one_request_and_the_way_in_and_out_leaves_nothing(
    doer: Doer, nav: Tilbyder, folk: Any, nettleser: Nettleser, app: Flask
) -> None:
    for _ in range(2):
        assert hele_veien(nettleser, "ny-person").location == "/logg-inn/venter"
    system = Nettleser(app).som(folk.system1)
    assert system.send(f"/brukere/venter/{ventende().id}/ny", FELT).status_code == 303
    assert hele_veien(nettleser, "ny-person").location == "/"
    assert ut(nettleser).headers["Refresh"].startswith(f"0; url={doer.adresse}/")
    db.session.rollback()
    for tabell in (OidcForsoek, OidcForespoersel, OidcOkt):
        assert db.session.scalar(select(func.count()).select_from(tabell)) == 0


def test_the_lists_cost_the_same_whatever_their_length(app: Flask, folk: Any) -> None:
    def kostnad() -> list[int]:
        teller = Teller(app)
        return [teller.sporringer("system1", sti) for sti in ("/brukere/venter", "/brukere/innlogginger")]

    def fyll(fra: int, til: int) -> None:
        ider = list(range(fra, til))
        brukere = [user.id for user in vars(folk).values()]
        with transaction():
            db.session.add_all(OidcForespoersel(issuer="i", subjekt=f"{nr}", kode=f"{nr}") for nr in ider)
            db.session.add_all(
                OidcIdentitet(issuer="i", subjekt=f"{nr}", user_id=brukere[nr % len(brukere)]) for nr in ider
            )

    fyll(0, 2)
    faa = kostnad()
    fyll(2, 40)
    assert kostnad() == faa
