"""The commands of the terminal, one module for each group; each calls one service."""
