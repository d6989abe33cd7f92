"""What the scenarios stand on: the cloud, the people, the `openstack` command, the files."""
