-- What waits, in its order: the next ones are found without looking at all the others, however many there are.

CREATE INDEX inbox_waiting ON inbox ((id + 0)) WHERE state = 'pending';
CREATE INDEX inbox_held ON inbox (store_id, lane, leased_until) WHERE state = 'pending' AND leased_until > 0;
CREATE INDEX outbox_waiting ON outbox (queue, (id + 0)) WHERE state = 'pending';
