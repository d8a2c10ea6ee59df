"""Use cases: the only place where the core, the data and the storage meet."""
