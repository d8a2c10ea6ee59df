"""The owner's page: what a business can claim, asked and shown in a browser that calls the public API."""
