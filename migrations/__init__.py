"""How the tables came about, step by step; run by ``beizeng db migrate`` and at the start of ``beizeng serve``."""
