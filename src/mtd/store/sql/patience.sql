-- name: patience.hurry
-- From now on in this transaction, who does not answer within this time is not waited for.
SELECT set_config('statement_timeout', :limit_ms, true);
