"""Hands lines of the access log over to whoever watches for attacks: syslog (RFC 5424) or a file of JSON lines."""

import json
import os
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from koordinering.driftsvalg import Loggmottaker, Mottakerslag

Linje = Mapping[str, Any]
"""uttrekk.FELT and their values: ids and codes."""

_FRIST_S = 15
"""How long the receiver may think."""
_ELEMENT = "innsyn@32473"
"""The structured data's name. 32473 is the number that RFC 5612 keeps for those who have none of their own."""
_REVISJON, _MERKNAD, _OPPLYSNING = 13, 5, 6
"""Facility «log audit», severities «notice» and «informational»."""
_MERKES = ("_nektet", "_stanset", "_avvist")
_TID = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
_HALE = 65_536


def syslog(linje: Linje, vert: str) -> bytes:
    """One message, framed by its length (RFC 6587, RFC 5425)."""
    hva = str(linje["hva"] or "mangler")
    pri = _REVISJON * 8 + (_MERKNAD if hva == "nektet" or hva.endswith(_MERKES) else _OPPLYSNING)
    tid = str(linje["tid"])
    naar = f"{tid.replace(' ', 'T')}Z" if _TID.fullmatch(tid) else "-"
    felter = "".join(f' {navn}="{_vern(str(verdi))}"' for navn, verdi in linje.items() if verdi not in {None, ""})
    kode = re.sub(r"[^!-~]", "_", hva)[:32]
    melding = f"<{pri}>1 {naar} {vert} koordinering - {kode} [{_ELEMENT}{felter}]".encode()
    return b"%d %s" % (len(melding), melding)


def _vern(verdi: str) -> str:
    return re.sub(r'(["\\\]])', r"\\\1", verdi)


def overlever(mottaker: Loggmottaker, linjer: Sequence[Linje]) -> None:
    """Hand them over, and come back when the receiver has them. Raises OSError when it is not known that it has."""
    if mottaker.fil is not None:
        _til_fil(mottaker.fil, linjer)
        return
    vert = re.sub(r"[^!-~]", "_", socket.gethostname())[:255] or "-"
    with _koble(mottaker) as sokkel:
        sokkel.sendall(b"".join(syslog(linje, vert) for linje in linjer))
        _vent_paa_slutt(sokkel)


def _koble(mottaker: Loggmottaker) -> socket.socket:
    sokkel = socket.create_connection((mottaker.vert, mottaker.port), timeout=_FRIST_S)
    if mottaker.slag is not Mottakerslag.TLS:
        return sokkel
    try:
        kontekst = ssl.create_default_context(cafile=mottaker.ca)
        kontekst.minimum_version = ssl.TLSVersion.TLSv1_2
        if mottaker.sertifikat is not None:
            kontekst.load_cert_chain(mottaker.sertifikat)
        return kontekst.wrap_socket(sokkel, server_hostname=mottaker.vert)
    except OSError:
        sokkel.close()
        raise


def _vent_paa_slutt(sokkel: socket.socket) -> None:
    """Syslog over TCP has no receipt. We say that there is no more, and wait until the other has read to the end.

    A receiver that is gone, or that never closes, is a fault: the lines count as not sent.
    """
    if isinstance(sokkel, ssl.SSLSocket):
        with suppress(ssl.SSLEOFError, ssl.SSLZeroReturnError):
            # Many close without a word of farewell, and not before they have read ours.
            sokkel.unwrap().close()
        return
    sokkel.shutdown(socket.SHUT_WR)
    while sokkel.recv(4096):
        pass


def _til_fil(fil: Path, linjer: Sequence[Linje]) -> None:
    nytt = "".join(json.dumps(dict(linje), ensure_ascii=False) + "\n" for linje in linjer).encode()
    aapnet = os.open(fil, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(aapnet, "wb") as ut:
        ut.write(nytt)
        ut.flush()
        os.fsync(ut.fileno())


def siste_i_fil(fil: Path) -> tuple[str, int] | None:
    """Day and number of the last whole line of the file; None where there is none. Half a line at the end is cut off.

    A sender that died after writing and before it was noted down in the database wrote these already.
    """
    if not fil.exists():
        return None
    with fil.open("r+b") as aapen:
        lengde = aapen.seek(0, os.SEEK_END)
        aapen.seek(max(0, lengde - _HALE))
        hale = aapen.read()
        hele, skille, halv = hale.rpartition(b"\n")
        if halv:
            aapen.truncate(lengde - len(halv))
    try:
        siste = json.loads(hele.rpartition(b"\n")[2]) if skille else {}
        return str(siste["dag"]), int(siste["nr"])
    except (ValueError, KeyError, TypeError):
        return None
