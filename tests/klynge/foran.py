"""nginx and Caddy with the product's own examples, their addresses exchanged and TLS left out."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from koordinering import migrering
from tests.klynge.proxy import vent_paa


def finn(navn: str) -> str | None:
    """The program, on the path or where KOORDINERING_NGINX or KOORDINERING_CADDY says."""
    valgt = os.environ.get(f"KOORDINERING_{navn.upper()}")
    return valgt or shutil.which(navn, path=f"{os.environ['PATH']}:/usr/sbin")


def _eksempel(fil: str, verter: Sequence[str]) -> str:
    tekst = (migrering.mappe("drift") / "proxy" / fil).read_text(encoding="utf-8")
    for nr, vert in enumerate(verter):
        tekst, byttet = re.subn(rf"10\.20\.0\.1{nr + 1}:8000", vert, tekst)
        assert byttet == 1
    return tekst


@contextmanager
def _kjoer(ord_: Sequence[str], adresse: str, **miljo: str) -> Iterator[None]:
    prosess = subprocess.Popen(ord_, env=os.environ | miljo)  # noqa: S603 - the proxy that was found
    vert, _, port = adresse.partition(":")
    try:
        vent_paa((vert, int(port)))
        yield
    finally:
        prosess.terminate()
        prosess.wait(20)


def oppsett(adresse: str, verter: Sequence[str]) -> str:
    """nginx's example with these hosts behind, listening here."""
    tekst = _eksempel("nginx-flere.conf", verter)
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
    with _kjoer([*foran, program, "-c", str(mappe / "nginx.conf"), "-e", str(mappe / "feil.log")], adresse):
        yield


@contextmanager
def caddy(program: str, mappe: Path, foran: Sequence[str], adresse: str, verter: Sequence[str]) -> Iterator[None]:
    """The same with Caddy's example."""
    mappe.mkdir()
    tekst, byttet = re.subn(
        r"^koordinering\.kommunen\.example \{",
        f"http://{adresse} {{",
        _eksempel("Caddyfile-flere", verter),
        flags=re.MULTILINE,
    )
    assert byttet == 1
    fil = mappe / "Caddyfile"
    fil.write_text(f"{{\n\tadmin off\n}}\n{tekst}", encoding="utf-8")
    ord_ = [*foran, program, "run", "--config", str(fil), "--adapter", "caddyfile"]
    with _kjoer(ord_, adresse, HOME=str(mappe), XDG_DATA_HOME=str(mappe), XDG_CONFIG_HOME=str(mappe)):
        yield


PROXYER = {"nginx": nginx, "caddy": caddy}
