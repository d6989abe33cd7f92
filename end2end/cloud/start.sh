#!/bin/bash
# Starts everything that is not already up. Everything listens on loopback only.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
. ./lib.sh; . ./infra.sh
T0=$SECONDS
./render.sh >/dev/null
start_infra
log "database, bus and cache up after $((SECONDS - T0)) s"

UW=$VENV/bin/uwsgi
# The CORS middleware re-reads <project>.conf from oslo.config's standard
# folders; this makes $STATE/etc/<project>/ one of them.
export SNAP_COMMON=$STATE
export OS_KEYSTONE_CONFIG_DIR=$CONF/keystone OS_GLANCE_CONFIG_DIR=$CONF/glance \
  OS_PLACEMENT_CONFIG_DIR=$CONF/placement OS_NOVA_CONFIG_DIR=$CONF/nova \
  OS_NEUTRON_CONFIG_DIR=$CONF/neutron OS_NEUTRON_CONFIG_FILES="neutron.conf;ml2_conf.ini" \
  REQUESTS_CA_BUNDLE=
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
export no_proxy=127.0.0.1,localhost

spawn keystone $UW --ini $CONF/uwsgi/keystone.ini
wait_http http://$HOST:$KEYSTONE_PORT/v3 60 || { log "keystone failed, see $LOG/keystone.out"; exit 1; }
log "keystone up after $((SECONDS - T0)) s"
export KEYSTONE_PORT GLANCE_PORT PLACEMENT_PORT NOVA_PORT NEUTRON_PORT CINDER_PORT ADMIN_PASS USER_PASS SVC_PASS STATE
if [ ! -e $STATE/identity.done ]; then $VENV/bin/python identity.py; ./render.sh >/dev/null; touch $STATE/identity.done; fi

spawn glance $UW --ini $CONF/uwsgi/glance.ini
spawn placement $UW --ini $CONF/uwsgi/placement.ini
spawn neutron $UW --ini $CONF/uwsgi/neutron.ini
spawn nova $UW --ini $CONF/uwsgi/nova.ini
spawn nova-conductor $VENV/bin/nova-conductor --config-file $CONF/nova/nova.conf
spawn nova-scheduler $VENV/bin/nova-scheduler --config-file $CONF/nova/nova.conf
spawn files $VENV/bin/python -m http.server --bind $HOST --directory $STATE/files $FILES_PORT
wait_http http://$HOST:$PLACEMENT_PORT/ 60 || { log "placement failed, see $LOG/placement.out"; exit 1; }
spawn nova-compute $VENV/bin/nova-compute --config-file $CONF/nova/nova-cpu.conf
if [ "${OSUP_CINDER:-1}" = 1 ]; then
  spawn cinder $UW --ini $CONF/uwsgi/cinder.ini --pyargv "--config-file $CONF/cinder/cinder.conf"
  spawn cinder-scheduler $VENV/bin/cinder-scheduler --config-file $CONF/cinder/cinder.conf
  spawn cinder-volume $VENV/bin/cinder-volume --config-file $CONF/cinder/cinder.conf
fi
rc=0
for x in glance:$GLANCE_PORT nova:$NOVA_PORT neutron:$NEUTRON_PORT files:$FILES_PORT; do
  if wait_http http://$HOST:${x#*:}/ 90 ${x%:*}; then log "${x%:*} up after $((SECONDS - T0)) s"; else log "${x%:*} FAILED, see $LOG/${x%:*}.out"; rc=1; fi
done
if [ "${OSUP_CINDER:-1}" = 1 ]; then
  wait_http http://$HOST:$CINDER_PORT/ 60 && log "cinder up after $((SECONDS - T0)) s" || log "cinder FAILED (optional), see $LOG/cinder.out"
fi
if wait_compute 60; then log "nova-compute up after $((SECONDS - T0)) s"; else log "nova-compute FAILED, see $LOG/nova-compute.out"; rc=1; fi
exit $rc
