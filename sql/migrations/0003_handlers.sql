-- Handlers: what they subscribe to, and what people do to them.
-- Locks nothing that exists: it only creates.

-- Tells whether a pattern, `source:type` with wildcards, matches. A delivery that nobody vouches for matches none.
CREATE FUNCTION postroom.pattern_matches(pattern text, source text, event_type text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN source <> 'unverified' AND (split_part(pattern, ':', 1) IN ('*', source))
   AND (substring(pattern FROM position(':' IN pattern) + 1) = '*'
        OR coalesce(event_type LIKE replace(replace(replace(replace(
               substring(pattern FROM position(':' IN pattern) + 1),
               '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), false));

-- The names of the handlers that subscribe to a source and type: of all, or of the one that is given.
CREATE FUNCTION postroom.handlers_wanting(source text, event_type text, handler text) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT h.name FROM postroom.handler h
        WHERE h.removed_at IS NULL AND (handlers_wanting.handler IS NULL OR h.name = handlers_wanting.handler)
          AND EXISTS (SELECT FROM unnest(h.patterns) AS p (pattern)
                      WHERE postroom.pattern_matches(p.pattern, handlers_wanting.source, handlers_wanting.event_type)))
$$;

-- Tells whether one of those handlers subscribes to anything of a source.
CREATE FUNCTION postroom.wants_source(source text, handler text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM postroom.handler h, unnest(h.patterns) AS p (pattern)
        WHERE h.removed_at IS NULL AND (wants_source.handler IS NULL OR h.name = wants_source.handler)
          AND split_part(p.pattern, ':', 1) IN ('*', wants_source.source))
$$;

-- Pauses, resumes or removes a handler, and notes it in the audit. A removed handler's waiting jobs go with maintenance;
-- until then nobody claims them.
CREATE FUNCTION postroom.change_handler(change text, handler text, reason text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    CASE change
    WHEN 'pause' THEN
        UPDATE postroom.handler
        SET paused_at = coalesce(paused_at, now()), paused_by = session_user, paused_for = change_handler.reason
        WHERE name = change_handler.handler AND removed_at IS NULL;
    WHEN 'resume' THEN
        UPDATE postroom.handler SET paused_at = NULL, paused_by = NULL, paused_for = NULL
        WHERE name = change_handler.handler AND removed_at IS NULL;
    WHEN 'remove' THEN
        UPDATE postroom.handler SET removed_at = now(), paused_at = NULL, paused_by = NULL, paused_for = NULL
        WHERE name = change_handler.handler AND removed_at IS NULL;
    END CASE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no handler named %', quote_literal(change_handler.handler)
            USING ERRCODE = 'no_data_found', HINT = 'SELECT name FROM postroom.handler lists the handlers.';
    END IF;
    UPDATE postroom.directory SET version = version + 1;
    INSERT INTO postroom.audit (action, detail)
    VALUES (change || '_handler', jsonb_strip_nulls(jsonb_build_object(
        'handler', change_handler.handler, 'reason', change_handler.reason)));
    PERFORM pg_notify('postroom', 'handlers');
END $$;

CREATE FUNCTION postroom.pause_handler(handler text, reason text DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$ SELECT postroom.change_handler('pause', handler, reason) $$;

CREATE FUNCTION postroom.resume_handler(handler text) RETURNS void
LANGUAGE sql AS $$ SELECT postroom.change_handler('resume', handler) $$;

CREATE FUNCTION postroom.remove_handler(handler text) RETURNS void
LANGUAGE sql AS $$ SELECT postroom.change_handler('remove', handler) $$;

-- Deletes up to `most` waiting jobs of handlers that were removed, and returns their number. A million at once would
-- outlast every statement_timeout, and then none would go.
CREATE FUNCTION postroom.prune_removed_handlers(most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    deleted bigint;
BEGIN
    DELETE FROM postroom.retry WHERE ctid = ANY (ARRAY(
        SELECT r.ctid FROM postroom.handler h
        JOIN postroom.retry r ON r.handler = h.name AND r.worker IS NULL
        WHERE h.removed_at IS NOT NULL
        LIMIT most FOR UPDATE OF r SKIP LOCKED));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END $$;
