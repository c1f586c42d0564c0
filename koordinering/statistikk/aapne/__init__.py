"""Open data: released tables at addresses that anybody can read, release by release as the coordinator decides."""
