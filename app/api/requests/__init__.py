"""Readers of requests: raw values in, exact requests out, every fault at once with its pointer."""
