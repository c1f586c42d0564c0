"""The pages of the report and the overview."""

from koordinering.plan.rapport.routes import oversikt, rapporter
from koordinering.plan.rapport.routes.felles import bp

__all__ = ["bp", "oversikt", "rapporter"]
