-- What each role may do with the tables. After each migration, as greencheck_owner; running it again changes nothing:
--   psql -U greencheck_owner -f deploy/postgres/grants.sql DATABASE
\set ON_ERROR_STOP on
BEGIN;

ALTER TABLE checks OWNER TO greencheck_writer;
ALTER TABLE checks_default OWNER TO greencheck_writer;
GRANT SELECT, INSERT, DELETE ON check_batches TO greencheck_writer;
GRANT SELECT, UPDATE, DELETE ON green_domains TO greencheck_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON key_usage TO greencheck_writer;
GRANT SELECT, DELETE ON carbon_txt_results TO greencheck_writer;
GRANT SELECT, DELETE ON catalog_changes TO greencheck_writer;
-- The records of the jobs `partitions` and `expiry`, which have its rights.
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs, leases, notices TO greencheck_writer;

-- The catalog and who partners are, whatever tables that takes.
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tableowner = 'greencheck_owner'
            AND tablename NOT IN ('check_batches', 'jobs', 'leases', 'notices', '__diesel_schema_migrations')
    LOOP
        EXECUTE format('GRANT SELECT ON %I TO greencheck_lookup', name);
    END LOOP;
END
$$;
GRANT INSERT, UPDATE, DELETE ON green_domains, carbon_txt_results TO greencheck_lookup;
-- What partners file through the API: networks, a shared secret, tokens. Nothing is ever removed from the catalog by this.
GRANT INSERT, UPDATE ON ip_ranges, asns, carbon_txts TO greencheck_lookup;
GRANT UPDATE ON catalog_version TO greencheck_lookup;
-- What the triggers of those tables write.
GRANT INSERT ON catalog_changes TO greencheck_lookup;
-- For the extended check, which shows the last checks of a name.
GRANT SELECT ON checks TO greencheck_lookup;
GRANT INSERT, DELETE ON api_tokens TO greencheck_lookup;

COMMIT;
