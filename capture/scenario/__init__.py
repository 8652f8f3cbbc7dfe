"""What an author writes: tutorials, instructions, targets; how scenarios are loaded, checked and rewritten."""
