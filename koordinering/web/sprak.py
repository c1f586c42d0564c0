"""The catalogue of texts, bound once: one language is served, so that no text asks the request which one it is."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from babel.support import NullTranslations
from flask import Flask
from flask_babel import Babel, Domain, get_domain
from markupsafe import Markup

from koordinering.tekst import Kode

_UBUNDET = NullTranslations()


class _EttSpraak(Domain):  # type: ignore[misc]  # Flask-Babel ships no types
    """The texts of the one language, also for those who ask Flask-Babel."""

    def __init__(self) -> None:
        super().__init__()
        self.bundet: NullTranslations = _UBUNDET

    def get_translations(self) -> NullTranslations:
        """The catalogue that was read when the application was made."""
        return self.bundet


_spraak = _EttSpraak()


def gettext(tekst: str) -> str:
    """The text as the catalogue has it."""
    return _spraak.bundet.ugettext(tekst)


@lru_cache(maxsize=4096)
def _uten_verdier(tekst: str) -> Markup:
    return Markup(gettext(tekst)) % {}  # noqa: S704 - a text of ours, as Jinja's own gettext has it


@lru_cache(maxsize=4096, typed=True)  # codes of two lists that are stored alike are equal, and have two labels
def kodetekst(kode: Kode) -> str:
    """The label of a code, from the catalogue."""
    return gettext(kode.tekst)


def kodetekster(koder: type[Kode] | Iterable[Kode]) -> tuple[tuple[str, str], ...]:
    """Codes as a form's choices, value and text."""
    return _listens(koder) if isinstance(koder, type) else tuple((kode.value, kodetekst(kode)) for kode in koder)


@lru_cache(maxsize=512)
def _listens(koder: type[Kode]) -> tuple[tuple[str, str], ...]:
    """The same each time, and many on each form."""
    return tuple((kode.value, kodetekst(kode)) for kode in koder)


def _i_maler(tekst: str, **verdier: Any) -> Markup:
    """`_()` of the templates: values are escaped as they are put in."""
    return Markup(gettext(tekst)) % verdier if verdier else _uten_verdier(tekst)  # noqa: S704 - see above


def init_app(app: Flask) -> None:
    """Read the catalogue of BABEL_DEFAULT_LOCALE, and give it to templates and Python alike."""
    babel = Babel(app)
    with app.app_context():
        _spraak.bundet = get_domain().get_translations()
    _uten_verdier.cache_clear()
    kodetekst.cache_clear()
    _listens.cache_clear()
    babel.domain_instance = _spraak
    app.jinja_env.globals.update(_=_i_maler, gettext=_i_maler)
