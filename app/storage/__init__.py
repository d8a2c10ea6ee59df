"""What outlives a process: published policies, county figures and holiday notices, on SQLite or PostgreSQL."""
