#!/bin/bash
# Installs the cloud: Debian packages, Python environment, config, databases,
# Keystone bootstrap. Safe to run again.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
. ./lib.sh; . ./infra.sh
mkdir -p $STATE $LOG $RUN
T0=$SECONDS

step() { log "== $*"; STEP=$SECONDS; }
done_() { log "   $((SECONDS - STEP)) s"; }

step "Debian packages"
for b in /usr/sbin/mariadbd /usr/lib/rabbitmq/bin/rabbitmq-server /usr/bin/memcached; do
  if [ ! -x $b ]; then ./apt.sh >$LOG/apt.log 2>&1; break; fi
done
done_

step "Python environment ($PYTHON)"
if [ ! -x $VENV/bin/uwsgi ] || ! $VENV/bin/python -c 'import keystone,glance,nova,placement,neutron,cinder' 2>/dev/null; then
  [ -x $VENV/bin/python ] || $PYTHON -m venv $VENV
  $NICE $VENV/bin/pip install -q -U pip wheel 'setuptools<81'
  $NICE $VENV/bin/pip install -q -c constraints.txt keystone glance openstack-placement nova neutron cinder \
    PyMySQL python-memcached pymemcache python-openstackclient uWSGI >$LOG/pip.log 2>&1
fi
rm -rf $STATE/pylocal && cp -r pylocal $STATE/pylocal   # built outside this folder, which may be read-only
$NICE $VENV/bin/pip install -q --no-build-isolation --no-deps --force-reinstall $STATE/pylocal
SP=$($VENV/bin/python -c 'import sysconfig;print(sysconfig.get_paths()["purelib"])')
echo 'from osup.compute import FakeDriver  # noqa' >$SP/nova/virt/osup.py
done_

step "Configuration"; ./render.sh; done_

step "Database, bus, cache"; start_infra; done_

step "Databases"
for d in keystone glance placement nova_api nova nova_cell0 neutron cinder; do
  echo "CREATE DATABASE IF NOT EXISTS $d CHARACTER SET utf8mb3;"
done >$STATE/db.sql
cat >>$STATE/db.sql <<X
CREATE USER IF NOT EXISTS 'openstack'@'127.0.0.1' IDENTIFIED BY '$DB_PASS';
GRANT ALL ON *.* TO 'openstack'@'127.0.0.1';
X
mysql_root <$STATE/db.sql
KEY=$CONF/keystone/keystone.conf
[ -e $STATE/fernet-keys/0 ] || $VENV/bin/keystone-manage --config-file $KEY fernet_setup --keystone-user root --keystone-group root
[ -e $STATE/credential-keys/0 ] || $VENV/bin/keystone-manage --config-file $KEY credential_setup --keystone-user root --keystone-group root
(
  $NICE $VENV/bin/keystone-manage --config-file $KEY db_sync
  $NICE $VENV/bin/keystone-manage --config-file $KEY bootstrap --bootstrap-password "$ADMIN_PASS" \
    --bootstrap-username admin --bootstrap-project-name admin --bootstrap-role-name admin \
    --bootstrap-service-name keystone --bootstrap-region-id RegionOne \
    --bootstrap-public-url http://$HOST:$KEYSTONE_PORT/v3 \
    --bootstrap-internal-url http://$HOST:$KEYSTONE_PORT/v3 \
    --bootstrap-admin-url http://$HOST:$KEYSTONE_PORT/v3
) >$LOG/db-keystone.log 2>&1
(
  $NICE $VENV/bin/glance-manage --config-file $CONF/glance/glance-api.conf db_sync
  $NICE $VENV/bin/glance-manage --config-file $CONF/glance/glance-api.conf db_load_metadefs $VENV/etc/glance/metadefs
) >$LOG/db-glance.log 2>&1
$NICE $VENV/bin/placement-manage --config-file $CONF/placement/placement.conf db sync >$LOG/db-placement.log 2>&1
NM="$NICE $VENV/bin/nova-manage --config-file $CONF/nova/nova.conf"
(
  $NM api_db sync
  $NM cell_v2 map_cell0 --database_connection "mysql+pymysql://openstack:$DB_PASS@$HOST:$MYSQL_PORT/nova_cell0?charset=utf8mb4"
  $NM db sync
  $NM cell_v2 list_cells | grep -q cell1 || $NM cell_v2 create_cell --name cell1
) >$LOG/db-nova.log 2>&1
$NICE $VENV/bin/neutron-db-manage --config-file $CONF/neutron/neutron.conf --config-file $CONF/neutron/ml2_conf.ini upgrade heads >$LOG/db-neutron.log 2>&1
$NICE $VENV/bin/cinder-manage --config-file $CONF/cinder/cinder.conf db sync >$LOG/db-cinder.log 2>&1
done_

log "install finished in $((SECONDS - T0)) s"
