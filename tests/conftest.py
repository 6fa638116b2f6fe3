"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# A test never fails for being slow: machines are shared.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
