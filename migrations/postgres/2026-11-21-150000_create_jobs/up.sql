-- Recurring work: when each job ran last and how that ended.
CREATE TABLE jobs (
    name TEXT NOT NULL PRIMARY KEY,
    -- Who runs it now, and until when nobody else may.
    holder TEXT,
    busy_until TIMESTAMP,
    started_at TIMESTAMP,
    finished_at TIMESTAMP,
    succeeded_at TIMESTAMP,
    seconds DOUBLE PRECISION,
    -- What it did, or why it failed.
    message TEXT,
    failed BOOLEAN NOT NULL
);

-- One holder of each name at a time.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until TIMESTAMP NOT NULL
);

-- Messages to operators, one row for each event and recipient: what was said once is not said again.
CREATE TABLE notices (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    -- When to try next; empty when it was sent or given up.
    due TIMESTAMP,
    attempts INTEGER NOT NULL,
    sent TIMESTAMP,
    error TEXT
);
CREATE INDEX notices_due ON notices (due);
