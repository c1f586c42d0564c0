"""nginx with the product's own example, its addresses exchanged and TLS left out."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from koordinering import migrering
from tests.klynge.proxy import vent_paa


def finn() -> str | None:
    """The program, on the path or where KOORDINERING_NGINX says."""
    return os.environ.get("KOORDINERING_NGINX") or shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


def oppsett(adresse: str, verter: Sequence[str]) -> str:
    """The example with these hosts behind, listening here."""
    tekst = (migrering.mappe("drift") / "proxy" / "nginx-flere.conf").read_text(encoding="utf-8")
    for nr, vert in enumerate(verter):
        tekst, byttet = re.subn(rf"10\.20\.0\.1{nr + 1}:8000", vert, tekst)
        assert byttet == 1
    foer, _, resten = tekst.partition("server {\n    listen 80;")
    tekst = foer + "server {" + resten.partition("}\n")[2].partition("server {")[2]
    tekst = re.sub(r"^ +(ssl_|listen \[).*\n", "", tekst, flags=re.MULTILINE)
    tekst = re.sub(r"listen 443 ssl http2;", f"listen {adresse};", tekst)
    # all the people of the test come from one address
    return re.sub(r"rate=30r/m", "rate=3000r/m", tekst).replace("server_name koordinering.kommunen.example;", "")


@contextmanager
def nginx(program: str, mappe: Path, foran: Sequence[str], adresse: str, verter: Sequence[str]) -> Iterator[None]:
    """Serve at this address until the block ends."""
    mappe.mkdir()
    steder = "\n".join(
        f"{navn}_temp_path {mappe}/{navn};" for navn in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (mappe / "nginx.conf").write_text(
        f"user root;\nworker_processes 1;\ndaemon off;\npid {mappe}/pid;\nerror_log {mappe}/feil.log warn;\n"
        f"events {{}}\nhttp {{\n{steder}\n{oppsett(adresse, verter)}\n}}\n",
        encoding="utf-8",
    )
    prosess = subprocess.Popen([*foran, program, "-c", str(mappe / "nginx.conf"), "-e", str(mappe / "feil.log")])  # noqa: S603
    vert, _, port = adresse.partition(":")
    try:
        vent_paa((vert, int(port)))
        yield
    finally:
        prosess.terminate()
        prosess.wait(20)
