"""Typesetting: data in, a tagged PDF out that a screen reader reads (PDF/UA-1); or a picture of a drawing.

What was typed reaches the typesetter as data, never as its language. It runs in a process of its own for each document:
what it remembers from one to the next (some two hundred megabytes) would otherwise stay in the worker for good.
`python -m koordinering.sats` is that process: JSON in, the document out.
"""

import json
import os
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Mapping
from typing import Any

_FRIST_S = 120
"""Seconds that a document may take: the longest takes one."""
_MEST = 100
"""Different characters that are tried one after another: each costs a typesetting."""
_LATIN = re.compile("[\\n\\t -~\u00a0-\u024f–—‘’“”„…•−]+")
_IKKE_LATIN = re.compile("[^\\n\\t -~\u00a0-\u024f–—‘’“”„…•−]")
_KAN_IKKE_VISES = re.compile(r'the text `"(.+?)"` could not be displayed')
_KODE = re.compile(r"\\u\{([0-9a-f]+)\}")

_TEGNING = b"""
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg")
"""


class Satsfeil(RuntimeError):
    """The typesetter could not. What it said may hold what somebody typed, and is not passed on."""


def til_pdf(mal: bytes, data: Mapping[str, Any], om_byttet: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> bytes:
    """Typeset it. A character that no font of the machine has is shown as [?]; `om_byttet` adds that to the data.

    PDF/UA takes no text that cannot be seen: the typesetter stops at the first such character and names it. Where it
    names one that any font has, its neighbours are at fault, and only what Latin letters are written with is kept.
    Raises Satsfeil.
    """
    return _i_egen_prosess({"mal": mal.decode(), "data": data, "byttet": om_byttet(data)})


def til_png(svg: Collection[str], ppi: int = 192) -> dict[str, bytes]:
    """Drawings as pictures of points, for files that cannot hold the drawing itself. Raises Satsfeil."""
    if not svg:
        return {}
    bilder = _i_egen_prosess({"svg": list(svg), "ppi": ppi}).split()
    return dict(zip(svg, map(b64decode, bilder), strict=True))


def _i_egen_prosess(oppdrag: Mapping[str, Any]) -> bytes:
    """The process is told nothing of the installation: it needs neither keys nor database."""
    miljoe = {navn: verdi for navn, verdi in os.environ.items() if not navn.startswith("KOORDINERING_")}
    inn = json.dumps(oppdrag, ensure_ascii=False).encode()
    kommando = [sys.executable, "-m", __name__]
    try:
        svar = subprocess.run(kommando, input=inn, env=miljoe, capture_output=True, timeout=_FRIST_S, check=True)  # noqa: S603 - our own module
    except subprocess.SubprocessError as feil:
        raise Satsfeil(type(feil).__name__) from None
    return svar.stdout


def _pdf(mal: bytes, data: Any, byttet: Any) -> bytes:
    import typst  # seldom used, and large

    try:
        return _sett(mal, data)
    except typst.TypstError as feil:
        tegn = _uten_skrift(str(feil))
        if not tegn:
            raise
    byttes: set[str] = set()
    while tegn and len(byttes) < _MEST and not (_LATIN.fullmatch(tegn) or set(tegn) <= byttes):
        byttes |= set(tegn)
        try:
            return _sett(mal, _byttet(byttet, re.compile(f"[{re.escape(''.join(byttes))}]")))
        except typst.TypstError as feil:
            tegn = _uten_skrift(str(feil))
    return _sett(mal, _byttet(byttet, _IKKE_LATIN))


def _png(svg: str, ppi: int) -> bytes:
    import typst  # as above

    png: bytes = typst.compile(_TEGNING, sys_inputs={"svg": svg}, format="png", ppi=ppi)
    return png


def _sett(mal: bytes, data: Any) -> bytes:
    import typst  # as above

    tekst = json.dumps(data, ensure_ascii=False)
    pdf: bytes = typst.compile(mal, sys_inputs={"data": tekst}, format="pdf", pdf_standards=["ua-1"])
    return pdf


def _uten_skrift(melding: str) -> str:
    """The characters that the typesetter says it cannot show; empty when something else is wrong."""
    funnet = _KAN_IKKE_VISES.search(melding)
    return _KODE.sub(lambda kode: chr(int(kode[1], 16)), funnet[1]) if funnet else ""


def _byttet(verdi: Any, hva: re.Pattern[str]) -> Any:
    if isinstance(verdi, str):
        return hva.sub("[?]", verdi)
    if isinstance(verdi, dict):
        return {navn: _byttet(en, hva) for navn, en in verdi.items()}
    if isinstance(verdi, list | tuple):
        return [_byttet(en, hva) for en in verdi]
    return verdi


def _main() -> None:
    oppdrag = json.load(sys.stdin.buffer)
    if "svg" in oppdrag:
        sys.stdout.buffer.writelines(b64encode(_png(en, oppdrag["ppi"])) + b"\n" for en in oppdrag["svg"])
    else:
        sys.stdout.buffer.write(_pdf(oppdrag["mal"].encode(), oppdrag["data"], oppdrag["byttet"]))


if __name__ == "__main__":
    _main()
