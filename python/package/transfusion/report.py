"""The report of a study, shown where notebooks show things."""

from __future__ import annotations

import html
import webbrowser
from dataclasses import dataclass
from pathlib import Path

from .errors import StudyError

__all__ = ["Report"]


@dataclass(frozen=True)
class Report:
    """The page ``report.html`` of a study.

    As the last value of a notebook's cell it is shown inline, in a frame that may run no script
    and reach nothing: the page is whole without.
    """

    #: The file.
    path: Path
    #: Height of the frame in a notebook, in pixels.
    height: int = 800

    def html(self) -> str:
        """The page."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise StudyError(
                f"{self.path} is not there; `transfusion report {self.path.parent}` writes it"
            ) from error

    def open(self) -> bool:
        """Opens the page in a browser; false where there is none."""
        return webbrowser.open(self.path.resolve().as_uri())

    def _repr_html_(self) -> str:
        page = html.escape(self.html(), quote=True)
        return (
            f'<iframe sandbox="" srcdoc="{page}" title="Report of a study" '
            f'style="width: 100%; height: {int(self.height)}px; border: 1px solid #ccc"></iframe>'
        )

    def __repr__(self) -> str:
        return f"Report({str(self.path)!r})"
