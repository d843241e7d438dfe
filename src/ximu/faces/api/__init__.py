"""The API: OpenAPI for everything that the console does."""
