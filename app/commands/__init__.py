"""What the terminal offers, one module for each group of commands; each command calls one service."""
