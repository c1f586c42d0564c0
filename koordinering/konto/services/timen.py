"""Limits of a clock hour, on what one user and one network may ask for: searches, and files to take out."""

import logging
from functools import lru_cache
from typing import cast

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from koordinering import crypto
from koordinering.audit import Hva, record
from koordinering.db import now, own_connection
from koordinering.errors import ForMangeForsoek
from koordinering.kolonnetyper import HELTALL, Utc
from koordinering.konto.models import Grense
from koordinering.konto.rules import NETT_RUMMER, UTTREKK_PER_TIME, grov_adresse
from koordinering.konto.services.grenser import SAMTIDIG, noekkel
from koordinering.setning import Setning
from koordinering.tekst import N_
from koordinering.users import User

log = logging.getLogger(__name__)


class ForMangeUttrekk(ForMangeForsoek):
    """The user has taken out as many files as an hour allows."""

    melding = N_(
        "Du har hentet ut så mange filer som en bruker kan på en time. Vent en stund og prøv igjen. "
        "At grensen er nådd, står i innsynsloggen."
    )


class ForMangeUttrekkHerfra(ForMangeUttrekk):
    """Many users together have taken out as many files as one network can in an hour."""

    melding = N_(
        "Fra nettet du sitter på, er det hentet ut så mange filer som det er mulig på en time. Vent en stund og prøv "
        "igjen. At grensen er nådd, står i innsynsloggen."
    )


NETTET = "nettet"
"""What the log says beside a stop that came from the network's limit, not the user's own."""


class _Fullt(Exception):
    """A count has reached its limit: what was counted together with it is not counted."""


def ta_uttrekk(*, av: User | None, adresse: str | None) -> None:
    """Count a file that a user takes out, before it is made; the command line is not counted.

    A transaction of its own. Raises ForMangeUttrekk, with a line in the log, beyond UTTREKK_PER_TIME in a clock hour,
    or when the network is full.
    """
    if av is None:
        return
    stanset = ta_i_timen("uttrekk", UTTREKK_PER_TIME, av=av, adresse=adresse)
    if stanset is not None:
        record(Hva.UTTREKK_STANSET, av=av, detalj=stanset or None)
        raise ForMangeUttrekkHerfra if stanset else ForMangeUttrekk


def ta_i_timen(slag: str, grense: int, *, av: User, adresse: str | None, antall: int = 1) -> str | None:
    """Count `antall` for the user and for the network, of which each has a limit in a clock hour.

    None when there was room; else nothing is counted, and the answer is "" where the user's own limit is reached and
    NETTET where the network's is. A transaction of its own.
    """
    naa, noekler = now(), crypto.gjeldende()
    # the key holds the hour, so nothing has to be reset
    time = naa.replace(minute=0, second=0, microsecond=0).isoformat()
    tellere = {
        noekkel(slag, str(av.id), time, noekler=noekler): ("", grense),
        noekkel(slag, grov_adresse(adresse), time, noekler=noekler): (NETTET, grense * NETT_RUMMER),
    }
    try:
        with own_connection() as vei:
            setning = _telling(vei.dialect.name)
            # One order for all, so that two processes never wait for each other.
            for hver, (hvem, hoeyst) in sorted(tellere.items()):
                om = {"noekkelen": hver, "vekt": antall, "aapen": naa - SAMTIDIG, "hoeyst": hoeyst}
                if setning.en(om, paa=vei) is None:
                    raise _Fullt(hvem)
    except _Fullt as fullt:
        log.warning("a limit of an hour is reached")  # and not whose
        return str(fullt)
    return None


@lru_cache(maxsize=2)
def _telling(dialekt: str) -> Setning[int]:
    """Count so many more, unless the limit has been reached."""
    insert = postgresql.insert if dialekt == "postgresql" else sqlite.insert
    vekt, aapen = bindparam("vekt", type_=HELTALL), bindparam("aapen", type_=Utc())
    return Setning(
        insert(cast(Table, Grense.__table__))
        .values(noekkel=bindparam("noekkelen"), antall=vekt, aapner=aapen)
        .on_conflict_do_update(
            index_elements=[Grense.noekkel],
            set_={"antall": Grense.antall + vekt, "aapner": aapen},  # the limit is in `antall`: it is always open
            where=Grense.antall < bindparam("hoeyst", type_=HELTALL),
        )
        .returning(Grense.antall)
    )
