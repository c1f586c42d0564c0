"""`lag_gulv`: the bare Flask application, on the same database, keys, cookies and templates as the product."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask

from bench.floor import eksport, innboks, innlogging, liste, registrer, sak, soek, tall
from bench.floor.basen import Basen
from bench.floor.rammen import Gulvet, sett_opp_maler
from koordinering.config import Config
from koordinering.web.huset import NAVN

_SIDER: dict[str, Callable[..., Any]] = {
    "konto.logg_inn": innlogging.vis,
    "statistikk.tabell": tall.vis,
    "statistikk.eksport": eksport.vis,
    "saker.liste": liste.vis,
    "saker.vis": sak.vis,
    "saker.finn": soek.vis,
    "tildeling.ny": registrer.vis,
    "tildeling.innboks": innboks.vis,
}


GULVET = "gulvet"
"""Where the application keeps its databases."""


def lag_gulv(produkt: Flask, config: Config) -> Flask:
    """The floor beside a running product. Addresses that it has no page for exist all the same: pages link to them."""
    app = Flask("gulvet", static_folder=None, template_folder=produkt.template_folder)
    app.config.update(
        SECRET_KEY=produkt.config["SECRET_KEY"],
        SESSION_COOKIE_NAME=produkt.config["SESSION_COOKIE_NAME"],
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=list(config.verter),
    )
    gulvet = Gulvet(
        Basen(config.database_url),
        Basen(config.noekkellager_url),
        produkt.extensions[NAVN].statisk_versjon,
        config.miljoe.value,
    )
    app.extensions[GULVET] = gulvet
    sett_opp_maler(app, gulvet.versjon, sidelenker=liste.sidelenker, betegnelse=innboks.betegnelse)
    for regel in produkt.url_map.iter_rules():
        metoder = [m for m in regel.methods or () if m in ("GET", "POST")]
        app.add_url_rule(regel.rule, endpoint=regel.endpoint, methods=metoder)
    for endpoint, side in _SIDER.items():
        app.view_functions[endpoint] = partial(side, gulvet)
    return app
