"""The error every bad file ends in."""


class MnistError(ValueError):
    """A data file that is not what it should be; nothing has been loaded.

    Attributes
    ----------
    file, place, expected, found, remedy : str
        The file or folder, where in it, both values, and what to do. The message holds all five.
    """

    def __init__(self, file: object, place: str, expected: str, found: str, remedy: str):
        super().__init__(str(file), place, expected, found, remedy)
        self.file, self.place, self.expected, self.found, self.remedy = self.args

    def __str__(self) -> str:
        return (
            f"{self.file}, {self.place}\n"
            f"  expected:   {self.expected}\n"
            f"  found:      {self.found}\n"
            f"  what to do: {self.remedy}"
        )


def replace_it(name: str) -> str:
    """Return the remedy for a damaged file."""
    return f"replace {name} by a complete copy (download or write it again)"
