"""The year's clock."""

from tests.aaret.huset import klokke

__all__ = ["klokke"]
