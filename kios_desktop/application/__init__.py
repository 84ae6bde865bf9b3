"""What Kios does between the servers, the library and the windows; without Qt."""
