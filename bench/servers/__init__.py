"""Servers for the HTTP rows, each on one worker on 127.0.0.1."""
