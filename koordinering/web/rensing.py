"""What a form sends, without what no page may hold and nobody sees."""

import re
from itertools import chain
from typing import Any

from werkzeug.datastructures import CombinedMultiDict, MultiDict

_STYRETEGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""What no page may hold and nobody sees; it comes along when text is pasted, and goes without a word."""


def _ren(verdi: Any) -> Any:
    """Without control characters. Blanks alone are nothing: else a choice of blanks is left unchecked as optional."""
    if not isinstance(verdi, str):
        return verdi
    ren = _STYRETEGN.sub("", verdi)
    return ren if ren.strip() else ""


def _er_ren(data: MultiDict[str, Any]) -> bool:
    """Nearly all is: looked through at once. What can be printed has none of those signs; a text of many lines can."""
    verdier = list(chain.from_iterable(dict.values(data)))
    try:
        samlet = "".join(verdier)
    except TypeError:
        return False  # a file, or what a session that ended left behind
    uten_styretegn = samlet.isprintable() or not _STYRETEGN.search(samlet)
    return uten_styretegn and not any(map(str.isspace, verdier))


def renset(data: Any) -> Any:
    """What was sent, cleaned."""
    if isinstance(data, CombinedMultiDict):
        return CombinedMultiDict([renset(del_) for del_ in data.dicts])
    if data is None or _er_ren(data):
        return data
    return MultiDict([(navn, _ren(verdi)) for navn, verdi in data.items(multi=True)])
