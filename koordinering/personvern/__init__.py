"""The access log's pages, the register of every column, retention, and the papers a municipality needs."""
