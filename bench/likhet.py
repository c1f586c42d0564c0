"""Whether the floor answers with the product's own bytes: all but the form token and the session's seconds."""

import difflib
import re

from werkzeug.test import TestResponse

_TOKEN = re.compile(r'((?:name="csrf_token" value|name="csrf-token" content)=")[^"]+')
_SEKUNDER = re.compile(r'(data-utloeper=")\d+')
_NY_SAK = re.compile(r"/saker/\d+/kvittering")


class Ulikt(AssertionError):
    """The floor does something else than the product: what it costs says nothing."""


def krev_likt(hva: str, produktet: TestResponse, gulvet: TestResponse) -> None:
    """Raise Ulikt, with the first differences, where the two answers are not the same."""
    if (produktet.status_code, _sted(produktet)) != (gulvet.status_code, _sted(gulvet)):
        raise Ulikt(f"{hva}: {produktet.status} {_sted(produktet)} and {gulvet.status} {_sted(gulvet)}")
    en, to = _renset(produktet), _renset(gulvet)
    if en != to:
        ulike = list(difflib.unified_diff(en.splitlines(), to.splitlines(), "produktet", "gulvet", lineterm="", n=0))
        raise Ulikt("\n".join([hva, *ulike[:20]]))


def _sted(svar: TestResponse) -> str:
    return _NY_SAK.sub("/saker/ny/kvittering", svar.headers.get("Location", ""))


def _renset(svar: TestResponse) -> str:
    tekst = svar.get_data().decode("utf-8", "backslashreplace")  # a workbook is no text, and is compared all the same
    for moenster in (_TOKEN, _SEKUNDER):
        tekst = moenster.sub(r"\1", tekst)
    return _NY_SAK.sub("/saker/ny/kvittering", tekst)
