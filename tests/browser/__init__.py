"""What only a real Firefox can show."""
