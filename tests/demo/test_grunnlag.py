"""What a town begins with: the blind indexes of many people, worked out by several processes at once."""

import pytest
from flask import Flask

from koordinering import crypto
from koordinering.demo import grunnlag

NUMRE = ("01911599968", "41911599951", "01911599968", "02911599963") * 150
"""More than one process is given at once."""


def test_many_are_shared_out_and_come_back_in_order(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """With keys that have sealed something here: what is set up with them stays in this process."""
    noekler = crypto.gjeldende()
    crypto.krypter_med_hovednoekkel(noekler, "x", tabell="t", kolonne="k", rad=1)
    en_for_en = [crypto.blindindeks(noekler, nummer) for nummer in NUMRE]
    monkeypatch.setattr(grunnlag, "_MANGE", len(NUMRE))
    assert grunnlag.blindindekser(NUMRE, lambda *_: None) == en_for_en
    assert len(set(en_for_en)) == 3
