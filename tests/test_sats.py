"""The typesetter: in a process of its own, and silent about what was typed."""

import sys
from unittest import mock

import pytest

from koordinering import sats

_MAL = b'#set document(title: "x")\n#json(bytes(sys.inputs.data)).ord'


def test_a_document_and_a_drawing_are_made_without_the_typesetter_in_this_process() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    with mock.patch.dict(sys.modules, {"typst": None}):
        assert sats.til_pdf(_MAL, {"ord": "æ"}, dict).startswith(b"%PDF")
        assert sats.til_png([svg])[svg].startswith(b"\x89PNG")
        assert sats.til_png([]) == {}


def test_what_went_wrong_is_not_told_with_what_was_typed() -> None:
    with pytest.raises(sats.Satsfeil) as feil:
        sats.til_pdf(b"#panic(json(bytes(sys.inputs.data)).ord)", {"ord": "Ola"}, dict)
    assert str(feil.value) == "CalledProcessError"
    assert feil.value.__suppress_context__
