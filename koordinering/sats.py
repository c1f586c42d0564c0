"""Typesetting: data in, a tagged PDF out that a screen reader reads (PDF/UA-1); or a picture of a drawing.

What was typed reaches the typesetter as data, never as its language.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

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


def til_pdf(mal: bytes, data: Mapping[str, Any], om_byttet: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> bytes:
    """Typeset it. A character that no font of the machine has is shown as [?]; `om_byttet` adds that to the data.

    PDF/UA takes no text that cannot be seen: the typesetter stops at the first such character and names it. Where it
    names one that any font has, its neighbours are at fault, and only what Latin letters are written with is kept.
    """
    import typst  # seldom used, and six megabytes

    try:
        return _sett(mal, data)
    except typst.TypstError as feil:
        tegn = _uten_skrift(str(feil))
        if not tegn:
            raise
    data = om_byttet(data)
    byttes: set[str] = set()
    while tegn and len(byttes) < _MEST and not (_LATIN.fullmatch(tegn) or set(tegn) <= byttes):
        byttes |= set(tegn)
        try:
            return _sett(mal, _byttet(data, re.compile(f"[{re.escape(''.join(byttes))}]")))
        except typst.TypstError as feil:
            tegn = _uten_skrift(str(feil))
    return _sett(mal, _byttet(data, _IKKE_LATIN))


def til_png(svg: str, ppi: int = 192) -> bytes:
    """A drawing as a picture of points, for files that cannot hold the drawing itself."""
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
