"""The report as a file: PDF for reading, docx for editing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from koordinering.konto.services import ta_uttrekk
from koordinering.plan.rapport.export import til_docx, til_pdf
from koordinering.plan.rapport.rules.innhold import Rapport
from koordinering.tekst import N_, Kode
from koordinering.users import User


class Rapportformat(Kode):
    """Kinds of file."""

    PDF = "pdf", N_("PDF")
    DOCX = "docx", N_("Word (docx)")


_SKRIV: Mapping[Rapportformat, Callable[[Rapport, int | None], bytes]] = {
    Rapportformat.PDF: til_pdf,
    Rapportformat.DOCX: til_docx,
}
_MIMETYPE = {
    Rapportformat.PDF: "application/pdf",
    Rapportformat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class Fil:
    """A file to hand out."""

    navn: str
    innhold: bytes
    mimetype: str


def som_fil(rapport: Rapport, nr: int | None, slag: Rapportformat, *, av: User | None, adresse: str | None) -> Fil:
    """The report as a file; `nr` of a frozen one, None for a draft, which says so. Raises ForMangeUttrekk."""
    ta_uttrekk(av=av, adresse=adresse)
    hale = f"nr-{nr}" if nr is not None else "utkast"
    return Fil(f"planrapport-{rapport.aar}-{hale}.{slag.value}", _SKRIV[slag](rapport, nr), _MIMETYPE[slag])
