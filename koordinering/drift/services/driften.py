"""Checks of what should be running by itself: jobs, the seal and its verification, deletion."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from koordinering.config import Config
from koordinering.db import OSLO, db, i_dag, now
from koordinering.drift import queries
from koordinering.drift.rules import VENTER, Kontroller, Svar, advarsel, feil, ok
from koordinering.jobb.rules import Jobbstatus
from koordinering.personvern.segl import queries as segl
from koordinering.personvern.segl.services import dager
from koordinering.personvern.sletting import queries as sletting
from koordinering.roles import Rolle
from koordinering.users import Rolletildeling, User

_USEGLET = timedelta(hours=1)
"""As `audit verify` counts it: a line this old without a seal is an error."""
_KONTROLL = timedelta(hours=48)
_ETTER_FRISTEN = timedelta(days=2)
"""Deletion runs each night; what has been due this long was passed over."""


def jobber(_config: Config) -> Svar:
    """Somebody takes the jobs."""
    eldst = next(en.eldst for en in queries.jobber() if en.status is Jobbstatus.VENTER)
    if (eldst is not None and now() - eldst > VENTER) or queries.forlatte_jobber(VENTER):
        return feil("Jobber venter, og ingen tar dem.", "Start tjenesten (koordinering serve) eller: koordinering jobb")
    return ok("Ingen jobb har ventet lenge.")


def segl_(config: Config) -> Svar:
    """New lines of the log are sealed within the hour; the worker does it each minute."""
    eldst = segl.venter_siden(db.session())
    if eldst is not None and now() - eldst > _USEGLET:
        return feil(
            f"Innsynsloggen er ikke forseglet siden {_tid(eldst)}.",
            "Start jobbprosessen på maskinen som har loggnoekkel.json, eller: koordinering audit forsegl",
        )
    return _hodene(config)


def _hodene(config: Config) -> Svar:
    """The signed heads are there as far as the seal goes."""
    status, filer = segl.status(db.session()), dager(config.hodemappe)
    if status.forseglet is None:
        return advarsel("Innsynsloggen er ikke forseglet ennå.", "Kjør: koordinering audit forsegl")
    if not filer or filer[-1] < status.forseglet.astimezone(OSLO).date().isoformat():
        return feil(
            f"Hodene til innsynsloggen mangler i {config.hodemappe}.",
            "Hent mappen tilbake fra kopien, og kjør: koordinering audit verify",
        )
    return ok(f"Innsynsloggen er forseglet til {_tid(status.forseglet)}.")


def kontrollert(_config: Config) -> Svar:
    """Somebody verifies the log each night, and it was in order."""
    status = segl.status(db.session())
    if status.kontrollert is None:
        return advarsel("Innsynsloggen er aldri kontrollert.", "Kjør hver natt: koordinering audit verify")
    if not status.i_orden:
        return feil("Den siste kontrollen av innsynsloggen fant noe.", "Kjør: koordinering audit verify")
    if now() - status.kontrollert > _KONTROLL:
        return advarsel(
            f"Innsynsloggen er sist kontrollert {_tid(status.kontrollert)}.",
            "Kjør hver natt: koordinering audit verify",
        )
    return ok(f"Innsynsloggen er kontrollert {_tid(status.kontrollert)} og i orden.")


def videresendt(config: Config) -> Svar:
    """Whoever watches for attacks has the log, where somebody is to have it."""
    mottaker = config.drift.mottaker
    if mottaker is None:
        return ok("Innsynsloggen sendes ikke videre.")
    siden = segl.usendt_siden(db.session(), mottaker.navn)
    if siden is not None and now() - siden > _USEGLET:
        return advarsel(
            f"Innsynsloggen er ikke sendt til {mottaker.navn} siden {_tid(siden)}.",
            "Se hvorfor mottakeren ikke tar imot, og kjør: koordinering audit videresend",
        )
    return ok(f"Innsynsloggen er sendt til {mottaker.navn}.")


def slettet(_config: Config) -> Svar:
    """No case has been due for days without being deleted."""
    glemt, venter = sletting.passert(i_dag() - _ETTER_FRISTEN)
    if glemt:
        return feil(f"{glemt} saker skulle vært slettet for over to dager siden.", "Kjør: koordinering retention run")
    if venter:
        return advarsel(
            f"{venter} saker har vedtak som må til arkivet før de kan slettes.",
            "Kjør: koordinering retention run --arkiv MAPPE",
        )
    return ok("Ingen sak står lenger enn fristen.")


def forvaltere(_config: Config) -> Svar:
    """One administrator who is ill is nobody."""
    antall = db.session.scalar(
        select(func.count(func.distinct(Rolletildeling.user_id)))
        .join(User, User.id == Rolletildeling.user_id)
        .where(
            Rolletildeling.rolle == Rolle.SYSTEMFORVALTER,
            Rolletildeling.fra <= i_dag(),
            Rolletildeling.til.is_(None) | (Rolletildeling.til >= i_dag()),
            User.laast.is_(False),
        )
    )
    if not antall:
        return feil("Ingen kan logge inn som systemforvalter.", "Kjør: koordinering user list")
    if antall == 1:
        return advarsel("Bare én kan logge inn som systemforvalter.", "Gi rollen til en til: koordinering user add")
    return ok(f"{antall} kan logge inn som systemforvalter.")


def _tid(tid: datetime) -> str:
    return f"{tid.astimezone(OSLO):%d.%m.%Y %H.%M}"


KONTROLLER: Kontroller[Config] = (
    ("jobber", jobber),
    ("loggens segl", segl_),
    ("loggkontroll", kontrollert),
    ("videresending", videresendt),
    ("sletting", slettet),
    ("systemforvaltere", forvaltere),
)
