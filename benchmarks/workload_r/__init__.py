"""Reference workload R: one small route world that several implementations simulate, with exact expectations."""
