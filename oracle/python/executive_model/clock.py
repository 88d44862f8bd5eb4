"""Virtual time."""


class Clock:
    """Integer ms. It moves only when the host says so."""

    def __init__(self) -> None:
        self.now = 1_000_000
