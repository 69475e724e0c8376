"""Benchmarks: ``python -m bench`` compares the search with plain alternatives and times the program."""
