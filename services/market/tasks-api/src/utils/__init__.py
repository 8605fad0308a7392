"""What every part needs: settings, logs, metrics, errors."""
