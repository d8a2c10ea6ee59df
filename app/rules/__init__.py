"""The pure core: facts in, decisions out. No clock, file, database, environment or web in here."""
