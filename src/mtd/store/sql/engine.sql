-- name: engine.pause
-- Nothing is sent to the others' systems until it is released.
UPDATE engine SET connectors_paused = :paused, reason = :reason;

-- name: engine.restored
-- It was restored just now: nothing is sent until it is released.
UPDATE engine SET connectors_paused = true, reason = :reason, restored_at = now();

-- name: engine.paused
-- Whether anything may be sent to the others' systems, null when it may; and the last restore.
SELECT CASE WHEN connectors_paused THEN reason END AS reason, restored_at FROM engine;

-- name: engine.tenants
-- Who is served.
SELECT tenant_id, name FROM tenant ORDER BY tenant_id;
