"""Speed against the peers and the floor: ``python -m bench`` (``make bench``). Ratios inside one run, never seconds."""
