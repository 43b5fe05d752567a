-- name: engine.pause
-- Nothing is sent to the others' systems until it is released.
UPDATE engine SET connectors_paused = :paused, reason = :reason;

-- name: engine.paused
-- Whether anything may be sent to the others' systems; null when it may.
SELECT CASE WHEN connectors_paused THEN reason END AS reason FROM engine;

-- name: engine.tenants
-- Who is served.
SELECT tenant_id, name FROM tenant ORDER BY tenant_id;
