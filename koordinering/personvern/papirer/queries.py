"""What the municipality has chosen, for its papers."""

from koordinering.access import require
from koordinering.personvern.papirer.visning import Opplysninger
from koordinering.roles import Rettighet
from koordinering.users import User, kommune


def kommunens() -> Opplysninger:
    """What this municipality has chosen; nothing of it is secret, and the families' page is open to all."""
    rad = kommune()
    return Opplysninger(
        kommune=rad.navn,
        kobling=rad.koblingsmodus,
        dpia_dato=rad.dpia_dato,
        dpia_referanse=rad.dpia_referanse,
        terskel=rad.terskel,
        kjoenn=rad.registrer_kjoenn,
        to_personer=rad.to_personer,
        sak_maaneder=rad.sak_maaneder,
        kontor=rad.personvern_kontor,
        epost=rad.personvern_epost,
        telefon=rad.personvern_telefon,
    )


def til_papirene(user: User) -> Opplysninger:
    """The same, for somebody who may read the papers."""
    require(user, Rettighet.PAPIRER_LES)
    return kommunens()
