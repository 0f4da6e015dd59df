"""In place of process 1."""

raise SystemExit(0)
