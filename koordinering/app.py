"""create_app(): the only module that knows all the others."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from koordinering import crypto, fritekst, migrering, noekkellager
from koordinering.borte import wait_for_it
from koordinering.config import Config, les_config
from koordinering.db import db, own_transaction
from koordinering.drift import routes as drift
from koordinering.errors import ConfigError
from koordinering.forside import routes as forside
from koordinering.jobb import routes as jobb
from koordinering.jobb import services as jobber
from koordinering.konto import routes as konto
from koordinering.konto.faktor import routes as faktor
from koordinering.konto.faktor.services import rydd_faktorer
from koordinering.konto.oidc import routes as oidc
from koordinering.konto.oidc.services import Tilbyder, les_utstedere, rydd_innlogginger
from koordinering.motor import hold_statistikken, prepare_engine, require_the_file
from koordinering.personvern import routes as personvern
from koordinering.personvern.krav import routes as krav
from koordinering.personvern.krav.services import gjenta_toemminger, rydd_krav
from koordinering.personvern.papirer import routes as papirer
from koordinering.personvern.segl import services as segl
from koordinering.personvern.sletting import routes as sletting
from koordinering.personvern.sletting.services import gjenta_slettinger
from koordinering.plan import routes as plan
from koordinering.plan.aktiviteter import routes as aktiviteter
from koordinering.plan.aktiviteter.services import rydd_aktiviteter
from koordinering.plan.evaluering import routes as evaluering
from koordinering.plan.evaluering import services as paaminnelser
from koordinering.plan.rapport import routes as rapport
from koordinering.plan.rullering import routes as rullering
from koordinering.plan.serier import routes as serier
from koordinering.saker import routes as saker
from koordinering.saker.samordning import routes as samordning
from koordinering.saker.services import slett_gamle_utkast
from koordinering.saker.services.samtykketekst import MAPPE, sjekk_samtykketekster
from koordinering.sporing import Sporing
from koordinering.statistikk import routes as statistikk
from koordinering.statistikk import services as telling
from koordinering.statistikk.aapne import routes as aapne
from koordinering.tildeling import routes as tildeling
from koordinering.tildeling.services import la_tilbud_loepe_ut, trekk_utloepte
from koordinering.tiltak import routes as tiltak
from koordinering.tiltak.klubbesoek import routes as klubbesoek
from koordinering.tiltak.kort import routes as kortsted
from koordinering.tiltak.lag import routes as lag
from koordinering.tiltak.lagside import routes as lagside
from koordinering.tiltak.midler import routes as midler
from koordinering.tiltak.moeteplass import routes as moeteplass
from koordinering.tiltak.utstyr import routes as utstyr
from koordinering.tiltak.utstyr.services import rydd_utstyr
from koordinering.users import User
from koordinering.web import feil, gate, hoder, komprimering, side, sprak
from koordinering.web.huset import NAVN, Huset
from koordinering.web.regel import SenRegel

_PAKKER = (
    forside.bp,
    konto.bp,
    faktor.bp,
    oidc.bp,
    saker.bp,
    samordning.bp,
    tiltak.bp,
    moeteplass.bp,
    kortsted.bp,
    klubbesoek.bp,
    utstyr.bp,
    lag.bp,
    lagside.bp,
    midler.bp,
    tildeling.bp,
    personvern.bp,
    sletting.bp,
    papirer.bp,
    krav.bp,
    statistikk.bp,
    aapne.styring_bp,
    aapne.bp,
    plan.bp,
    rullering.bp,
    evaluering.bp,
    aktiviteter.bp,
    rapport.bp,
    serier.bp,
    jobb.bp,
    drift.bp,
)
_HVER_TIME: tuple[Callable[[], object], ...] = (
    hold_statistikken,
    slett_gamle_utkast,
    trekk_utloepte,
    rydd_utstyr,
    la_tilbud_loepe_ut,
    gjenta_slettinger,
    gjenta_toemminger,
    rydd_krav,
    rydd_faktorer,
    rydd_innlogginger,
    rydd_aktiviteter,
    paaminnelser.send_paaminnelser,
    noekkellager.fullfoer_slettinger,  # last: what the others have deleted takes its keys along
)
_ET_AAR = 365 * 24 * 3600


class _Foresporsel(Request):
    """How much is taken of what is sent. Not among the settings: Flask asks those again and again for each form."""

    max_content_length = 2 * 1024 * 1024
    max_form_memory_size = 512 * 1024
    max_form_parts = 2_000


class _Flask(Flask):
    request_class = _Foresporsel

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: none of ours is a coroutine, and Flask looks through each function anew each time it is called."""
        return func


def _flask(config: Config) -> Flask:
    app = _Flask("koordinering", static_folder=None, template_folder=str(migrering.mappe("templates")))
    app.url_rule_class = SenRegel
    app.jinja_environment = side.Maler
    kilde = config.kilde
    noekler = kilde.les()
    pool = config.database.pool(config.database_url)
    crypto.ta_i_bruk(noekler, kilde)
    sjekk_samtykketekster(config.tekster / MAPPE)
    fritekst.ta_i_bruk(fritekst.les_ordliste(config.tekster / fritekst.FILNAVN))
    app.config.update(
        SECRET_KEY=noekler.hemmelighet,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_BINDS={noekkellager.BIND: noekkellager.valg(config.noekkellager_url, pool)},
        SQLALCHEMY_ENGINE_OPTIONS=pool,
        SESSION_COOKIE_NAME="__Host-koordinering" if config.https else "koordinering",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=1),
        TRUSTED_HOSTS=list(config.verter),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the Referrer-Policy and SameSite cookie do this; proxies strip the header
        BABEL_DEFAULT_LOCALE="nb",
        BABEL_DEFAULT_TIMEZONE="Europe/Oslo",
    )
    return app


def _refuse_demo_users(config: Config) -> None:
    """Production never runs with a demo account, whoever put it there."""
    if config.demo:
        return
    try:
        with own_transaction() as session:
            funnet = session.scalar(select(User.id).where(User.demo).limit(1))
    except SQLAlchemyError:
        return  # no schema yet, or no database: /helse says so, and nobody can sign in
    if funnet is not None:
        raise ConfigError("Databasen har demobrukere og kan ikke brukes i produksjon. Start med en tom database.")


def _glem_igjen() -> None:
    """A database restored from a backup has what was deleted since: it goes again before anything is served."""
    try:
        gjeldende = migrering.status(db.engine).gjeldende
    except SQLAlchemyError:
        return  # no database: nothing can be served, and nothing is
    if gjeldende:
        gjenta_slettinger()
        gjenta_toemminger()
        db.session.remove()


def _open_databases(config: Config) -> None:
    """Nothing is served from a database that belongs to somebody else, or with other keys than its own."""
    for engine in db.engines.values():
        require_the_file(engine)
        prepare_engine(engine)
    try:
        _refuse_demo_users(config)
        noekkellager.krev_riktige(crypto.gjeldende())
        _glem_igjen()
    except ConfigError:
        noekkellager.lukk()
        raise
    for engine in db.engines.values():
        wait_for_it(engine, config.database.vent)


def _postvei(config: Config) -> paaminnelser.Postvei | None:
    """How reminders leave the house; None where no relay is set."""
    if config.post is None or config.adresse is None:
        return None
    return paaminnelser.Postvei(config.post, partial("{}/plan/paaminnelse/{}".format, config.adresse))


def _gi_arbeid(config: Config) -> None:
    """What the job worker does, ordered and by itself."""
    telling.registrer_jobber()
    for rydding in _HVER_TIME:
        jobber.hver_time(rydding)
    paaminnelser.ta_post_i_bruk(_postvei(config))
    segl.ta_i_bruk(segl.Loggsted(config.hodemappe, config.loggnoekkel))
    jobber.hvert_minutt(segl.hvert_minutt)


def create_app(config: Config | None = None) -> Flask:
    """The application for one installation. Raises ConfigError when something is missing or unsafe."""
    config = config or les_config(os.environ)
    app = _flask(config)
    db.init_app(app)
    sprak.init_app(app)
    utstedere = les_utstedere(config.oidc, demo=config.demo)
    app.extensions[konto.OIDC] = {kode: Tilbyder(utsteder) for kode, utsteder in utstedere.items()}
    statisk = Path(__file__).parent / "static"
    versjon = side.statisk_versjon(statisk)
    app.extensions[NAVN] = Huset(
        config,
        versjon,
        slipp_ikke_inn=konto.slipp_ikke_inn,
        bytt_passord_foerst=konto.bytt_passord_foerst,
        sikre_foerst=konto.sikre_foerst,
        usikret=konto.usikret,
        halvt_inne=konto.halvt_inne,
        okt_sekunder=konto.okt_sekunder,
        bevart=konto.bevart,
        gammel_fane=konto.gammel_fane,
    )
    with app.app_context():
        _open_databases(config)
        drift.init_app(app, config)
    konto.init_app(app)
    app.before_request(gate.gate)
    for rom in (komprimering, side, feil):
        rom.init_app(app)
    app.url_map.converters["int"] = gate.Noekkel
    for blueprint in _PAKKER:
        app.register_blueprint(blueprint)
    _gi_arbeid(config)
    app.wsgi_app = hoder.Hoder(app.wsgi_app, https=config.https)  # type: ignore[method-assign]
    if config.proxyer:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxyer, x_proto=config.proxyer, x_host=0, x_prefix=0
        )
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(statisk),
        prefix=f"static/{versjon}/",
        max_age=_ET_AAR,
        autorefresh=False,
        add_headers_function=hoder.statiske_hoder(https=config.https),
    )
    app.wsgi_app = Sporing(app.wsgi_app, bak_proxy=bool(config.proxyer))  # type: ignore[method-assign]
    return app
