"""A series of figures and its points, and what may be compared: what pages, pictures and reports take from here."""

from koordinering.plan.serier.rules.enhet import Enhetsslag, enhetsslag
from koordinering.plan.serier.rules.sammenligning import endring
from koordinering.plan.serier.rules.serie import Opphav, Punkt, Serie

__all__ = ["Enhetsslag", "Opphav", "Punkt", "Serie", "endring", "enhetsslag"]
