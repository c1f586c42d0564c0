"""Wrapping every data key anew under the current master key, a few at a time, while the service serves."""

from collections.abc import Callable, Sequence

from sqlalchemy import bindparam, select, tuple_, update

from koordinering import crypto
from koordinering.crypto import KanIkkeAapnes
from koordinering.noekkellager.lager import Rad, engine, hoved_av, noekkel, per_hovednoekkel

OM_GANGEN = 200
"""Keys in one transaction: the store's write lock is held for some milliseconds."""

Framdrift = Callable[[str, int, int], None]
"""Told how far something has come: what, done, of how many."""


def noekler_per_hovednoekkel() -> dict[int, int]:
    """How many data keys each master key wraps."""
    with engine().connect() as connection:
        return per_hovednoekkel(connection, noekkel.c.innpakket)


def pakk_om_alle(framdrift: Framdrift) -> tuple[int, int]:
    """Wrap what an older master key wraps; how many keys were wrapped anew, and how many could not be opened.

    Each is changed only where it still is what was read: two at once, a deletion meanwhile or a stop anywhere do no
    harm, and what is left is done the next time.
    """
    gjenstaar = sum(n for nr, n in noekler_per_hovednoekkel().items() if nr != crypto.gjeldende().gjeldende)
    sist, gjort, doede, sett = ("", 0), 0, 0, 0
    while rader := _eldre(sist):
        nye, feil = _nye(rader)
        gjort += _bytt(nye)
        doede += feil
        sett += len(rader)
        sist = rader[-1][:2]
        framdrift("Pakker om nøkler", min(sett, gjenstaar), gjenstaar)
    return gjort, doede


def _eldre(etter: tuple[str, int]) -> Sequence[Rad]:
    naa = crypto.gjeldende().gjeldende.to_bytes(2, "big")
    query = select(noekkel.c.tabell, noekkel.c.rad, noekkel.c.innpakket).where(
        tuple_(noekkel.c.tabell, noekkel.c.rad) > etter, hoved_av(noekkel.c.innpakket) != naa
    )
    with engine().connect() as connection:
        rader = connection.execute(query.order_by(noekkel.c.tabell, noekkel.c.rad).limit(OM_GANGEN))
        return [(tabell, rad, innpakket) for tabell, rad, innpakket in rader]


def _nye(rader: Sequence[Rad]) -> tuple[list[dict[str, object]], int]:
    nye: list[dict[str, object]] = []
    noekler = crypto.gjeldende()
    for tabell, rad, gammel in rader:
        try:
            ny = crypto.pakk_om(noekler, gammel, tabell, rad)
        except KanIkkeAapnes:
            continue
        nye.append({"i_tabell": tabell, "i_rad": rad, "gammel": gammel, "ny": ny})
    return nye, len(rader) - len(nye)


def _bytt(nye: Sequence[dict[str, object]]) -> int:
    if not nye:
        return 0
    endring = (
        update(noekkel)
        .where(
            noekkel.c.tabell == bindparam("i_tabell"),
            noekkel.c.rad == bindparam("i_rad"),
            noekkel.c.innpakket == bindparam("gammel"),
        )
        .values(innpakket=bindparam("ny"))
    )
    with engine().begin() as connection:
        return connection.execute(endring, nye).rowcount
