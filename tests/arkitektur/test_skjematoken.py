"""No route takes a change without the page's token. Forms have none of their own: one guard stands before them all."""

import re

import pytest
from flask import Flask, request, session
from flask_wtf.csrf import CSRFError, generate_csrf

from koordinering.web.side import csrf

pytestmark = pytest.mark.bare_sqlite

ENDRER = {"POST", "PUT", "PATCH", "DELETE"}


def _felt(token: str) -> dict[str, str]:
    return {"csrf_token": token}


def test_each_route_that_changes_something_looks_at_the_token(app: Flask) -> None:
    (vokter,) = [fn for fn in app.before_request_funcs[None] if fn.__name__ == "csrf_protect"]
    ruter = [(en, metode) for en in app.url_map.iter_rules() for metode in sorted(ENDRER & (en.methods or set()))]
    assert len(ruter) > 150
    with app.app_context(), app.test_request_context():
        token, sidens = generate_csrf(), session["csrf_token"]
    for rute, metode in ruter:
        sti = re.sub(r"<[^>]+>", "1", rute.rule)
        for sendt, i_sesjonen in (({}, sidens), (_felt(""), sidens), (_felt("x"), sidens), (_felt(token), "another's")):
            with app.app_context(), app.test_request_context(sti, method=metode, data=sendt):
                assert request.url_rule == rute
                session["csrf_token"] = i_sesjonen
                with pytest.raises(CSRFError):
                    vokter()
        with app.app_context(), app.test_request_context(sti, method=metode, data=_felt(token)):
            session["csrf_token"] = sidens
            vokter()


def test_none_is_exempt(app: Flask) -> None:
    assert not csrf._exempt_views
    assert not csrf._exempt_blueprints
