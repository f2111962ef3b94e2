-- Orders as their seller lists them: the newest first, of one state or of all.

CREATE INDEX orders_of_store ON orders (store_id, id);
CREATE INDEX orders_by_state ON orders (store_id, state, id);
