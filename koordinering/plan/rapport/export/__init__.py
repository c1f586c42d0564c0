"""Files of the report: a tagged PDF, and a document to edit."""

from koordinering.plan.rapport.export.docx_fil import til_docx
from koordinering.plan.rapport.export.pdf import til_pdf

__all__ = ["til_docx", "til_pdf"]
