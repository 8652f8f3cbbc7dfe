"""From captures to what people read: comparison, verdict, report, approval, new pictures."""
