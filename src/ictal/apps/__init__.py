"""Thin shells: the command line."""
