"""Firms that several tests ask about."""

from __future__ import annotations

#: The high-tech enterprise of the contract's first worked example: 60,000 and 150,000 yuan.
FIRST_CERTIFIED = {
    "entity_type": "enterprise",
    "registration_division": "140722",
    "hnte_application_accepted": True,
    "hnte_application_grant_received": False,
    "hnte_certified_this_year": True,
    "hnte_times_certified": 1,
    "hnte_consecutive_certifications": 1,
}
