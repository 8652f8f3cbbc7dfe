"""Firefox through Playwright: launch, load, wait, look at the elements, take screenshots."""
