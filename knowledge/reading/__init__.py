"""From a file to a ``Register``: decode → raw table of cells → columns by heading → models, with faults noted."""

from knowledge.reading.source import parse_register, read_register, read_source

__all__ = ["parse_register", "read_register", "read_source"]
