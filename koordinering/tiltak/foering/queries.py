"""How lists of what is counted are searched."""

from sqlalchemy import ColumnElement, SQLColumnExpression, func


def inneholder(kolonne: SQLColumnExpression[str], tekst: str) -> ColumnElement[bool]:
    """The text stands somewhere in the column, whichever letters are capital."""
    ord_ = tekst.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return func.lower(kolonne).like(f"%{ord_}%", escape="!")
