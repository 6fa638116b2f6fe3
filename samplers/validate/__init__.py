"""Samplers held against exact enumeration, and on real tasks: `python -m samplers.validate`."""
