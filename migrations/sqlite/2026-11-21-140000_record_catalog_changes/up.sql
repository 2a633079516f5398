-- What counted from when to when, written by the tables themselves: no writer can forget it.
CREATE TABLE catalog_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    changed_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    -- No reference: the provider may be gone.
    provider_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('range', 'asn', 'linked_domain', 'carbon_txt', 'provider')),
    -- START-END, a number, a domain; empty for a provider.
    subject TEXT NOT NULL,
    added BOOLEAN NOT NULL
);
CREATE INDEX catalog_changes_changed_at ON catalog_changes (changed_at);

CREATE TRIGGER ip_ranges_insert_recorded AFTER INSERT ON ip_ranges BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT NEW.provider_id, 'range', NEW.start_address || '-' || NEW.end_address, TRUE WHERE NEW.active;
END;
CREATE TRIGGER ip_ranges_update_recorded AFTER UPDATE ON ip_ranges WHEN ((OLD.active) <> (NEW.active) OR OLD.provider_id <> NEW.provider_id OR (OLD.start_address || '-' || OLD.end_address) IS NOT (NEW.start_address || '-' || NEW.end_address)) BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT OLD.provider_id, 'range', OLD.start_address || '-' || OLD.end_address, FALSE WHERE OLD.active;
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT NEW.provider_id, 'range', NEW.start_address || '-' || NEW.end_address, TRUE WHERE NEW.active;
END;
CREATE TRIGGER ip_ranges_delete_recorded AFTER DELETE ON ip_ranges BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT OLD.provider_id, 'range', OLD.start_address || '-' || OLD.end_address, FALSE WHERE OLD.active;
END;
CREATE TRIGGER asns_insert_recorded AFTER INSERT ON asns BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT NEW.provider_id, 'asn', NEW.asn, TRUE WHERE NEW.active;
END;
CREATE TRIGGER asns_update_recorded AFTER UPDATE ON asns WHEN ((OLD.active) <> (NEW.active) OR OLD.provider_id <> NEW.provider_id OR (OLD.asn) IS NOT (NEW.asn)) BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT OLD.provider_id, 'asn', OLD.asn, FALSE WHERE OLD.active;
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT NEW.provider_id, 'asn', NEW.asn, TRUE WHERE NEW.active;
END;
CREATE TRIGGER asns_delete_recorded AFTER DELETE ON asns BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT OLD.provider_id, 'asn', OLD.asn, FALSE WHERE OLD.active;
END;
CREATE TRIGGER linked_domains_insert_recorded AFTER INSERT ON linked_domains BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT NEW.provider_id, 'linked_domain', NEW.domain, TRUE WHERE NEW.approved;
END;
CREATE TRIGGER linked_domains_update_recorded AFTER UPDATE ON linked_domains WHEN ((OLD.approved) <> (NEW.approved) OR OLD.provider_id <> NEW.provider_id OR (OLD.domain) IS NOT (NEW.domain)) BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT OLD.provider_id, 'linked_domain', OLD.domain, FALSE WHERE OLD.approved;
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT NEW.provider_id, 'linked_domain', NEW.domain, TRUE WHERE NEW.approved;
END;
CREATE TRIGGER linked_domains_delete_recorded AFTER DELETE ON linked_domains BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT OLD.provider_id, 'linked_domain', OLD.domain, FALSE WHERE OLD.approved;
END;
CREATE TRIGGER carbon_txts_insert_recorded AFTER INSERT ON carbon_txts BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT NEW.provider_id, 'carbon_txt', NEW.domain, TRUE WHERE NEW.domain IS NOT NULL;
END;
CREATE TRIGGER carbon_txts_update_recorded AFTER UPDATE ON carbon_txts WHEN ((OLD.domain IS NOT NULL) <> (NEW.domain IS NOT NULL) OR OLD.provider_id <> NEW.provider_id OR (OLD.domain) IS NOT (NEW.domain)) BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT OLD.provider_id, 'carbon_txt', OLD.domain, FALSE WHERE OLD.domain IS NOT NULL;
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT NEW.provider_id, 'carbon_txt', NEW.domain, TRUE WHERE NEW.domain IS NOT NULL;
END;
CREATE TRIGGER carbon_txts_delete_recorded AFTER DELETE ON carbon_txts BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT OLD.provider_id, 'carbon_txt', OLD.domain, FALSE WHERE OLD.domain IS NOT NULL;
END;
CREATE TRIGGER providers_insert_recorded AFTER INSERT ON providers BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT NEW.id, 'provider', '', TRUE WHERE NOT NEW.archived;
END;
CREATE TRIGGER providers_update_recorded AFTER UPDATE ON providers WHEN ((NOT OLD.archived) <> (NOT NEW.archived) OR OLD.id <> NEW.id) BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT OLD.id, 'provider', '', FALSE WHERE NOT OLD.archived;
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT NEW.id, 'provider', '', TRUE WHERE NOT NEW.archived;
END;
CREATE TRIGGER providers_delete_recorded AFTER DELETE ON providers BEGIN
    INSERT INTO catalog_changes (provider_id, kind, subject, added)
    SELECT OLD.id, 'provider', '', FALSE WHERE NOT OLD.archived;
END;
