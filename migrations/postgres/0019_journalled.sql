-- When a unit was handed over to the very order that holds it, by the word of a journal: it never comes back on the
-- shelf.
ALTER TABLE units ADD COLUMN handed_over_at BIGINT;
