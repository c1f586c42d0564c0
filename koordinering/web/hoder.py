"""Headers of every answer: what a page of ours may load and do, and that nobody keeps it."""

from collections.abc import Callable
from wsgiref.headers import Headers

from flask import Flask
from werkzeug.wrappers import Response

from koordinering.web.huset import huset

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


def _hoder(svar: Response) -> Response:
    alle = _MED_HTTPS if huset().config.https else _HODER
    satt = {navn.lower() for navn, _ in svar.headers}
    svar.headers.extend((navn, verdi) for navn, verdi in alle.items() if navn.lower() not in satt)
    return svar


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


def init_app(app: Flask) -> None:
    """Send them with each answer."""
    app.after_request(_hoder)
