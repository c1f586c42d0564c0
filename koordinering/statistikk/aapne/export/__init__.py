"""Open data for programs: an index as PxWebApi has it, and a catalogue as DCAT-AP-NO has it."""

from koordinering.statistikk.aapne.export.dcat import Datasett, Node, katalog, til_jsonld, til_turtle
from koordinering.statistikk.aapne.export.indeks import Utsnitt, metadata, tabellindeks, tabelloppslag, utvalg

__all__ = [
    "Datasett", "Node", "Utsnitt", "katalog", "metadata", "tabellindeks", "tabelloppslag", "til_jsonld", "til_turtle",
    "utvalg",
]  # fmt: skip
