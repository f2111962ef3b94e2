-- When the gateway was first asked about a payment after its order's deadline: the order waits for that answer,
-- and for no other.

ALTER TABLE payments ADD COLUMN last_word_at BIGINT;
