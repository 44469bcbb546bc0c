"""What nbval asks of a kernel, answered from a notebook that the build has already executed."""

from __future__ import annotations

from collections import deque
from queue import Empty

from nbformat import NotebookNode


class Replay:
    """Stands in for nbval's ``RunningKernel``: gives the outputs that the build has kept.

    Parameters
    ----------
    executed
        The page's notebook with its outputs; code cells are given back in their order.
    """

    def __init__(self, executed: NotebookNode):
        self.waiting = deque(cell for cell in executed.cells if cell.cell_type == "code")
        self.messages: deque[dict] = deque()

    def is_alive(self) -> bool:
        """Answer yes, always: nothing runs."""
        return True

    def execute_cell_input(self, source: str, allow_stdin: bool | None = None) -> str:
        """Line up the outputs of the next cell.

        Raises
        ------
        RuntimeError
            The next cell of the build is another one: twin and page have come apart.
        """
        if not self.waiting or self.waiting[0].source != source:
            found = self.waiting[0].source if self.waiting else "no further cell"
            raise RuntimeError(
                f"The build executed another cell here. Expected {source!r}; found {found!r}. Run "
                "`make notebooks`, which writes the notebook of the page as it is now."
            )
        cell = self.waiting.popleft()
        ident = cell.id
        for output in cell.outputs:
            content = {key: value for key, value in output.items() if key != "output_type"}
            self.add(ident, output.output_type, content)
        self.add(ident, "status", {"execution_state": "idle"})
        return ident

    def add(self, ident: str, kind: str, content: dict) -> None:
        """Line up one message."""
        self.messages.append(
            {"msg_type": kind, "content": content, "parent_header": {"msg_id": ident}}
        )

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """Return at once: the reply has long been there."""

    def await_idle(self, msg_id: str, timeout: float | None = None) -> None:
        """Drop what is left of the cell, as a reader does who waits until it is idle."""
        self.messages.clear()

    def get_message(self, stream: str, timeout: float | None = None) -> dict:
        """Return the next message.

        Raises
        ------
        queue.Empty
            There is none.
        """
        if not self.messages:
            raise Empty
        return self.messages.popleft()

    def interrupt(self) -> None:
        """Do nothing: nothing runs."""

    def stop(self) -> None:
        """Do nothing: nothing runs."""
