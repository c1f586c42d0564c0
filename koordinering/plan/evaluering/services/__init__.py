"""What is done with assessments: written, sent, decided; the choices, the calendar's addresses, and reminders."""

from koordinering.plan.evaluering.services.kalender import lag_lenke, trekk_lenke
from koordinering.plan.evaluering.services.paaminnelser import Postvei, Utsending, send_paaminnelser, som_venter
from koordinering.plan.evaluering.services.paaminnelser import i_bruk as post_i_bruk
from koordinering.plan.evaluering.services.paaminnelser import ta_i_bruk as ta_post_i_bruk
from koordinering.plan.evaluering.services.valg import Valgene, lagre_valg
from koordinering.plan.evaluering.services.vurderinger import gjenaapne, godkjenn, lagre, returner, trekk

__all__ = [
    "Postvei",
    "Utsending",
    "Valgene",
    "gjenaapne",
    "godkjenn",
    "lag_lenke",
    "lagre",
    "lagre_valg",
    "post_i_bruk",
    "returner",
    "send_paaminnelser",
    "som_venter",
    "ta_post_i_bruk",
    "trekk",
    "trekk_lenke",
]
