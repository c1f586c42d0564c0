"""What was sent is cleaned: looked through at once, and the same as value for value."""

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from koordinering.web.rensing import _ren, renset

_TEGN = st.text(alphabet="aÆ \t\n\r\x00\x1c\x7f\x85\xa0\u200b\ufdd0\uffff\ud800", max_size=6)


@given(st.lists(st.tuples(st.sampled_from("abc"), _TEGN), max_size=5))
def test_all_at_once_is_as_one_by_one(sendt: list[tuple[str, str]]) -> None:
    lest = renset(MultiDict(sendt))
    assert list(lest.items(multi=True)) == list(MultiDict((n, _ren(v)) for n, v in sendt).items(multi=True))
