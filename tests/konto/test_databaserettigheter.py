"""What the application's role may do in PostgreSQL, statement by statement; a real server in test_segl_drift.py."""

from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from koordinering.db import metadata
from koordinering.errors import KoordineringError
from koordinering.rettigheter import gi, krev_rollenavn, setninger
from koordinering.users import User

LAGERET = [
    "GRANT USAGE ON SCHEMA noekkellager TO app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA noekkellager TO app",
]


class Tjener:
    """A server that notes what it is told, and answers whether the role owns the tables."""

    def __init__(self, eier: bool | None = False, slag: str = "postgresql") -> None:
        self.dialect, self.sagt, self.spurt, self._eier = SimpleNamespace(name=slag), list[str](), list[Any](), eier

    @contextmanager
    def begin(self) -> Any:
        """One transaction."""
        yield self

    def scalar(self, sql: object, verdier: object) -> bool | None:
        """Whether it owns the tables."""
        self.spurt.append((str(sql), verdier))
        return self._eier

    def exec_driver_sql(self, sql: str) -> None:
        """Note it."""
        self.sagt.append(sql)


def ventet() -> list[str]:
    fritt = sorted(set(metadata.tables) - {"innsynslogg", "loggsegl"})
    return [
        "GRANT USAGE ON SCHEMA public TO app",
        "REVOKE CREATE ON SCHEMA public FROM app",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM app",
        *(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tabell} TO app" for tabell in fritt),
        "GRANT SELECT, INSERT ON innsynslogg TO app",
        "GRANT SELECT, INSERT ON loggsegl TO app",
        "GRANT SELECT ON saksmerke_naa TO app",
        "GRANT SELECT ON alembic_version TO app",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO app",
    ]


def test_the_log_is_added_to_and_the_rest_is_used_freely() -> None:
    assert User.metadata is metadata, "some table of the product stands among them, also when this file runs alone"
    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON user_konto TO app" in ventet()
    assert list(setninger("app")) == [*ventet(), *LAGERET]


def test_they_are_given_in_the_database_and_in_the_key_store() -> None:
    basen, lager = Tjener(), Tjener()
    gi(basen, lager, "app")  # type: ignore[arg-type]  # what it uses of an engine
    assert (basen.sagt, lager.sagt) == (ventet(), LAGERET)
    ((sql, verdier),) = basen.spurt
    assert verdier == {"rolle": "app"}
    assert sql == (
        "SELECT r.rolsuper OR pg_has_role(r.rolname, t.tableowner, 'MEMBER') FROM pg_roles r, pg_tables t"
        " WHERE r.rolname = :rolle AND t.schemaname = 'public' AND t.tablename = 'innsynslogg'"
    )


@pytest.mark.parametrize(
    ("basen", "ord_"),
    [(Tjener(None), "finnes ikke"), (Tjener(True), "eier tabellene"), (Tjener(False, "sqlite"), "SQLite")],
)
def test_rights_that_would_bind_nobody_are_refused_before_anything_is_said(basen: Tjener, ord_: str) -> None:
    lager = Tjener()
    with pytest.raises(KoordineringError, match=ord_):
        gi(basen, lager, "app")  # type: ignore[arg-type]  # what it uses of an engine
    assert (basen.sagt, lager.sagt) == ([], [])


@pytest.mark.parametrize("navn", ["app", "_app_2", "a" * 63])
def test_a_name_that_stands_without_quotes(navn: str) -> None:
    krev_rollenavn(navn)


@pytest.mark.parametrize("navn", ["", "2app", "App", "a" * 64, "app; DROP TABLE x", "app ", "åpp", "a-b", "a\n"])
def test_any_other_name_is_refused(navn: str) -> None:
    with pytest.raises(KoordineringError):
        krev_rollenavn(navn)
    with pytest.raises(KoordineringError):
        setninger(navn)
    basen = Tjener()
    with pytest.raises(KoordineringError):
        gi(basen, Tjener(), navn)  # type: ignore[arg-type]  # what it uses of an engine
    assert basen.spurt == []
