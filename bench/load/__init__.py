"""Load on real servers: the bars of ``docs/load.md``, each measured as a ratio within one run."""
