"""The shape of what is typed when referrals are handled and places shared out."""

from koordinering.tildeling.forms.flere import FlereForm
from koordinering.tildeling.forms.fordeling import FordelFilterForm, ForslagForm, KoeForm, NyeKortForm
from koordinering.tildeling.forms.handling import GRUNNLISTER, HandlingForm, MidlerForm

__all__ = [
    "GRUNNLISTER",
    "FlereForm",
    "FordelFilterForm",
    "ForslagForm",
    "HandlingForm",
    "KoeForm",
    "MidlerForm",
    "NyeKortForm",
]
