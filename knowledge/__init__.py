"""Knows registers: reads files, models, stores, segments words, searches. Never imports ``bot``."""
