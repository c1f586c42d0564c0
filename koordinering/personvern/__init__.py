"""The access log's pages and the guards on free text."""
