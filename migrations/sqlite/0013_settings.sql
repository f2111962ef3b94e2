-- Whether any setting of a store changed is asked with every update.

CREATE INDEX settings_of_store ON settings (store_id, id);
