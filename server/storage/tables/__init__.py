"""The tables, by what they are about."""

from server.storage.tables.announcements import announcements
from server.storage.tables.audit import audit_heads, audit_log
from server.storage.tables.base import metadata
from server.storage.tables.devices import devices, pairing_codes
from server.storage.tables.evidence import (
    batches,
    blanking_requests,
    compacted,
    heads,
    late_blankings,
    objects,
    sessions,
)
from server.storage.tables.hours import (
    corrections,
    holds,
    hours,
    session_hours,
    timesheets,
    zones,
)
from server.storage.tables.idempotency import idempotency_keys
from server.storage.tables.notices import mail_addresses, notices
from server.storage.tables.operation import schema_steps
from server.storage.tables.overview import day_figures
from server.storage.tables.people import (
    organisations,
    people,
    platform_keys,
    project_teams,
    team_members,
    teams,
    typing_samples,
)
from server.storage.tables.privacy import (
    daily_work,
    erasures,
    legal_holds,
    organisation_keys,
    person_keys,
    personal_exports,
    purge_records,
    tombstones,
)
from server.storage.tables.projects import consents, policies, projects, withdrawals
from server.storage.tables.reviews import (
    control_sessions,
    review_claims,
    review_events,
    review_settings,
    reviews,
    seen_in_full,
)
from server.storage.tables.scoring import (
    assessments,
    facts,
    promises,
    scoring_jobs,
    scoring_states,
)
from server.storage.tables.signin import (
    attempts,
    identities,
    identity_providers,
    invitation_teams,
    invitations,
    password_resets,
    recovery_codes,
    second_factors,
)
from server.storage.tables.submissions import (
    submission_answers,
    submission_sessions,
    submissions,
)
from server.storage.tables.webhooks import (
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
)

__all__ = [
    "announcements",
    "assessments",
    "attempts",
    "audit_heads",
    "audit_log",
    "batches",
    "blanking_requests",
    "compacted",
    "consents",
    "control_sessions",
    "corrections",
    "daily_work",
    "day_figures",
    "devices",
    "erasures",
    "facts",
    "heads",
    "holds",
    "hours",
    "idempotency_keys",
    "identities",
    "identity_providers",
    "invitation_teams",
    "invitations",
    "late_blankings",
    "legal_holds",
    "mail_addresses",
    "metadata",
    "notices",
    "objects",
    "organisation_keys",
    "organisations",
    "pairing_codes",
    "password_resets",
    "people",
    "person_keys",
    "personal_exports",
    "platform_keys",
    "policies",
    "project_teams",
    "projects",
    "promises",
    "purge_records",
    "recovery_codes",
    "review_claims",
    "review_events",
    "review_settings",
    "reviews",
    "schema_steps",
    "scoring_jobs",
    "scoring_states",
    "second_factors",
    "seen_in_full",
    "session_hours",
    "sessions",
    "submission_answers",
    "submission_sessions",
    "submissions",
    "team_members",
    "teams",
    "timesheets",
    "tombstones",
    "typing_samples",
    "webhook_attempts",
    "webhook_deliveries",
    "webhook_endpoints",
    "withdrawals",
    "zones",
]
