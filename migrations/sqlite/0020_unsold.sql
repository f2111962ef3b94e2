-- What is left of a product is counted at each sale, past everything that it sold before.
CREATE INDEX units_unsold ON units (store_id, product_id) WHERE state IN ('available', 'reserved');
