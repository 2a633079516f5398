ALTER TABLE supporting_documents ADD COLUMN description TEXT;
