-- Batches that one command brought about, one a challenge: the later ones name the first. A batch that was
-- alone names none.
ALTER TABLE batches ADD COLUMN round_id INTEGER REFERENCES batches (id);
CREATE INDEX batches_of_round ON batches (round_id) WHERE round_id IS NOT NULL;
