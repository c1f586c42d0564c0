"""What the status page shows: the checks of the command `sjekk`, and what they rest on."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from koordinering import migrering, noekkellager
from koordinering.access import require
from koordinering.config import Config
from koordinering.db import db, now
from koordinering.drift import queries
from koordinering.drift.queries import Jobbtall
from koordinering.drift.rules import Dom, Funn
from koordinering.drift.services import basen, disken, driften, oppsettet
from koordinering.drift.services.basen import Basen
from koordinering.drift.services.disken import Disk
from koordinering.drift.services.kjoering import kjoer
from koordinering.drift.services.oppsettet import Oppsett, kopialder
from koordinering.personvern.segl import queries as segl
from koordinering.personvern.segl.queries import Loggstatus
from koordinering.roles import Rettighet
from koordinering.users import User

_REKKEFOELGE = (Dom.FEIL, Dom.ADVARSEL, Dom.OK)


@dataclass(frozen=True)
class Kopi:
    """A place where backups are put."""

    sted: Path
    tatt: datetime | None
    """When the newest was made; None where there is none, or nobody may look."""


@dataclass(frozen=True)
class Driftsstatus:
    """All of the page."""

    funn: list[Funn]
    """What needs somebody first."""
    jobber: list[Jobbtall]
    disker: list[Disk]
    kopier: list[Kopi]
    loggen: Loggstatus
    venter_paa_segl: datetime | None
    program: str
    skjema: migrering.Skjema
    database: str
    python: str

    @property
    def antall(self) -> Mapping[Dom, int]:
        """How many checks came to each judgement."""
        return {dom: sum(en.svar.dom is dom for en in self.funn) for dom in Dom}

    @property
    def verst(self) -> Dom:
        """The worst of them."""
        return self.funn[0].svar.dom if self.funn else Dom.OK


def status(config: Config, *, av: User) -> Driftsstatus:
    """Everything as it is now. The address that people use is not asked for: that takes a network, and seconds."""
    require(av, Rettighet.DRIFT_LES)
    funn = [
        *kjoer(oppsettet.KONTROLLER, Oppsett(config, os.environ)),
        *kjoer(disken.KONTROLLER, config),
        *kjoer(basen.KONTROLLER, Basen(config, db.engine, noekkellager.engine())),
        *kjoer(driften.KONTROLLER, config),
    ]
    return Driftsstatus(
        funn=sorted(funn, key=lambda en: _REKKEFOELGE.index(en.svar.dom)),
        jobber=queries.jobber(),
        disker=disken.disker(config),
        kopier=[Kopi(sted, _tatt(sted)) for sted in config.kopier],
        loggen=segl.status(db.session()),
        venter_paa_segl=segl.venter_siden(db.session()),
        program=version("koordinering"),
        skjema=migrering.status(db.engine),
        database="SQLite" if config.sqlite else "PostgreSQL",
        python=platform.python_version(),
    )


def _tatt(sted: Path) -> datetime | None:
    try:
        alder: timedelta | None = kopialder(sted)
    except OSError:
        return None
    return now() - alder if alder is not None else None
