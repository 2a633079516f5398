DROP INDEX linked_domains_provider;
