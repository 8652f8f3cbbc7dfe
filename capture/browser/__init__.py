"""Firefox, driven by Playwright: launch it, load pages, wait until they are stable, read elements, take screenshots."""
