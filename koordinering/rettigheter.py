"""Which rights the application's role has in PostgreSQL: the log is only added to, the rest is used freely."""

import re
from collections.abc import Sequence

from sqlalchemy import Engine, text

from koordinering import tabeller
from koordinering.errors import KoordineringError

KUN_TILLEGG = ("innsynslogg", "loggsegl")
"""Tables that the application reads and adds to, and never changes."""

VISNINGER = ("saksmerke_naa",)
"""Views that triggers read with the rights of whoever writes."""

_ROLLENAVN = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def krev_rollenavn(rolle: str) -> None:
    """Stop unless it is a name that stands in SQL without quotes. Raises KoordineringError."""
    if not _ROLLENAVN.fullmatch(rolle):
        raise KoordineringError("Rollens navn må ha små bokstaver fra a til z, tall og understrek.")


def setninger(rolle: str) -> Sequence[str]:
    """What gives the role just these rights, the key store's included; safe to repeat. Raises KoordineringError."""
    return (*_i_databasen(rolle), *_i_noekkellageret(rolle))


def _i_noekkellageret(rolle: str) -> Sequence[str]:
    return (
        f"GRANT USAGE ON SCHEMA noekkellager TO {rolle}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA noekkellager TO {rolle}",
    )


def _i_databasen(rolle: str) -> Sequence[str]:
    krev_rollenavn(rolle)
    fritt = sorted(set(tabeller.alle().tables) - set(KUN_TILLEGG))
    return (
        f"GRANT USAGE ON SCHEMA public TO {rolle}",
        f"REVOKE CREATE ON SCHEMA public FROM {rolle}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {rolle}",
        *(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tabell} TO {rolle}" for tabell in fritt),
        *(f"GRANT SELECT, INSERT ON {tabell} TO {rolle}" for tabell in KUN_TILLEGG),
        *(f"GRANT SELECT ON {visning} TO {rolle}" for visning in VISNINGER),
        f"GRANT SELECT ON alembic_version TO {rolle}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {rolle}",
    )


_EIER = text(
    "SELECT r.rolsuper OR pg_has_role(r.rolname, t.tableowner, 'MEMBER')"
    " FROM pg_roles r, pg_tables t WHERE r.rolname = :rolle AND t.schemaname = 'public' AND t.tablename = 'innsynslogg'"
)


def gi(engine: Engine, lager: Engine, rolle: str) -> None:
    """Give them in the database and in the key store, as the one who owns the tables.

    Raises KoordineringError where they would bind nobody.
    """
    if engine.dialect.name != "postgresql":
        raise KoordineringError("SQLite har ikke rettigheter: den som kan skrive i filen, kan skrive alt.")
    sql = _i_databasen(rolle)
    with engine.begin() as forbindelse:
        eier = forbindelse.scalar(_EIER, {"rolle": rolle})
        if eier is None:
            raise KoordineringError(f"Rollen {rolle} finnes ikke. Kjør: CREATE ROLE {rolle} LOGIN PASSWORD '…'")
        if eier:
            raise KoordineringError(f"Rollen {rolle} eier tabellene eller er superbruker. Bruk en egen rolle.")
        for setning in sql:
            forbindelse.exec_driver_sql(setning)
    with lager.begin() as forbindelse:
        for setning in _i_noekkellageret(rolle):
            forbindelse.exec_driver_sql(setning)
