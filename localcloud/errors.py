"""One kind of error for people: a line that says what is wrong, and what to do."""


class Trouble(Exception):
    """Something a person can mend; the command prints it in one line and ends with exit code 1.

    `what` says what is wrong in lower case without a full stop, `fix` what to do about it.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what} → {self.fix}" if self.fix else self.what


class Interrupted(BaseException):
    """The person pressed Ctrl-C, or the process was asked to end: nothing on the way may take it for an error."""
