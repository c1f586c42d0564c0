"""Pages go compressed to whoever asked for them from here, and never where another site set the request going.

An answer's length tells of its content (CRIME, BREACH): another site that makes the browser ask for a page with words
of its own in the address, and sees how long the answer is, finds out what else stands there. The browser says who set
a request going (Sec-Fetch-Site), and no page can write that header; a request from elsewhere, and one of a browser too
old to tell, is answered as it is.
"""

import gzip

from flask import Flask, Response, request

_HERFRA = frozenset({"same-origin", "none"})
"""A link or a form on our own pages; an address that was typed or kept."""
_MINST = 1_000
"""Bytes below which the header costs more than is saved."""
_VIDERE = range(300, 400)
"""What sends the browser on is short, and nobody reads it."""
_NIVAA = 5
"""Nine saves one part in a hundred more and takes twice as long."""


def init_app(app: Flask) -> None:
    """Register it; before everybody else that changes answers, since the last to be asked is who came first."""
    app.after_request(_komprimer)


def _komprimer(svar: Response) -> Response:
    if svar.status_code in _VIDERE or svar.mimetype != "text/html" or svar.is_streamed or svar.direct_passthrough:
        return svar
    if svar.content_encoding or request.headers.get("Sec-Fetch-Site") not in _HERFRA:
        return svar
    if not request.accept_encodings.quality("gzip"):
        return svar
    innhold = svar.get_data()
    if len(innhold) >= _MINST:
        svar.set_data(gzip.compress(innhold, _NIVAA, mtime=0))
        svar.content_encoding = "gzip"
    svar.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    return svar
