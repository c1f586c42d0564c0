"""The answer as a file: a tagged PDF that a screen reader reads (PDF/UA-1), and JSON."""

import json
from dataclasses import asdict
from importlib.resources import files

import typst

from koordinering.personvern.krav.rules.dokument import Dokument, til_json
from koordinering.tekst import N_, Kode

_MAL = (files("koordinering") / "data" / "innsyn.typ").read_bytes()


class Filslag(Kode):
    """The kinds of file that an answer can be taken out as."""

    PDF = "pdf", N_("PDF")
    JSON = "json", N_("JSON")


MIMETYPER = {Filslag.PDF: "application/pdf", Filslag.JSON: "application/json"}


def til_fil(dokument: Dokument, slag: Filslag) -> bytes:
    """The file's bytes. What was typed reaches the typesetter as data, never as its language."""
    if slag is Filslag.JSON:
        return til_json(dokument).encode()
    data = json.dumps(asdict(dokument), ensure_ascii=False)
    pdf: bytes = typst.compile(_MAL, sys_inputs={"data": data}, format="pdf", pdf_standards=["ua-1"])
    return pdf
