"""Pages of evaluation: the unit's own, the coordinator's, the calendar, and what reminders lead to."""

from koordinering.plan.evaluering.routes import kalender, koordinator, mine, vis
from koordinering.plan.evaluering.routes.felles import bp

__all__ = ["bp", "kalender", "koordinator", "mine", "vis"]
