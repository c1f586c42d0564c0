"""Why no distribution came out: what is locked cannot all be held, it was stopped, or something else is wrong."""

from koordinering.tekst import N_, Kode


class Stans(Kode):
    """What the user is told."""

    LAAST = (
        "laast",
        N_(
            "Det som er låst, går ikke opp: Flere barn er låst til et tilbud enn det har ledige plasser, "
            "eller ett barn er låst til flere plasser enn det kan få. Lås færre."
        ),
    )
    STANSET = (
        "stanset",
        N_("Utregningen ble stanset før den var ferdig. Ingenting er endret. Prøv igjen, eller velg færre tilbud."),
    )
    ANNET = (
        "annet",
        N_(
            "Fordelingen kunne ikke regnes ut, og det kommer ikke av det du har låst. Ingenting er endret. "
            "Si fra til den som har ansvaret for løsningen."
        ),
    )


class IkkeLoest(RuntimeError):
    """The solver found no proved optimum."""

    def __init__(self, hvorfor: Stans, status: str = "") -> None:
        super().__init__(f"{hvorfor.value}: {status}")
        self.hvorfor = hvorfor
