"""From a ``Register`` to a file that reads back to the same: .xlsx, .docx, .md, .json."""

from knowledge.writing.destination import SUFFIXES, export_register

__all__ = ["SUFFIXES", "export_register"]
