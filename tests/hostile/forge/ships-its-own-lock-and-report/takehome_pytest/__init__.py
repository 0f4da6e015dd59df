"""In place of the author's API."""
