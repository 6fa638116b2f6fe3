"""`python -m samplers.compare`: rejection sampling here and in `genlm-control`, on the same problems in one run.

`problems` are what both are given, `measure` counts and times draws of either, `own` and `peer` are the two of them.
"""
