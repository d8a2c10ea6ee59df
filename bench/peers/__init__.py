"""The same rules in the terms of each peer. Every peer gives the ids of the rules that apply."""
