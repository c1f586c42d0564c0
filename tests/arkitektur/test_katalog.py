"""Every text stands in the one catalogue."""

from verktoy.katalog import lest, trekk_ut


def test_the_catalogue_is_true_today() -> None:
    i_koden = {str(m.id) for m in trekk_ut() if m.id}
    i_filen = {str(m.id) for m in lest() if m.id}
    assert i_koden == i_filen, "run: python -m verktoy.katalog"
    assert len(i_filen) > 400
