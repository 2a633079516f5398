ALTER TABLE supporting_documents DROP COLUMN description;
