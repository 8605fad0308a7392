"""What a developer's machine needs beside the application, and what writes the files that are made from it."""
