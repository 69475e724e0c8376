"""From a file to a ``Register``: decode → raw table of cells → columns by heading → models, with faults noted."""

from knowledge.reading.source import read_register

__all__ = ["read_register"]
