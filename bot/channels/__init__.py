"""Channels turn what arrives into a ``Question`` and a ``Reply`` into what their users see."""
