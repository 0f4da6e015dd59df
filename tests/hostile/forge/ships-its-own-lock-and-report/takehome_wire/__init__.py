"""In place of the package that both sides share."""
