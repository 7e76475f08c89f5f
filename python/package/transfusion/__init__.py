"""Transfusion: whether a pretrained network is worth using on one's own medical images.

``run`` and ``plan`` call the program that comes with this package, ``Study`` reads what it leaves,
``compare``, ``stats`` and ``initialise`` do its mathematics on arrays.
"""

from . import stats
from ._native import VERSION as __version__
from .errors import (
    MissingPackageError,
    ProgramError,
    StoppedError,
    StudyError,
    TransfusionError,
)
from .events import Event, Listener, Progress
from .initialisation import describe, initialise, policies
from .program import program
from .report import Report
from .running import demo, plan, run
from .similarity import Comparison, Measured, compare, measures
from .study import Study, Verdict

__all__ = [
    "Comparison",
    "Event",
    "Listener",
    "Measured",
    "MissingPackageError",
    "Progress",
    "ProgramError",
    "Report",
    "StoppedError",
    "Study",
    "StudyError",
    "TransfusionError",
    "Verdict",
    "__version__",
    "compare",
    "demo",
    "describe",
    "initialise",
    "measures",
    "plan",
    "policies",
    "program",
    "run",
    "stats",
]
