"""The platform's JSON API, `/v1`; its OpenAPI document is at `/v1/openapi.json`."""
