CREATE TABLE IF NOT EXISTS images (
    id TEXT PRIMARY KEY,
    name TEXT,
    owner TEXT,
    visibility TEXT NOT NULL,
    status TEXT NOT NULL,
    disk_format TEXT,
    container_format TEXT,
    min_disk INTEGER NOT NULL DEFAULT 0,
    min_ram INTEGER NOT NULL DEFAULT 0,
    size INTEGER,
    virtual_size INTEGER,
    checksum TEXT,
    os_hash_algo TEXT,
    os_hash_value TEXT,
    protected INTEGER NOT NULL DEFAULT 0,
    os_hidden INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- A deleted image keeps its row: its id is never used again, and a marker may name it.
    deleted_at INTEGER,
    -- JSON: one object, two arrays.
    properties TEXT NOT NULL DEFAULT '{}',
    tags TEXT NOT NULL DEFAULT '[]',
    stores TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX IF NOT EXISTS images_by_creation ON images (created_at, id);
CREATE INDEX IF NOT EXISTS images_by_owner ON images (owner, created_at);
CREATE INDEX IF NOT EXISTS images_by_name ON images (name COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS image_members (
    image_id TEXT NOT NULL REFERENCES images ON DELETE CASCADE,
    member TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (image_id, member)
) STRICT;
CREATE INDEX IF NOT EXISTS members_by_project ON image_members (member);
CREATE TABLE IF NOT EXISTS image_tasks (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    owner TEXT NOT NULL,
    image_id TEXT,
    request_id TEXT,
    user_id TEXT,
    input TEXT NOT NULL,
    result TEXT,
    message TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS tasks_by_image ON image_tasks (image_id, created_at);
-- A namespace with all that is in it, as one JSON document.
CREATE TABLE IF NOT EXISTS metadef_namespaces (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    doc TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS metadef_resource_types (
    name TEXT PRIMARY KEY,
    created_at TEXT NOT NULL
) STRICT;
