"""Whether everything that was told to be done is there, once, and all that must add up does."""

from collections import Counter

from sqlalchemy import func, select, text

from koordinering.app import create_app
from koordinering.audit import Hva, Innslag
from koordinering.config import Config
from koordinering.db import db
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.saker.services import les_egen_referanse
from koordinering.tiltak.kapasitet.models import SLAG
from koordinering.tiltak.kapasitet.queries import oppgjoer
from koordinering.tiltak.midler.models import Tilsagn
from koordinering.tiltak.utstyr.models import Utlaan
from koordinering.users import User
from tests.conftest import inne_i
from tests.kaos.klienter import Regnskap
from tests.kommando import kjoer


def kontroller(config: Config, fortalt: Regnskap, *, ferdig: bool = True) -> None:
    """All that was told is there, whole. `ferdig`: nobody was writing, so there is nothing else either."""
    with inne_i(create_app(config)):
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
        _saker(fortalt, ferdig=ferdig)
        _gitt(fortalt, ferdig=ferdig)
        _utstyr(fortalt, ferdig=ferdig)
        for slag in SLAG.values():
            assert all(tall.gaar_opp for tall in oppgjoer(slag.modell).values()), slag
        for brukernavn, antall in fortalt.vist.items():
            assert _linjer(brukernavn) >= antall, "a list was shown without its line in the log"
    _loggen(config)


def _saker(fortalt: Regnskap, *, ferdig: bool) -> None:
    referanser = Counter(map(les_egen_referanse, db.session.scalars(select(Sak))))
    del referanser[None]
    assert not {r for r, antall in referanser.items() if antall > 1}, "a form that was sent again made a second case"
    assert fortalt.registrert <= referanser.keys(), "an acknowledged case is gone"
    assert not ferdig or fortalt.registrert == referanser.keys()


def _gitt(fortalt: Regnskap, *, ferdig: bool) -> None:
    innvilget = set(db.session.scalars(select(Henvisning.id).where(Henvisning.status == Status.INNVILGET)))
    assert fortalt.gitt | fortalt.bevilget <= innvilget, "an acknowledged grant is gone"
    assert not ferdig or fortalt.gitt | fortalt.bevilget == innvilget
    tilsagn = db.session.scalar(select(func.count()).select_from(Tilsagn)) or 0
    assert tilsagn >= len(fortalt.bevilget)
    assert not ferdig or tilsagn == len(fortalt.bevilget)


def _utstyr(fortalt: Regnskap, *, ferdig: bool) -> None:
    ut = select(Utlaan.utstyrsenhet_id, func.count(), func.count(Utlaan.inn)).group_by(Utlaan.utstyrsenhet_id)
    rader = {enhet: (alle, inne) for enhet, alle, inne in db.session.execute(ut)}
    for enhet in rader.keys() | fortalt.ut.keys():
        alle, inne = rader.get(enhet, (0, 0))
        assert alle >= fortalt.ut[enhet], "an acknowledged loan is gone"
        assert inne >= fortalt.inn[enhet], "an acknowledged return is gone"
        assert alle - inne in {0, 1}, "one item is with two"
        assert not ferdig or (alle, inne) == (fortalt.ut[enhet], fortalt.inn[enhet])


def _linjer(brukernavn: str) -> int:
    user_id = select(User.id).where(User.brukernavn == brukernavn).scalar_subquery()
    query = select(func.count()).where(Innslag.hva == Hva.LISTE_LEST, Innslag.user_id == user_id)
    return db.session.scalar(query) or 0


def _loggen(config: Config) -> None:
    """Sealed to the last line, and the chain is whole."""
    for ord_ in (("audit", "forsegl"), ("audit", "verify")):
        kode, sagt = kjoer(config, *ord_)
        assert kode == 0, sagt
