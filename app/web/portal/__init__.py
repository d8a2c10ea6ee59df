"""The developer portal: pages for those who call, put together here from what the service itself holds."""
