"""Files of the report: a tagged PDF, and a document to edit."""

from koordinering.plan.rapport.export.pdf import til_pdf
from koordinering.plan.rapport.rules.innhold import Rapport

__all__ = ["til_docx", "til_pdf"]


def til_docx(rapport: Rapport, nr: int | None) -> bytes:
    """The report; `nr` of a frozen one, None for a draft."""
    from koordinering.plan.rapport.export import docx_fil  # python-docx and lxml, for a file that is made once a year

    return docx_fil.til_docx(rapport, nr)
