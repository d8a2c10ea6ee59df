"""The kinds of problems, by what they concern; ``app/api/problems.py`` makes one table of them."""
