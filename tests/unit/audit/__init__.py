"""The audit of a whole journal."""
