"""What a panel of a start page is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from koordinering.roles import Rolle
from koordinering.sider import TELLES_TIL


@dataclass(frozen=True)
class Antall:
    """Work that waits: how much, of what, and where it is done."""

    antall: int
    tekst: str
    endpoint: str
    filter: str | None = None
    """Name of the list's filter that shows just these."""

    @property
    def mange(self) -> bool:
        """More than are counted."""
        return self.antall > TELLES_TIL


@dataclass(frozen=True)
class Lenke:
    """A way on from the start page."""

    tekst: str
    forklaring: str
    endpoint: str


@dataclass(frozen=True)
class Opplysning:
    """A fact about the installation. `verdi` is shown as it is, `kode` through the catalogue."""

    navn: str
    verdi: object = None
    kode: str | None = None


@dataclass(frozen=True)
class Panel:
    """One role's part of the start page."""

    rolle: Rolle
    ingress: str
    hovedvalg: Lenke | None = None
    antall: Sequence[Antall] = ()
    lenker: Sequence[Lenke] = ()
    opplysninger: Sequence[Opplysning] = ()
    skann: bool = False
    """The page begins with the scan field of Utstyrsbanken's counter."""
