CREATE INDEX linked_domains_provider ON linked_domains (provider_id);
