-- The end of a job inside its handler's own transaction.
-- Works with programs from version 10.
-- Locks nothing that exists: it only creates.

-- Ends the job of a receipt together with the caller's transaction: its effects are committed if the job was still the
-- worker's, and nobody had ended it; else an error takes them back. The worker's row is locked against a rescue, and the
-- job's against a settlement, so that one of the two waits or wins. The transaction then has ten seconds for whatever it
-- still does between its statements: a process that freezes in it must not keep its claims from being rescued.
CREATE FUNCTION postroom.finish(receipt text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    parts CONSTANT text[] := regexp_match(receipt, '^([0-9a-f]{16})([0-9a-f]{16})(.+)$');
    holder CONSTANT bigint := ('x' || parts[1])::bit(64)::bigint;
    delivery CONSTANT bigint := ('x' || parts[2])::bit(64)::bigint;
    idle CONSTANT interval := current_setting('idle_in_transaction_session_timeout')::interval;
BEGIN
    IF parts IS NULL THEN
        RAISE EXCEPTION 'that is no receipt of an attempt' USING ERRCODE = 'PR003',
            HINT = 'Pass on the receipt of the handler''s context as it is.';
    END IF;
    PERFORM FROM postroom.worker w WHERE w.id = holder FOR KEY SHARE;
    IF FOUND THEN
        PERFORM FROM postroom.retry r WHERE r.delivery_id = delivery AND r.handler = parts[3] AND r.worker = holder
        FOR KEY SHARE;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the claim of delivery % for % is lost', delivery, quote_literal(parts[3]) USING ERRCODE = 'PR001',
            HINT = 'Roll back: another worker has the job, or it has ended.';
    END IF;
    INSERT INTO postroom.finished (delivery_id, handler, worker) VALUES (delivery, parts[3], holder)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'delivery % is finished for % already', delivery, quote_literal(parts[3]) USING ERRCODE = 'PR002',
            HINT = 'Roll back: an earlier attempt has had its effect.';
    END IF;
    IF idle = '0' OR idle > interval '10 seconds' THEN
        PERFORM set_config('idle_in_transaction_session_timeout', '10s', true);
    END IF;
END $$;
COMMENT ON FUNCTION postroom.finish IS
    'Ends the job of a receipt inside the caller''s transaction. Raises PR001 for a lost claim, PR002 for a job that is finished, PR003 for what is no receipt.';
REVOKE EXECUTE ON FUNCTION postroom.finish FROM PUBLIC;

-- Deletes up to `most` records of finished jobs that nobody owes any more: their settlement came too late, or their dead
-- letter is gone.
CREATE FUNCTION postroom.prune_finished(most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    deleted bigint;
BEGIN
    DELETE FROM postroom.finished WHERE ctid = ANY (ARRAY(
        SELECT f.ctid FROM postroom.finished f
        WHERE f.finished_at < now() - interval '1 hour'
          AND NOT EXISTS (SELECT FROM postroom.retry r WHERE r.delivery_id = f.delivery_id AND r.handler = f.handler)
          AND NOT EXISTS (SELECT FROM postroom.dead_letter l WHERE l.delivery_id = f.delivery_id AND l.handler = f.handler)
        LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END $$;

SELECT postroom.pin_functions();
