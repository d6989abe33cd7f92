#!/bin/bash
# The main job once more, by the unmodified `openstack` command: on the demo cloud, or on a real one.
# ./openstack-client.sh [http://127.0.0.1:5050/identity/v3]      needs `openstack` and `qemu-img` on the PATH
set -euo pipefail
unset OS_SYSTEM_SCOPE http_proxy https_proxy
export OS_AUTH_URL=${1:-http://127.0.0.1:5050/identity/v3} OS_IDENTITY_API_VERSION=3 OS_REGION_NAME=RegionOne
export OS_USER_DOMAIN_NAME=Default OS_PROJECT_DOMAIN_NAME=Default no_proxy=127.0.0.1,localhost
work=$(mktemp -d); passed=0; failed=0
id=client-$RANDOM$RANDOM
trap 'rm -rf "$work"' EXIT

as() { export OS_USERNAME=$1 OS_PASSWORD=$2 OS_PROJECT_NAME=$3; }
# check WORDS COMMAND... : the command must succeed
check() {
  local words=$1; shift
  if "$@" >"$work/out" 2>"$work/err"; then passed=$((passed + 1)); echo "ok   $words"
  else failed=$((failed + 1)); echo "FAIL $words"; sed 's/^/       /' "$work/err" | tail -5; fi
}
# refuse WORDS PATTERN COMMAND... : it must fail, in these words
refuse() {
  local words=$1 pattern=$2; shift 2
  if ! "$@" >"$work/out" 2>"$work/err" && grep -q "$pattern" "$work/err"; then passed=$((passed + 1)); echo "ok   $words"
  else failed=$((failed + 1)); echo "FAIL $words: expected \"$pattern\""; tail -3 "$work/err"; fi
}
# value WORDS EXPECTED COMMAND... : it must print exactly this
value() {
  local words=$1 expected=$2 got; shift 2
  got=$("$@" 2>"$work/err" || true)
  if [ "$got" = "$expected" ]; then passed=$((passed + 1)); echo "ok   $words"
  else failed=$((failed + 1)); echo "FAIL $words: expected \"$expected\", got \"$got\""; tail -3 "$work/err"; fi
}

qemu-img create -q -f qcow2 "$work/disk.qcow2" 64M
as alice password demo
check "alice gets a token" openstack token issue
check "flavors are listed" openstack flavor list
check "networks are listed" openstack network list
check "an image is created from a file" openstack image create --disk-format qcow2 --container-format bare --private \
  --min-ram 512 --property os_distro=debian --tag lts --file "$work/disk.qcow2" $id
value "it is active" active openstack image show -f value -c status $id
value "its hash is the file's" "$(sha512sum <"$work/disk.qcow2" | cut -d' ' -f1)" \
  bash -c "openstack image show -f json $id | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"properties\"][\"os_hash_value\"])'"
check "it is saved again" openstack image save --file "$work/back.qcow2" $id
check "byte for byte" cmp "$work/disk.qcow2" "$work/back.qcow2"
check "it is protected" openstack image set --protected --min-disk 1 $id
refuse "deleting it is refused" "protected" openstack image delete $id
refuse "a member can't publish it" "403\|not authorized\|Forbidden" openstack image set --public $id
as bob password other
refuse "another project does not see it" "No Image found\|Could not find" openstack image show $id
as admin adminpass demo
check "an administrator publishes it" openstack image set --public $id
as bob password other
check "now another project sees it" openstack image show $id
as alice password demo
refuse "a flavor with too little memory is refused" "Flavor's memory is too small" \
  openstack server create --image ubuntu-24.04 --flavor m1.tiny --network demo-net $id-small
check "a server is launched from it" openstack server create --image $id --flavor m1.tiny --network demo-net --wait $id
value "it is active" ACTIVE openstack server show -f value -c status $id
check "the server is deleted" openstack server delete --wait $id
check "protection is lifted" openstack image set --unprotected $id
check "the image is deleted" openstack image delete $id
echo "$passed passed, $failed failed"
[ $failed = 0 ]
