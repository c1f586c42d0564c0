"""What a settlement of capacity says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Oppgjoer:
    """One stock: how much there is, and where it is. In units, or in øre."""

    beholdning: int
    ledig: int
    holdt: int
    brukt: int

    @property
    def gaar_opp(self) -> bool:
        """Free, held and used are the stock, and none of them is below nought."""
        return self.ledig + self.holdt + self.brukt == self.beholdning and min(self.ledig, self.holdt, self.brukt) >= 0
