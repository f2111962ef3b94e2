-- Who holds a row, so that a silent replica's work is taken over at once; and the messages that goods are put into.

ALTER TABLE inbox ADD COLUMN holder TEXT;
ALTER TABLE outbox ADD COLUMN holder TEXT;

-- A message of ours that a part of an order's goods is edited into: editing it again shows nothing twice.
CREATE TABLE goods_messages (
    store_id INTEGER NOT NULL REFERENCES stores (id),
    order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    PRIMARY KEY (store_id, order_id, part)
) STRICT;
