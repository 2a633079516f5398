-- What counted from when to when, written by the tables themselves: no writer can forget it.
CREATE TABLE catalog_changes (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changed_at TIMESTAMP NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'utc'),
    -- No reference: the provider may be gone.
    provider_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('range', 'asn', 'linked_domain', 'carbon_txt', 'provider')),
    -- START-END, a number, a domain; empty for a provider.
    subject TEXT NOT NULL,
    added BOOLEAN NOT NULL
);
CREATE INDEX catalog_changes_changed_at ON catalog_changes (changed_at);

-- Arguments: the kind, and how a row says its provider, its subject and whether it counts. One statement, however many rows.
CREATE FUNCTION record_catalog_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counting text := format(
        'SELECT id, %s::bigint AS provider_id, (%s)::text AS subject FROM %%s WHERE %s',
        TG_ARGV[1], TG_ARGV[2], TG_ARGV[3]
    );
    old_ones text := format(counting, 'old_rows');
    new_ones text := format(counting, 'new_rows');
    record_all text := format(
        'INSERT INTO catalog_changes (provider_id, kind, subject, added) SELECT provider_id, %L, subject, ', TG_ARGV[0]
    );
BEGIN
    IF TG_OP = 'INSERT' THEN
        EXECUTE record_all || 'true FROM (' || new_ones || ') come ORDER BY id';
    ELSIF TG_OP = 'DELETE' THEN
        EXECUTE record_all || 'false FROM (' || old_ones || ') gone ORDER BY id';
    ELSE
        EXECUTE record_all || 'false FROM ((' || old_ones || ') EXCEPT (' || new_ones || ')) gone ORDER BY id';
        EXECUTE record_all || 'true FROM ((' || new_ones || ') EXCEPT (' || old_ones || ')) come ORDER BY id';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER ip_ranges_insert_recorded AFTER INSERT ON ip_ranges REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('range', 'provider_id', 'start_address || ''-'' || end_address', 'active');
CREATE TRIGGER ip_ranges_update_recorded AFTER UPDATE ON ip_ranges REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('range', 'provider_id', 'start_address || ''-'' || end_address', 'active');
CREATE TRIGGER ip_ranges_delete_recorded AFTER DELETE ON ip_ranges REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('range', 'provider_id', 'start_address || ''-'' || end_address', 'active');
CREATE TRIGGER asns_insert_recorded AFTER INSERT ON asns REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('asn', 'provider_id', 'asn', 'active');
CREATE TRIGGER asns_update_recorded AFTER UPDATE ON asns REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('asn', 'provider_id', 'asn', 'active');
CREATE TRIGGER asns_delete_recorded AFTER DELETE ON asns REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('asn', 'provider_id', 'asn', 'active');
CREATE TRIGGER linked_domains_insert_recorded AFTER INSERT ON linked_domains REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('linked_domain', 'provider_id', 'domain', 'approved');
CREATE TRIGGER linked_domains_update_recorded AFTER UPDATE ON linked_domains REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('linked_domain', 'provider_id', 'domain', 'approved');
CREATE TRIGGER linked_domains_delete_recorded AFTER DELETE ON linked_domains REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('linked_domain', 'provider_id', 'domain', 'approved');
CREATE TRIGGER carbon_txts_insert_recorded AFTER INSERT ON carbon_txts REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('carbon_txt', 'provider_id', 'domain', 'domain IS NOT NULL');
CREATE TRIGGER carbon_txts_update_recorded AFTER UPDATE ON carbon_txts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('carbon_txt', 'provider_id', 'domain', 'domain IS NOT NULL');
CREATE TRIGGER carbon_txts_delete_recorded AFTER DELETE ON carbon_txts REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('carbon_txt', 'provider_id', 'domain', 'domain IS NOT NULL');
CREATE TRIGGER providers_insert_recorded AFTER INSERT ON providers REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('provider', 'id', '''''', 'NOT archived');
CREATE TRIGGER providers_update_recorded AFTER UPDATE ON providers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('provider', 'id', '''''', 'NOT archived');
CREATE TRIGGER providers_delete_recorded AFTER DELETE ON providers REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_catalog_changes('provider', 'id', '''''', 'NOT archived');
