"""``openfisca serve`` for the system of ``bench.peers.openfisca``; takes gunicorn's own options."""

from __future__ import annotations

import sys

from openfisca_core.scripts.openfisca_command import main

if __name__ == "__main__":
    sys.argv = ["openfisca", "serve", "--country-package", "bench.peers.openfisca", *sys.argv[1:]]
    sys.exit(main())
