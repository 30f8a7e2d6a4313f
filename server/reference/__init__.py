"""`docs/api.md`, made of the OpenAPI document: `python -m server.reference docs/api.md`."""
