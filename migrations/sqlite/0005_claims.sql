-- How often a row was claimed (a parcel: since somebody last said what came of it), and what is set aside, in its order.

ALTER TABLE inbox ADD COLUMN claims INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN claims INTEGER NOT NULL DEFAULT 0;
CREATE INDEX inbox_dead ON inbox (done_at) WHERE state = 'dead';
CREATE INDEX outbox_dead ON outbox (done_at) WHERE state = 'dead';
-- Facts that were claimed before are no longer told by their fence.
UPDATE inbox SET claims = fence WHERE state = 'pending';
