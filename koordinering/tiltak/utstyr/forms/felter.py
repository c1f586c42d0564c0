"""Fields that several forms share: a scan field, the items in hand, days, choices from code lists."""

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from flask_babel import lazy_gettext
from wtforms import Field
from wtforms.widgets import TextInput

from koordinering.tekst import N_, Kode
from koordinering.tiltak.utstyr.rules.tilstander import MAKS_I_ETT_LAAN
from koordinering.web.skjema import DATO, BaseForm, DateField, MaaFyllesUt, Tekstfelt
from koordinering.web.sprak import gettext

T = TypeVar("T")


def valg(koder: Iterable[Kode], tomt: str | None = None) -> list[tuple[str, str]]:
    """Choices of a code list in the user's language; `tomt` is the text of the empty one."""
    foerst = [] if tomt is None else [("", gettext(tomt))]
    return [*foerst, *((kode.value, gettext(kode.tekst)) for kode in koder)]


def skrevet(verdi: T | None) -> T:
    """What validate() has made sure of."""
    if verdi is None:
        raise ValueError("validate() first")
    return verdi


def dagfelt(tekst: str) -> DateField:
    """A day as people write it."""
    return DateField(lazy_gettext(tekst), format=DATO, widget=TextInput(), validators=[MaaFyllesUt()])


def som_ider(skrevet: Iterable[object]) -> list[int]:
    """Keys out of an address or a form, each once, no more than are lent in one go and one; the rest is left out."""
    lest = [int(v) for v in map(str, skrevet) if re.fullmatch(r"[0-9]{1,19}", v)]
    return list(dict.fromkeys(v for v in lest if v < 2**63))[: MAKS_I_ETT_LAAN + 1]


class Idliste(Field):
    """Keys of the items in hand, as hidden fields of one name. What is no key is left out."""

    data: list[int]

    def process_data(self, value: Any) -> None:
        """The items that the page begins with."""
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Those that the page has sent."""
        if valuelist:
            self.data = som_ider(valuelist)


class Skannefelt(Tekstfelt):
    """What a hand scanner types, followed by Enter. Takes the focus, and is empty each time the page comes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"autofocus": True, "autocomplete": "off", "spellcheck": "false"}
        super().__init__(*args, maks=60, **kwargs)

    def toem(self) -> None:
        """Nothing of it is shown again: it may have been somebody's personal code."""
        self.data = ""


class Skanneskjema(BaseForm):
    """A form with a scan field. What was kept of it when the session ended does not stand there again."""

    kode: Skannefelt

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.gjenopprettet:
            self.kode.toem()


class SkannForm(Skanneskjema):
    """One field for everything that can be scanned at the counter."""

    kode = Skannefelt(lazy_gettext(N_("Skann strekkode eller kort")))


class TelleForm(Skanneskjema):
    """One scan of a stock-taking."""

    kode = Skannefelt(lazy_gettext(N_("Skann strekkode eller kort")))
