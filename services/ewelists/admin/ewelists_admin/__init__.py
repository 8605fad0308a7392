"""Tools for who runs Ewelists."""
