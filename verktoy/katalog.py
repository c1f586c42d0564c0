"""The catalogue of every text a person can see: `python -m verktoy.katalog` writes it anew.

The message ids are the bokmål texts themselves; a language is a .po file beside the template.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROT = Path(__file__).parents[1]
KATALOG = ROT / "koordinering" / "translations" / "messages.pot"
_NOEKKELORD = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
_OPPSETT = [("koordinering/**.py", "python"), ("templates/**.html", "jinja2")]
_VALG = {"templates/**.html": {"silent": "false"}}


def trekk_ut() -> Catalog:
    """All texts marked in code and templates, with the files they stand in."""
    katalog = Catalog(project="Koordinering", charset="utf-8", fuzzy=False)
    for fil, _linje, tekst, _kommentarer, sammenheng in extract_from_dir(
        ROT, _OPPSETT, options_map=_VALG, keywords=_NOEKKELORD, directory_filter=_vaar
    ):
        # No line numbers: they would change the file with every edit.
        katalog.add(tekst, None, [(fil, 0)], context=sammenheng)
    return katalog


def _vaar(mappe: str) -> bool:
    navn = Path(mappe).relative_to(ROT).parts[:1]
    return navn in {(), ("koordinering",), ("templates",)}


def lest() -> Catalog:
    """The catalogue as it stands in the repository."""
    with KATALOG.open("rb") as fil:
        return read_po(fil)


def skriv() -> int:
    """Write the catalogue; gives the number of texts."""
    katalog = trekk_ut()
    ut = io.BytesIO()
    write_po(ut, katalog, omit_header=True, sort_output=True, include_lineno=False, width=120)
    KATALOG.parent.mkdir(exist_ok=True)
    KATALOG.write_bytes(ut.getvalue())
    return len(katalog)


if __name__ == "__main__":
    skriv()
