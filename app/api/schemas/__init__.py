"""The public models. They describe answers and requests in the OpenAPI files; the bytes are made without them."""
