#!/bin/bash
# Back to a freshly seeded cloud: stops, drops all data (keeps the Python
# environment), installs, starts, seeds.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
. ./lib.sh
./stop.sh
for d in mysql mysql-run rabbit glance nova neutron cinder lock run fernet-keys credential-keys identity.done glance-endpoint-id; do
  rm -rf "${STATE:?}/$d"
done
./install.sh
./start.sh
./seed.sh
