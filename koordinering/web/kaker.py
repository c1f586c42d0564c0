"""The session's cookie: a signed token in the browser; when the session ends stands in the database."""

from flask import Flask
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.wrappers import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from koordinering.db import now


class Oktkaker(SecureCookieSessionInterface):
    """The session's cookie, which never follows an answer that whoever stands between may keep and give to others."""

    def __init__(self) -> None:
        self._noekkel: str | bytes | None = None
        self._serialiserer: URLSafeTimedSerializer | None = None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """As Flask does, and also what was signed in a time that has not been: a clock that is set back throws nobody
        out. When a session ends stands in the database.
        """
        funnet = super().open_session(app, request)
        if funnet:
            return funnet
        verdi, serialiserer = request.cookies.get(self.get_cookie_name(app)), self.get_signing_serializer(app)
        if verdi is None or serialiserer is None:
            return funnet
        try:
            innhold, signert = serialiserer.loads(verdi, return_timestamp=True)
        except BadSignature:
            return funnet
        return self.session_class(innhold) if signert > now() else funnet

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once for each key: Flask makes it anew to read the cookie, and again to write it."""
        noekkel = app.secret_key
        if self._noekkel != noekkel:
            self._serialiserer, self._noekkel = super().get_signing_serializer(app), noekkel  # in this order
        return self._serialiserer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing of the session, neither the cookie nor that it decided anything, where the answer is for all."""
        if "Cache-Control" not in response.headers or not response.cache_control.public:
            super().save_session(app, session, response)
