-- Up Migration
CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    password_digest text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- One row a sign-in: the family of all refresh tokens that follow from it.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_because text CHECK (revoked_because IN ('signed out', 'token used twice'))
);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- Only digests: who reads the table cannot sign in with it.
CREATE TABLE refresh_tokens (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    issued_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE items (
    id uuid PRIMARY KEY,
    -- The order in which lists show them; times of two rows can be equal, numbers cannot.
    sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    owner uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    title text NOT NULL,
    description text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents >= 0),
    currency char(3) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Events written with what they tell of; the relay hands them to the queue and deletes them.
CREATE TABLE outbox (
    sequence bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    event jsonb NOT NULL,
    traceparent text
);

-- Down Migration
DROP TABLE outbox, items, refresh_tokens, sessions, users;
