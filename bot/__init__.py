"""Talks with people: understands questions, looks answers up in ``knowledge`` and renders replies."""
