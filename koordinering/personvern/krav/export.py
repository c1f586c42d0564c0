"""The answer as a file: a tagged PDF that a screen reader reads (PDF/UA-1), and JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from koordinering.personvern.krav.rules.dokument import Dokument, til_json
from koordinering.sats import til_pdf
from koordinering.tekst import N_, Kode
from koordinering.web.sprak import gettext

_MAL = (files("koordinering") / "data" / "innsyn.typ").read_bytes()


_BYTTET = N_("Tegn som ikke kan skrives ut, er byttet med [?]. Filen i formatet JSON har hele teksten.")


class Filslag(Kode):
    """The kinds of file that an answer can be taken out as."""

    PDF = "pdf", N_("PDF")
    JSON = "json", N_("JSON")


MIMETYPER = {Filslag.PDF: "application/pdf", Filslag.JSON: "application/json"}


def til_fil(dokument: Dokument, slag: Filslag) -> bytes:
    """The file's bytes."""
    if slag is Filslag.JSON:
        return til_json(dokument).encode()
    return til_pdf(_MAL, asdict(dokument), _si_fra)


def _si_fra(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**data, "innledning": (*data["innledning"], gettext(_BYTTET))}
