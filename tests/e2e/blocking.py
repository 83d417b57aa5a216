"""A trigger that holds a lane up in the middle of a record, until a lock is released."""

BLOCK = """
CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name LIKE '%stop here%' THEN
        PERFORM pg_advisory_xact_lock(4711);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stop_here BEFORE INSERT ON crm_lead FOR EACH ROW EXECUTE FUNCTION stop_here();
"""
UNBLOCK = "DROP TRIGGER stop_here ON crm_lead; DROP FUNCTION stop_here()"
BLOCKED = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"
