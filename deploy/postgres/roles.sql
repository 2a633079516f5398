-- Roles with no more rights than each service needs. Once, as a superuser, in the database of greencheck, before the first
-- `greencheck migrate`:
--   psql -v owner="…" -v lookup="…" -v writer="…" -f deploy/postgres/roles.sql DATABASE     (the passwords)
-- After each migration: grants.sql. The gateway has no role: it never speaks to the database.
\set ON_ERROR_STOP on
BEGIN;

-- Owns the tables; only migrations and imports log in as this.
CREATE ROLE greencheck_owner LOGIN PASSWORD :'owner';
-- Reads the catalog, keeps verdicts, files what partners send.
CREATE ROLE greencheck_lookup LOGIN PASSWORD :'lookup';
-- Appends to the log, freshens verdicts, makes and drops the log's partitions.
CREATE ROLE greencheck_writer LOGIN PASSWORD :'writer';

-- Partitions are made and dropped by whoever owns the log, so that is the writer; migrations may change the log as well.
GRANT greencheck_writer TO greencheck_owner;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO greencheck_owner, greencheck_writer;
GRANT USAGE ON SCHEMA public TO greencheck_lookup;

COMMIT;
