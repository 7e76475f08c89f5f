"""What goes wrong, each with the words of the program."""

from __future__ import annotations


class TransfusionError(Exception):
    """Anything that this package refuses or that fails in it."""


class StudyError(TransfusionError):
    """A study directory cannot be read: it is no study, of another format, or was changed."""


class ProgramError(TransfusionError):
    """The program ended with an error.

    ``exit_code`` is the program's: 2 wrong usage, configuration or data; 70 internal error;
    75 interrupted, or short of something for now; negative where a signal ended it.
    """

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class StoppedError(ProgramError):
    """The run was interrupted, or lacks something for now; give the same call again to go on."""


class MissingPackageError(TransfusionError, ImportError):
    """A package is asked for that is not installed; the message says how to install it."""
