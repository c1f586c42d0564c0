"""Pages of the plan's versions: reading and comparing them, the draft, and editing one part at a time."""

from koordinering.plan.rullering.routes import deler, lesing, utkast
from koordinering.plan.rullering.routes.felles import bp

__all__ = ["bp", "deler", "lesing", "utkast"]
