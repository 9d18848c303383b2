"""Running a plan: units of work, in this process or by Dask, and the folder in which finished runs are kept."""
