"""HTTP in, HTTP out: each route reads a request, calls a service and writes the answer."""
