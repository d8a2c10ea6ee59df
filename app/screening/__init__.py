"""Registries: reading them, and deciding every rule for every row in columns."""
