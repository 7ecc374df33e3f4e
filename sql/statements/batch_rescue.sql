-- batch_rescue: Makes claimable the batches whose worker has no row any more, and counts its death.
-- rows: id BatchID
UPDATE postroom.batch SET worker = NULL, deaths = least(deaths + 1, 1000)
WHERE worker IS NOT NULL
  AND NOT EXISTS (SELECT FROM postroom.worker WHERE worker.id = batch.worker)
RETURNING id;
