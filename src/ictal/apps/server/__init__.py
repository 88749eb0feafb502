"""The review server: what the page asks for, over HTTP, to this machine alone."""
