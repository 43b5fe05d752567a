"""What FEEL refuses: text that is no FEEL, and evaluations that cost too much."""


class FeelSyntaxError(ValueError):
    """The text is not FEEL; the message says what was expected and where."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position
        """Characters before the fault."""


class FeelError(Exception):
    """An evaluation went over one of the budgets of `evaluation`."""
