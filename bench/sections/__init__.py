"""One module for each group of rows; ``run(subject, budget)`` gives the rows."""
