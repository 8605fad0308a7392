"""Plans with steps, dates and attachments: a Django application that runs on Lambda."""
