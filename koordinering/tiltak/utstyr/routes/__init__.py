"""Pages of Utstyrsbanken, worked by keyboard or hand scanner."""

from koordinering.tiltak.utstyr.routes import inn, lager, operatoerer, reservasjoner, tall, telling, ut, utlaan
from koordinering.tiltak.utstyr.routes.felles import bp

__all__ = ["bp", "inn", "lager", "operatoerer", "reservasjoner", "tall", "telling", "ut", "utlaan"]
