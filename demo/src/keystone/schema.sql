CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    salt TEXT NOT NULL,
    password TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    default_project_id TEXT,
    email TEXT,
    description TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT DEFAULT '',
    enabled INTEGER NOT NULL DEFAULT 1
) STRICT;
-- A changed password ends the user's tokens, as Keystone's revocation events do.
CREATE TRIGGER IF NOT EXISTS password_changed AFTER UPDATE OF password ON users BEGIN
    DELETE FROM tokens WHERE user_id = new.id;
END;
CREATE TABLE IF NOT EXISTS roles (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    -- Those that Keystone itself made.
    is_immutable INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS assignments (
    user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
    role_id TEXT NOT NULL REFERENCES roles ON DELETE CASCADE,
    PRIMARY KEY (user_id, project_id, role_id)
) STRICT;
CREATE TABLE IF NOT EXISTS app_credentials (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT,
    salt TEXT NOT NULL,
    secret TEXT NOT NULL,
    roles TEXT NOT NULL,
    unrestricted INTEGER NOT NULL,
    expires_at INTEGER,
    UNIQUE (user_id, name)
) STRICT;
-- Only a hash of the token: whoever reads the file gets no sessions.
CREATE TABLE IF NOT EXISTS tokens (
    hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    project_id TEXT REFERENCES projects ON DELETE CASCADE,
    methods TEXT NOT NULL,
    audit_ids TEXT NOT NULL,
    app_credential_id TEXT REFERENCES app_credentials ON DELETE CASCADE,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS tokens_by_expiry ON tokens (expires_at);
-- oslo.limit: a limit of one project, or the default of all where project_id is ''.
CREATE TABLE IF NOT EXISTS limits (
    project_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (project_id, resource)
) STRICT;
