"""Constrained decoding on real JSON Schemas: correctness, speed and memory, side by side with other engines."""
