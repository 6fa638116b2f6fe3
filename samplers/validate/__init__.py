"""Samplers held against exact enumeration: `python -m samplers.validate`."""
