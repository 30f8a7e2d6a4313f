"""What holds for every route, as the page says it."""

CONVENTIONS = """# The platform API

Made by `python -m server.reference docs/api.md` from the server's OpenAPI document, which is at \
`/v1/openapi.json` of each server. `docs/quick-start.md` goes from the installation to the first \
verified attestation; `client/` is a typed client for Python.

## What holds for every route

- **Who asks**: `Authorization: Bearer vtp_...`, a key that `veritype-server key add` made. A key \
sees its own organisation alone. A call without the scope that it needs is answered 403, and the \
answer names the scope.
- **Values**: JSON. Moments are ISO 8601 in UTC, durations seconds unless the name says \
otherwise, ids hex. A field that is not known yet, or not for this key, is null. New fields may \
be added to answers at any time; a field \
or a query parameter of a request that the server does not know is refused, and so are a body \
without `Content-Type: application/json` (415) and text with a NUL character.
- **Lists** come in pages: `limit` (50, at most 200) and `cursor`, which is `next` of the page \
before; `next` is null at the end. A cursor is opaque, holds for the organisation and the list \
that gave it, and neither repeats nor skips anything while things are added.
- **Unchanged**: every answer to a GET has an `ETag`; with it in `If-None-Match` the answer is \
304 while nothing changed. Where a change takes `If-Match`, it is refused (412) if somebody \
changed the thing since you saw it.
- **Once**: give each POST an `Idempotency-Key`, a string of your own (1 to 128 printable \
characters of ASCII), new for each thing that is to be done. For 24 hours the same request with \
the same key is done once: sent again, it is answered as it was, with `Idempotency-Replayed: \
true`. The same key with another request is refused (422). While the first is being done, the \
second is told to wait (409 `in-progress`, `Retry-After`). If the server was cut off in the \
middle, nobody can say whether it was done: it is not done again, and the answer is 409 \
`outcome-unknown`; look, and if it is not done, send it with a new key. What was refused frees \
its key.
- **Errors** are one JSON object of type `application/problem+json` (RFC 9457); `docs/errors.md` \
explains each code. 429 and 503 say in `Retry-After` when to try again; nothing was done.
- **Size**: a body has at most 4,000,000 bytes; a route may take less.
- **Before people decided** nothing adverse is said: `band` and `flagged` ask for a person to \
look, and nothing may follow from them alone. A list cannot be narrowed by what was found.
"""
