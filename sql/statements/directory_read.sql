-- directory_read: Reads the handlers that are not removed, with the version they have.
-- A directory without handlers is one row without a name.
-- rows: version int8, name HandlerName?, patterns text[]?, recorded_at timestamptz?, is_paused bool?,
--       after_batch BatchID?, original_name HandlerName?, former_names HandlerName[], order_rule text?
-- access: package
SELECT directory.version, handler.name, handler.patterns, handler.recorded_at, handler.paused_at IS NOT NULL,
       handler.after_batch, handler.original_name,
       ARRAY(SELECT former.name FROM postroom.handler former WHERE former.renamed_to = handler.name ORDER BY former.name),
       handler.order_rule
FROM postroom.directory LEFT JOIN postroom.handler ON handler.removed_at IS NULL
ORDER BY handler.name;
