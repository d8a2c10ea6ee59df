"""The same operations for callers of the RuoYi family: one envelope, always HTTP 200, lists by page number."""
