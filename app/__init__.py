"""Beizeng: a county's business-support policy, decided, calculated and timed."""
