"""The public HTTP face: readers of requests, one file per resource, and the shape of every answer."""
