"""Tests that share one running service, apart from the others because it gets what no client should send."""
