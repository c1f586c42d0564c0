"""The answer as a file: a tagged PDF that a screen reader reads (PDF/UA-1), and JSON."""

import json
import re
from dataclasses import asdict, replace
from importlib.resources import files
from typing import Any

import typst
from flask_babel import gettext

from koordinering.personvern.krav.rules.dokument import Dokument, til_json
from koordinering.tekst import N_, Kode

_MAL = (files("koordinering") / "data" / "innsyn.typ").read_bytes()


_BYTTET = N_("Tegn som ikke kan skrives ut, er byttet med [?]. Filen i formatet JSON har hele teksten.")
_MEST = 100
"""Different characters that are tried one after another: each costs a typesetting."""
_LATIN = re.compile("[\\n\\t -~\u00a0-\u024f–—‘’“”„…•]+")
_IKKE_LATIN = re.compile("[^\\n\\t -~\u00a0-\u024f–—‘’“”„…•]")
_KAN_IKKE_VISES = re.compile(r'the text `"(.+?)"` could not be displayed')
_KODE = re.compile(r"\\u\{([0-9a-f]+)\}")


class Filslag(Kode):
    """The kinds of file that an answer can be taken out as."""

    PDF = "pdf", N_("PDF")
    JSON = "json", N_("JSON")


MIMETYPER = {Filslag.PDF: "application/pdf", Filslag.JSON: "application/json"}


def til_fil(dokument: Dokument, slag: Filslag) -> bytes:
    """The file's bytes. What was typed reaches the typesetter as data, never as its language."""
    if slag is Filslag.JSON:
        return til_json(dokument).encode()
    return _pdf(dokument)


def _pdf(dokument: Dokument) -> bytes:
    """Typeset it. A character that no font of the machine has is shown as [?], and the page says so.

    PDF/UA takes no text that cannot be seen: the typesetter stops at the first such character and names it. Where it
    names one that any font has, its neighbours are at fault, and only what Latin letters are written with is kept.
    """
    try:
        return _sett(asdict(dokument))
    except typst.TypstError as feil:
        tegn = _uten_skrift(str(feil))
    dokument = replace(dokument, innledning=(*dokument.innledning, gettext(_BYTTET)))
    byttes: set[str] = set()
    while tegn and len(byttes) < _MEST and not (_LATIN.fullmatch(tegn) or set(tegn) <= byttes):
        byttes |= set(tegn)
        try:
            return _sett(_byttet(asdict(dokument), re.compile(f"[{re.escape(''.join(byttes))}]")))
        except typst.TypstError as feil:
            tegn = _uten_skrift(str(feil))
    return _sett(_byttet(asdict(dokument), _IKKE_LATIN))


def _sett(data: Any) -> bytes:
    tekst = json.dumps(data, ensure_ascii=False)
    pdf: bytes = typst.compile(_MAL, sys_inputs={"data": tekst}, format="pdf", pdf_standards=["ua-1"])
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
    return [_byttet(en, hva) for en in verdi]
