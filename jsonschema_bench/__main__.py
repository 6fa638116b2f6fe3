"""`python -m jsonschema_bench`: the same as the console script `jsonschema-bench`."""

from __future__ import annotations

from jsonschema_bench.cli import main

if __name__ == "__main__":
    main()
