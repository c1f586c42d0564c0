"""What is asked of the access log, and which of its lines a user may read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from koordinering.access import rekkevidde
from koordinering.audit import Hva, Innslag, loggenheter
from koordinering.db import OSLO
from koordinering.personvern.rules.loggen import Linjeslag
from koordinering.roles import Omfang, Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.samordning.models import Samordning
from koordinering.users import Rolletildeling, User

Kolonnevei = Callable[[Any], ColumnElement[Any]]
"""How a condition takes a column: as it is, so that an index of it may be walked, or in another way."""


def som_den_er(kolonne: Any) -> ColumnElement[Any]:
    """The column itself."""
    kolonnen: ColumnElement[Any] = kolonne
    return kolonnen


_AV_SLAG: Mapping[Linjeslag, frozenset[Hva]] = {
    Linjeslag.LESING: frozenset(
        {Hva.SAK_LEST, Hva.SAK_GRUNN, Hva.SAK_SOEKT, Hva.HENVISNING_LEST, Hva.LISTE_LEST, Hva.TALL_LEST, Hva.LOGG_LEST}
        | {Hva.UTSTYR_TELEFON, Hva.INNSYN_LEST, Hva.SAMORDNING_LEST}
    ),
    Linjeslag.NEKTELSE: frozenset(
        {Hva.NEKTET, Hva.INN_NEKTET, Hva.UTSTYR_KODE_FEIL, Hva.OPPSLAG_STANSET, Hva.UTTREKK_STANSET}
    ),
    Linjeslag.UTTREKK: frozenset(
        {Hva.TALL_EKSPORTERT, Hva.LOGG_EKSPORTERT, Hva.BUNT_HENTET, Hva.LAPP_SKREVET, Hva.PUBLISERT, Hva.INNSYN_HENTET}
    ),
    Linjeslag.INNLOGGING: frozenset({Hva.INN, Hva.UT, Hva.OKT_AVSLUTTET, Hva.PASSORD_ENDRET}),
    Linjeslag.RETTIGHET: frozenset(
        {Hva.BRUKER_LAGET, Hva.BRUKER_LAAST, Hva.BRUKER_LAAST_OPP, Hva.TITTEL_ENDRET, Hva.KOMMUNE_ENDRET}
        | {Hva.ROLLE_GITT, Hva.ROLLE_ENDRET, Hva.ROLLE_AVSLUTTET, Hva.ROLLE_BEKREFTET}
    ),
}

LINJER_AV_SLAG: Mapping[Linjeslag, frozenset[Hva]] = {
    **_AV_SLAG,
    Linjeslag.ENDRING: frozenset(Hva) - frozenset().union(*_AV_SLAG.values()),
}
"""Each act in one kind: what is named nowhere changes something."""


@dataclass(frozen=True)
class Loggfilter:
    """What to look for; None is everything. Days are whole days in Norway, both included."""

    brukernavn: str | None = None
    slag: Linjeslag | None = None
    hva: Hva | None = None
    fra: date | None = None
    til: date | None = None
    enhet_id: str | None = None
    sak_id: int | None = None
    """Lines about this case and its referrals."""


def ser_alt(user: User) -> bool:
    """Whether the user reads the lines of every unit."""
    return Omfang.ALLE in rekkevidde(user, Rettighet.LOGG_LES)


def synlige(user: User, vei: Kolonnevei = som_den_er) -> ColumnElement[bool]:
    """The lines that the user may read: all, or those of the unit's own cases and of its own staff."""
    if ser_alt(user):
        return true()
    egne = sorted(loggenheter(user))
    return or_(vei(Innslag.enhet_id).in_(egne), vei(Innslag.user_id).in_(stab(egne)))


def stab(enheter: Sequence[str]) -> Select[int]:
    """Whoever has, or has had, a role in one of these units."""
    return select(Rolletildeling.user_id).where(Rolletildeling.enhet_id.in_(enheter))


_FOERSTE, _SISTE = date(2000, 1, 1), date(2999, 12, 31)
"""No line lies outside; a moment near the ends of the calendar cannot be moved to another time zone."""


def _midnatt(dag: date) -> datetime:
    return datetime.combine(min(max(dag, _FOERSTE), _SISTE), time(), OSLO)


def periode(valg: Loggfilter, tid: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
    """The first and the last day that are asked for, as far as they are."""
    vilkaar: list[ColumnElement[bool]] = []
    if valg.fra is not None:
        vilkaar.append(tid >= _midnatt(valg.fra))
    if valg.til is not None and valg.til < date.max:
        vilkaar.append(tid < _midnatt(valg.til + timedelta(days=1)))
    return vilkaar


def vilkaar(valg: Loggfilter, vei: Kolonnevei = som_den_er) -> list[ColumnElement[bool]]:
    """All that is asked for."""
    alle = periode(valg, vei(Innslag.tid))
    if valg.brukernavn:
        alle.append(vei(Innslag.user_id).in_(select(User.id).where(User.brukernavn == valg.brukernavn)))
    if valg.slag is not None:
        alle.append(vei(Innslag.hva).in_(sorted(LINJER_AV_SLAG[valg.slag])))
    if valg.hva is not None:
        alle.append(vei(Innslag.hva) == valg.hva)
    if valg.enhet_id is not None:
        alle.append(vei(Innslag.enhet_id) == valg.enhet_id)
    if valg.sak_id is not None:
        alle.append(om_saken(valg.sak_id))
    return alle


def om_saken(sak_id: int) -> ColumnElement[bool]:
    """Lines about the case and its referrals."""
    henvisninger = select(Henvisning.id).where(Henvisning.sak_id == sak_id)
    samordninger = select(Samordning.id).where(Samordning.sak_id == sak_id)
    return or_(
        and_(Innslag.gjelder == "sak", Innslag.gjelder_id == sak_id),
        and_(Innslag.gjelder == "samordning", Innslag.gjelder_id.in_(samordninger)),
        and_(Innslag.gjelder == "henvisning", Innslag.gjelder_id.in_(henvisninger)),
    )
