"""By which index the access log is read.

It has millions of lines, and those that are asked for may be few: a leader's question for refusals would walk through
all that a large unit ever did to find ten of them. So what lies under each filter is counted first, as far as MEST,
and the log is read by the index that has the fewest. What else is asked for is looked at line by line.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, false, func, literal_column, or_, select

from koordinering.audit import Innslag, loggenheter
from koordinering.db import db
from koordinering.personvern.queries.loggfilter import LINJER_AV_SLAG, Loggfilter, periode, ser_alt, som_den_er, stab
from koordinering.users import User

MEST = 500_000
"""Lines under one filter that are counted: some tens of milliseconds."""


class Vei(NamedTuple):
    """One way into the log."""

    deler: Sequence[ColumnElement[bool]]
    """Conditions that each lie in an index, in its order; every line that is asked for is in one of them."""
    resten: Loggfilter
    """What is asked for besides."""


def uten_indeks(kolonne: Any) -> ColumnElement[Any]:
    """A column whose index is not to be walked."""
    verdi: ColumnElement[Any] = func.coalesce(kolonne, kolonne)
    return verdi


def velg_vei(user: User, valg: Loggfilter) -> Vei | None:
    """Where to read what is asked for; None where nothing is, or where the user's own lines are the fewest."""
    veier = _veier(valg)
    if not veier:
        return None
    antall = _tell([or_(*vei.deler) for vei in veier], MEST)
    faerrest, vei = min(zip(antall, veier, strict=True), key=lambda en: en[0])
    egne = sorted(loggenheter(user))
    if not ser_alt(user):
        om_egne = [Innslag.enhet_id.in_(egne), Innslag.user_id.in_(stab(egne))]
        if sum(_tell(om_egne, faerrest + 1)) <= faerrest:
            return None
    if faerrest < MEST:
        return vei
    return veier[0] if valg.brukernavn else None  # one person has done less than a unit


def _tell(vilkaar: Sequence[ColumnElement[bool]], hoeyst: int) -> Sequence[int]:
    """How many lines each of these has, as far as it is counted. One query."""
    en = literal_column("1", Integer).label("en")
    blant = (select(en).select_from(Innslag).where(ett).limit(hoeyst).subquery() for ett in vilkaar)
    query = select(*(select(func.count()).select_from(del_).scalar_subquery() for del_ in blant))
    return [int(antall) for antall in db.session.execute(query).one()]


def _veier(valg: Loggfilter) -> list[Vei]:
    """A way for each filter that is set; that of a person is the first."""
    veier: list[Vei] = []
    if valg.brukernavn:
        ider = db.session.scalars(select(User.id).where(User.brukernavn == valg.brukernavn)).all()
        veier.append(Vei([Innslag.user_id == en for en in ider] or [false()], replace(valg, brukernavn=None)))
    if valg.slag is not None:
        av_slaget = [Innslag.hva == hva for hva in sorted(LINJER_AV_SLAG[valg.slag])]
        veier.append(Vei(av_slaget, replace(valg, slag=None)))
    if valg.hva is not None:
        veier.append(Vei([Innslag.hva == valg.hva], replace(valg, hva=None)))
    if valg.enhet_id is not None:
        veier.append(Vei([Innslag.enhet_id == valg.enhet_id], replace(valg, enhet_id=None)))
    dager = periode(valg, som_den_er(Innslag.tid))
    if dager:
        veier.append(Vei([and_(*dager)], replace(valg, fra=None, til=None)))
    return veier
