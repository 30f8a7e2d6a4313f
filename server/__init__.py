"""The Veritype server: ingest, storage, scoring, review console and platform API.

Routes call services, services call the storage protocols; only `server.installation` names a
storage.
"""
