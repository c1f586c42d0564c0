"""Text for a spreadsheet that must not become a formula there."""

_FORMEL = frozenset("=+-@＝＋－＠")
"""How a formula begins; the wide signs too, which Excel takes for the others in some languages."""


def uten_formel(tekst: str) -> str:
    """One line that no spreadsheet runs: one that would begin a formula gets an apostrophe, which is shown as text.

    What is asked is the first sign that shows, since spreadsheets pass by blanks and what nobody sees.
    """
    linje = " ".join(tekst.split())
    foerste = next((tegn for tegn in linje if tegn.isprintable() and tegn != " "), "")
    return f"'{linje}" if foerste in _FORMEL else linje
