"""`python -m bench.arbeider`: a worker's life in an interpreter of its own, told as one line of JSON.

It serves the demo that KOORDINERING_DATA and its like name, through the WSGI application: what its start costs (CPU,
ms, from the interpreter's first instruction), what it holds (MiB) at rest, after many pages and after the largest
files, and which modules it has loaded at rest. At rest: the sign-in page and a list of cases have been shown.
"""

import argparse
import json
import os
import re
import sys
import time
from importlib import import_module

from flask.testing import FlaskClient
from sqlalchemy import select

from bench import proc
from koordinering.cli.minne import still_samleren
from koordinering.cli.ramme import program
from koordinering.db import db, i_dag
from koordinering.konto import services as konto
from koordinering.users import User

SIDER = ("/", "/saker", "/saker?filter=avsluttede", "/saker/ny", "/innboks", "/fordel", "/tall", "/plan", "/konto")

MEST = 40
"""Tables that are taken out: with the two reports, fewer than one user may take out in an hour."""

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_TALL = re.compile(r'href="(/tall/[^"/]+/\d+)"')
_VERT = "http://localhost"


def _som(klient: FlaskClient, brukernavn: str) -> None:
    """Be signed in as one of the demo's cast."""
    with klient.application.app_context():
        user_id = db.session.scalars(select(User.id).where(User.brukernavn == brukernavn)).one()
        with klient.session_transaction(base_url=_VERT) as okt:
            okt["okt"] = konto.start_okt(user_id, enhetstype="bench")


def _se(klient: FlaskClient, sti: str) -> str:
    svar = klient.get(sti, base_url=_VERT)
    if svar.status_code not in {200, 303, 403, 404}:
        raise RuntimeError(f"{sti} answered {svar.status_code}")
    return svar.get_data(as_text=True)


def _filer(klient: FlaskClient) -> int:
    """The largest files: tables as workbooks, the report as PDF and docx. How many bytes they are."""
    _som(klient, "koordinator1")
    token = _TOKEN.findall(_se(klient, "/konto"))[-1]
    bestilt = [(f"/plan/rapporter/utkast/{i_dag().year - 1}/fil", slag) for slag in ("pdf", "docx")]
    bestilt += [(f"{sti}/eksport", "xlsx") for sti in sorted(set(_TALL.findall(_se(klient, "/tall"))))[:MEST]]
    svar = [klient.post(sti, data={"csrf_token": token, "format": f}, base_url=_VERT) for sti, f in bestilt]
    if any(en.status_code != 200 for en in svar):
        raise RuntimeError(f"the files answered {sorted({en.status_code for en in svar})}")
    return sum(len(en.get_data()) for en in svar)


def _moduler() -> list[str]:
    """What is loaded: libraries by name, and our own rooms."""
    deler = (navn.split(".") for navn in sys.modules)
    return sorted({".".join(en[: 2 if en[0] == "koordinering" else 1]) for en in deler})


def liv(sider: int, *, filer: bool) -> dict[str, object]:
    """Start, rest, show so many pages, and make the files."""
    import_module("koordinering.cli.tjener")  # what the server's command brings along
    importert = time.process_time()
    app = program()
    still_samleren()
    funnet: dict[str, object] = {
        "server_cpu_ms": round(importert * 1000),
        "start_cpu_ms": round(time.process_time() * 1000),
        "minne_startet": proc.minne(os.getpid()),
    }
    klient = app.test_client()
    _se(klient, "/logg-inn")
    _som(klient, "nav1")
    _se(klient, "/saker")
    funnet |= {"minne_i_ro": proc.minne(os.getpid()), "moduler": _moduler()}
    for nr in range(sider):
        _se(klient, SIDER[nr % len(SIDER)])
    funnet["minne_etter_sider"] = proc.minne(os.getpid())
    if filer:
        funnet["filer_byte"] = _filer(klient)
        funnet["minne_etter_filer"] = proc.minne(os.getpid())
    return funnet


def main() -> None:
    """Tell it."""
    valg = argparse.ArgumentParser()
    valg.add_argument("--sider", type=int, default=0)
    valg.add_argument("--filer", action="store_true")
    valgt = valg.parse_args()
    sys.stdout.write(json.dumps(liv(valgt.sider, filer=valgt.filer)) + "\n")


if __name__ == "__main__":
    main()
