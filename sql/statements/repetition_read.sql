-- repetition_read: Reads how often a delivery came again.
-- $1 delivery DeliveryID
-- rows: times int8, first_at timestamptz, last_at timestamptz
-- uses: repetition_pkey
SELECT times, first_at, last_at FROM postroom.repetition WHERE delivery_id = $1;
