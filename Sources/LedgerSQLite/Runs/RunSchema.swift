/// The tables of the sorted runs; a step of the schema's migrations.
enum RunSchema {
    static let tables = """
        -- A run counts once it stands here: its last slice writes this row.
        CREATE TABLE run (
            -- RunID: the kind and a number.
            id INTEGER PRIMARY KEY,
            tier INTEGER NOT NULL,
            entryCount INTEGER NOT NULL,
            pageCount INTEGER NOT NULL
        );

        -- Pages of runs that are not in run are left over, and are deleted.
        CREATE TABLE run_page (
            -- RunPage: the run, the part of it and the page.
            id INTEGER PRIMARY KEY,
            bytes BLOB NOT NULL
        );

        -- All records up to here are in the runs of a kind.
        CREATE TABLE run_coverage (
            kind INTEGER PRIMARY KEY,
            lastSequence INTEGER NOT NULL
        );

        -- One row: the secret that keys are hashed with.
        CREATE TABLE hash_key (bytes BLOB NOT NULL);
        """
}
