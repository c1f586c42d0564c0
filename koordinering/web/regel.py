"""An address of the product, whose text is put together by code that is made when the first link to it is."""

from collections.abc import Callable

from werkzeug.routing import Rule


class SenRegel(Rule):
    """Werkzeug writes and compiles two functions for each address when it is added: two thirds of what a worker's start
    costs beyond its imports. Each worker links to a few dozen of the several hundred.
    """

    def _compile_builder(self, *med_ukjente: bool) -> Callable[..., tuple[str, str]]:
        lag = super()._compile_builder

        def bygg(regel: Rule, **verdier: object) -> tuple[str, str]:
            ferdig = lag(*med_ukjente).__get__(regel)
            setattr(regel, "_build_unknown" if any(med_ukjente) else "_build", ferdig)
            svar: tuple[str, str] = ferdig(**verdier)
            return svar

        return bygg
