"""Tests that need a real Firefox."""
