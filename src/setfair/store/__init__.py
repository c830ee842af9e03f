"""Makes pages durable and reads them back, and projects them into tables that people query."""
