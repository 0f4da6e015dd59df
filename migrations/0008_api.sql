-- Access by other programs: API tokens, answers that are given once, webhooks and partners' orders.

CREATE TABLE api_tokens (
    id            TEXT    PRIMARY KEY,
    name          TEXT    NOT NULL,
    secret_sha256 TEXT    NOT NULL UNIQUE,
    -- A JSON list of words.
    scopes        TEXT    NOT NULL,
    created_ms    INTEGER NOT NULL,
    created_by    TEXT    NOT NULL,
    expires_ms    INTEGER NOT NULL,
    used_ms       INTEGER,
    revoked_ms    INTEGER
) STRICT;

-- What was answered to a request with an Idempotency-Key. Without a status the request is still at work; without
-- a body the answer was about somebody who has been forgotten since.
CREATE TABLE answers (
    token_id       TEXT    NOT NULL REFERENCES api_tokens (id),
    key_sha256     TEXT    NOT NULL,
    request_sha256 TEXT    NOT NULL,
    begun_ms       INTEGER NOT NULL,
    status         INTEGER,
    headers        TEXT,
    body           BLOB,
    PRIMARY KEY (token_id, key_sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_age ON answers (begun_ms);

CREATE TABLE webhook_endpoints (
    id         TEXT    PRIMARY KEY,
    url        TEXT    NOT NULL,
    -- Needed to sign, so it cannot be a hash; gone once the endpoint is removed.
    secret     TEXT,
    -- A JSON list of event names; all events where it is empty.
    events     TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    removed_ms INTEGER,
    CHECK ((removed_ms IS NULL) = (secret IS NOT NULL))
) STRICT;

-- What another system asked to be told about: the invitation that a partner had sent.
CREATE TABLE partner_orders (
    id            TEXT    PRIMARY KEY,
    partner       TEXT    NOT NULL CHECK (partner IN ('greenhouse')),
    invitation_id INTEGER NOT NULL REFERENCES invitations (id),
    callback_url  TEXT,
    profile_url   TEXT,
    created_ms    INTEGER NOT NULL,
    UNIQUE (partner, invitation_id)
) STRICT;

-- Events that somebody outside is told about, written with what they tell. They name no person.
CREATE TABLE outbox (
    id            TEXT    PRIMARY KEY,
    kind          TEXT    NOT NULL,
    at_ms         INTEGER NOT NULL,
    invitation_id INTEGER,
    body          TEXT    NOT NULL
) STRICT;

-- One event on its way to one place. `attempt` grows with each lease and fences what is written about it;
-- `tries` counts since it was queued, or queued again by somebody.
CREATE TABLE deliveries (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id         TEXT    NOT NULL REFERENCES outbox (id),
    endpoint_id      TEXT    REFERENCES webhook_endpoints (id),
    order_id         TEXT    REFERENCES partner_orders (id),
    state            TEXT    NOT NULL CHECK (state IN ('waiting', 'leased', 'delivered', 'failed')),
    attempt          INTEGER NOT NULL,
    tries            INTEGER NOT NULL,
    next_ms          INTEGER NOT NULL,
    lease_owner      TEXT,
    lease_expires_ms INTEGER,
    CHECK ((endpoint_id IS NULL) <> (order_id IS NULL)),
    CHECK ((state = 'leased') = (lease_owner IS NOT NULL)),
    CHECK ((state = 'leased') = (lease_expires_ms IS NOT NULL))
) STRICT;
CREATE INDEX deliveries_waiting ON deliveries (next_ms, id) WHERE state = 'waiting';
CREATE INDEX deliveries_leased ON deliveries (id) WHERE state = 'leased';
CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint_id, id) WHERE endpoint_id IS NOT NULL;

-- The log: never what the other side answered but its status.
CREATE TABLE delivery_attempts (
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
    attempt     INTEGER NOT NULL,
    at_ms       INTEGER NOT NULL,
    took_ms     INTEGER NOT NULL,
    status      INTEGER,
    error       TEXT,
    PRIMARY KEY (delivery_id, attempt)
) STRICT, WITHOUT ROWID;

-- The audit trail has a line of everything, in the transaction that did it. More time for somebody is no event:
-- an accommodation is for nobody's eyes.
CREATE TRIGGER invitations_are_told_of AFTER INSERT ON audit
WHEN NEW.invitation_id IS NOT NULL AND NEW.action IN ('drafted', 'invited', 'opened', 'started', 'submitted',
    'graded', 'reviewed', 'decided', 'declined', 'cancelled', 'extended', 'reminded', 'resent', 'archived', 'purged',
    'message_failed')
BEGIN
    INSERT INTO outbox (id, kind, at_ms, invitation_id, body)
    SELECT 'msg_' || m.id, 'invitation.' || NEW.action, NEW.at_ms, i.id, json_object(
        'type', 'invitation.' || NEW.action,
        'timestamp', strftime('%Y-%m-%dT%H:%M:%fZ', NEW.at_ms / 1000.0, 'unixepoch'),
        'data', json_object('invitation', i.code, 'challenge', i.challenge, 'state', i.state, 'version', i.version))
    FROM invitations i, (SELECT lower(hex(randomblob(16))) AS id) m
    WHERE i.id = NEW.invitation_id AND (
        EXISTS (SELECT 1 FROM webhook_endpoints WHERE removed_ms IS NULL)
        OR EXISTS (SELECT 1 FROM partner_orders WHERE invitation_id = i.id));
END;

CREATE TRIGGER gradings_are_told_of AFTER INSERT ON audit
WHEN NEW.grading_id IS NOT NULL AND NEW.action = 'finished'
BEGIN
    INSERT INTO outbox (id, kind, at_ms, invitation_id, body)
    SELECT 'msg_' || m.id, 'grading.finished', NEW.at_ms, c.invitation_id, json_object(
        'type', 'grading.finished',
        'timestamp', strftime('%Y-%m-%dT%H:%M:%fZ', NEW.at_ms / 1000.0, 'unixepoch'),
        'data', json_object('grading', g.id, 'challenge', g.challenge, 'verdict', g.verdict, 'score', g.score,
            'invitation', i.code))
    FROM gradings g JOIN submissions s ON s.id = g.submission_id JOIN candidates c ON c.id = s.candidate_id
    LEFT JOIN invitations i ON i.id = c.invitation_id, (SELECT lower(hex(randomblob(16))) AS id) m
    WHERE g.id = NEW.grading_id AND EXISTS (SELECT 1 FROM webhook_endpoints WHERE removed_ms IS NULL);
END;

CREATE TRIGGER events_are_delivered AFTER INSERT ON outbox
BEGIN
    INSERT INTO deliveries (event_id, endpoint_id, state, attempt, tries, next_ms)
    SELECT NEW.id, e.id, 'waiting', 0, 0, NEW.at_ms FROM webhook_endpoints e
    WHERE e.removed_ms IS NULL AND (e.events = '[]'
        OR EXISTS (SELECT 1 FROM json_each(e.events) j WHERE j.value = NEW.kind));
    INSERT INTO deliveries (event_id, order_id, state, attempt, tries, next_ms)
    SELECT NEW.id, o.id, 'waiting', 0, 0, NEW.at_ms FROM partner_orders o
    WHERE NEW.kind = 'invitation.graded' AND o.invitation_id = NEW.invitation_id AND o.callback_url IS NOT NULL;
END;

-- Whoever is forgotten is forgotten here, too.
CREATE TRIGGER purges_reach_other_programs AFTER UPDATE OF state ON invitations
WHEN NEW.state = 'purged' AND OLD.state <> 'purged'
BEGIN
    UPDATE answers SET body = NULL WHERE body IS NOT NULL AND instr(body, CAST(OLD.code AS BLOB)) > 0;
    UPDATE partner_orders SET callback_url = NULL, profile_url = NULL WHERE invitation_id = OLD.id;
    UPDATE deliveries SET state = 'failed', lease_owner = NULL, lease_expires_ms = NULL
    WHERE state IN ('waiting', 'leased') AND order_id IN (SELECT id FROM partner_orders WHERE invitation_id = OLD.id);
END;

CREATE TRIGGER events_never_change BEFORE UPDATE ON outbox
BEGIN SELECT RAISE(ABORT, 'an event that was told is never changed'); END;
CREATE TRIGGER revoked_tokens_never_change BEFORE UPDATE ON api_tokens WHEN OLD.revoked_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a revoked token is never changed'); END;
CREATE TRIGGER removed_endpoints_never_change BEFORE UPDATE ON webhook_endpoints WHEN OLD.removed_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a removed endpoint is never changed'); END;
