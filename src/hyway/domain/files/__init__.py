"""Pictures that people sent: judged, drawn anew, kept outside the database, shown under signed addresses."""
