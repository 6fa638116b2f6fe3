"""Patterns of days and clock times, after RFC 3339."""

from __future__ import annotations

_LEAP_YEAR = r"(?:[0-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY_OF_MONTH = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
DAY = rf"(?!0000)(?:[0-9]{{4}}-{_DAY_OF_MONTH}|{_LEAP_YEAR}-02-29)"
"""The days that there are; no year 0000, which Python's dates do not know."""

MINUTE = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
"""Hour and minute, of a clock or of an offset."""

SECOND = f"{MINUTE}:[0-5][0-9]"
"""Hour, minute and second, without leap seconds."""
