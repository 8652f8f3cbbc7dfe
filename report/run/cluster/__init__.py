"""A run whose streams the workers of a Dask cluster visit."""
