"""Headers of every answer: what a page of ours may load and do, and that nobody keeps it."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.headers import Headers
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_CSP = "; ".join(
    (
        "default-src 'none'",
        "object-src 'none'",  # follows from the line above; said for who looks for it
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        # no text becomes markup or a script, not even by a policy of its own
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_HODER = {
    "Content-Security-Policy": _CSP,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
_HSTS = "max-age=31536000; includeSubDomains"
_MED_HTTPS = {**_HODER, "Strict-Transport-Security": _HSTS}
_STATISKE = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Referrer-Policy")
"""What a static file has of the headers; it is kept by the browser, and its address changes when it does."""


class Hoder:
    """Puts on each answer those that it does not have already, whoever made it."""

    def __init__(self, program: WSGIApplication, *, https: bool) -> None:
        self._program = program
        self._alle = [(navn, navn.lower(), verdi) for navn, verdi in (_MED_HTTPS if https else _HODER).items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""

        def start(status: str, hoder: list[tuple[str, str]], *feil: Any) -> Callable[[bytes], object]:
            satt = {navn.lower() for navn, _ in hoder}
            mangler = [(navn, verdi) for navn, smaa, verdi in self._alle if smaa not in satt]
            return start_response(status, hoder + mangler, *feil)

        return self._program(environ, start)


def statiske_hoder(*, https: bool) -> Callable[[Headers, str, str], None]:
    """What WhiteNoise adds to each static file, which the application never sees."""

    def legg_til(hoder: Headers, _sti: str, _adresse: str) -> None:
        for navn in _STATISKE:
            hoder[navn] = _HODER[navn]
        # its address has its version: not asked for again on reload either
        hoder["Cache-Control"] = f"{hoder['Cache-Control']}, immutable"
        # a file opened on its own runs nothing, and stands in nobody's frame
        hoder["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
        if hoder["Content-Type"] == "image/svg+xml":
            hoder["Content-Type"] = "image/svg+xml; charset=utf-8"
        if https:
            hoder["Strict-Transport-Security"] = _HSTS

    return legg_til
