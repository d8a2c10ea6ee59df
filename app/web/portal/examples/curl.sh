curl -s http://127.0.0.1:8000/v1/subsidies/calculations -H 'Content-Type: application/json' -d '{
  "facts": {"entity_type": "enterprise", "registration_division": "140722",
            "hnte_application_accepted": true, "hnte_application_grant_received": false,
            "hnte_certified_this_year": true, "hnte_times_certified": 1,
            "hnte_consecutive_certifications": 1},
  "on": "2023-06-01", "measures": [38], "explain": "none"}'
