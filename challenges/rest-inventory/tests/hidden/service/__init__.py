"""Tests that share one running service. Each makes items of its own, with tags and skus of its own."""
