"""Pictures of series as SVG made on the server."""
