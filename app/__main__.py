"""``python -m app`` is ``beizeng``."""

from app.cli import main

main()
