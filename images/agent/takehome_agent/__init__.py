"""Process 1 of the candidate container. Standard library only; it never runs candidate code itself."""
