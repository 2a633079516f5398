DELETE FROM carbon_txts WHERE domain IS NULL;
ALTER TABLE carbon_txts ALTER COLUMN domain SET NOT NULL;
