-- A provider may ask for its shared secret before it has published a carbon.txt.
ALTER TABLE carbon_txts ALTER COLUMN domain DROP NOT NULL;
