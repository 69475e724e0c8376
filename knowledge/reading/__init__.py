"""From a file to a ``Register``: its kind's reader → raw table of cells → columns by heading → models, with faults."""

from knowledge.reading.columns import given_columns
from knowledge.reading.source import parse_register, read_register, read_source

__all__ = ["given_columns", "parse_register", "read_register", "read_source"]
