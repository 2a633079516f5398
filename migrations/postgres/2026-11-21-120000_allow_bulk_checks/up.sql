-- widens: one more source
ALTER TABLE checks DROP CONSTRAINT checks_source_check;
ALTER TABLE checks ADD CONSTRAINT checks_source_check CHECK (source IN ('api', 'badge', 'page', 'scan', 'bulk'));
