"""From a Gin file to a resolved configuration."""
