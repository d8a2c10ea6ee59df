"""Firms that several tests ask about."""

from __future__ import annotations

from app.api.examples import CALCULATION

#: The high-tech enterprise of the contract's first worked example: 60,000 and 150,000 yuan.
FIRST_CERTIFIED = CALCULATION["facts"]
