DELETE FROM checks WHERE source = 'bulk';
ALTER TABLE checks DROP CONSTRAINT checks_source_check;
ALTER TABLE checks ADD CONSTRAINT checks_source_check CHECK (source IN ('api', 'badge', 'page', 'scan'));
