"""What a status of the solver means for whoever asked for a distribution."""

import highspy

from koordinering.tildeling.rules.stans import Stans

_Status = highspy.HighsModelStatus

_UMULIG = {_Status.kInfeasible, _Status.kUnboundedOrInfeasible}

_STANSET = {
    _Status.kTimeLimit,
    _Status.kIterationLimit,
    _Status.kSolutionLimit,
    _Status.kMemoryLimit,
    _Status.kInterrupt,
}


def stans(status: highspy.HighsModelStatus, *, laast: bool) -> Stans:
    """What a status of the solver means. `laast`: somebody is locked, and nothing is solved yet.

    Nobody locked, nobody placed is always a distribution: then a model without any is a fault of ours.
    """
    if status in _UMULIG and laast:
        return Stans.LAAST
    return Stans.STANSET if status in _STANSET else Stans.ANNET
