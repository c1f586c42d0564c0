"""Write the next migration from the difference between the models and the newest schema.

`python -m verktoy.ny_migrering "what it does"`; read what it wrote before it is committed.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from koordinering import app as alle_modeller
from koordinering import migrering, noekkellager
from koordinering.motor import prepare_engine


def main(hva: str) -> int:
    """Bring an empty database to the newest schema, compare, write."""
    with tempfile.TemporaryDirectory() as mappe:
        engine = create_engine(f"sqlite:///{Path(mappe, 'tom.sqlite3')}")
        prepare_engine(engine)
        if any(Path(migrering.mappe("migrations"), "versions").glob("*.py")):
            migrering.oppgrader(engine, lager=noekkellager.lag_engine(f"sqlite:///{Path(mappe, 'lager.sqlite3')}"))
        with engine.connect() as connection:
            oppsett = migrering.oppsett(connection)
            command.revision(oppsett, message=hva, autogenerate=True)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or not alle_modeller:
        sys.exit("usage: python -m verktoy.ny_migrering WHAT_IT_DOES")
    sys.exit(main(sys.argv[1]))
