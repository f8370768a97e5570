"""Why a run cannot go on. Each error is one message and one hint; the command line gives it an exit status.

    LetterbookError          3   the run could not be made, or something could not be checked
      UsageError             2   the arguments are wrong
      RepositoryError        3   the git repository is absent, shallow, grafted, partial or corrupt
      SigningError           3   there is no usable key, or not one that the archive lists
      RefusedError           3   publishing now would break a promise made by an earlier publication
      UnavailableError       3   a file, a folder or a network address could not be read

A fault of the input is not an error: see finding.py.
"""


class LetterbookError(Exception):
    """The run cannot go on; `hint` says what to do about it."""

    exit_status = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(LetterbookError):
    """The arguments are wrong."""

    exit_status = 2


class RepositoryError(LetterbookError):
    """The git repository is absent, shallow, grafted, partial or corrupt."""


class SigningError(LetterbookError):
    """There is no usable key, or it is not one that the archive lists."""


class RefusedError(LetterbookError):
    """Publishing now would break a promise made by an earlier publication."""


class UnavailableError(LetterbookError):
    """A file, a folder or a network address could not be read."""
