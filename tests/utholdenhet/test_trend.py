"""What counts as growth."""

import random

import pytest

from tests.utholdenhet.trend import vekst

_STOEY = [random.Random(nr).uniform(-1, 1) for nr in range(300)]  # noqa: S311 - noise


@pytest.mark.parametrize(
    ("rekke", "minst", "mest"),
    [
        ([100.0] * 300, 0, 0),
        ([100 + stoey for stoey in _STOEY], -0.5, 0.5),
        ([100 + stoey + nr * 0.1 for nr, stoey in enumerate(_STOEY)], 20, 22),
        ([min(nr, 60) * 2.0 for nr in range(300)], 0, 0),
        ([100.0 if nr < 200 else 110.0 for nr in range(300)], 0, 4),
        ([100.0 if nr % 50 else 400.0 for nr in range(300)], 0, 0),
        ([1.0], 0, 0),
    ],
    ids=["nothing", "noise", "a leak under noise", "a warm-up", "one step", "peaks", "too short to say"],
)
def test_a_trend_is_growth_and_nothing_else_is(rekke: list[float], minst: float, mest: float) -> None:
    assert minst <= vekst(rekke) <= mest
