# Shared settings of the cloud's scripts: where, which ports, which passwords. Sourced, never run.
STATE=${OSUP_STATE:-/var/tmp/sextant-openstack}   # everything that is written; mysql and rabbitmq must be able to enter it
export OSUP_STATE=$STATE
VENV=$STATE/venv
CONF=$STATE/etc
LOG=$STATE/log
RUN=$STATE/run
PYTHON=${OSUP_PYTHON:-$(command -v python3.11)}

# All listeners are on loopback.
HOST=127.0.0.1
MYSQL_PORT=13306
RABBIT_PORT=5672
RABBIT_DIST_PORT=25672
EPMD_PORT=14369
MEMCACHED_PORT=11211
KEYSTONE_PORT=5000
GLANCE_PORT=9292
PLACEMENT_PORT=8778
NOVA_PORT=8774
NOVA_META_PORT=8775
NEUTRON_PORT=9696
CINDER_PORT=8776
FILES_PORT=8097          # tiny static server, a source for web-download

# Throw-away passwords of a loopback test cloud.
ADMIN_PASS=adminpass
USER_PASS=password
SVC_PASS=servicepass
DB_PASS=dbpass
RABBIT_PASS=rabbitpass

CORS_ORIGINS="http://127.0.0.1:8080,http://localhost:8080"
NICE="nice -n 5"

export PATH="$VENV/bin:$PATH"
unset PIP_REQUIRE_VIRTUALENV PYTHONDONTWRITEBYTECODE

log() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }

# wait_port PORT SECONDS
wait_port() {
  local i
  for ((i = 0; i < $2 * 5; i++)); do
    if (exec 3<>/dev/tcp/$HOST/$1) 2>/dev/null; then return 0; fi
    sleep 0.2
  done
  return 1
}

# wait_http URL SECONDS [NAME] : any HTTP answer below 500 counts; gives up when NAME is dead
wait_http() {
  local i code
  for ((i = 0; i < $2 * 2; i++)); do
    if [ -n "${3:-}" ] && ! alive "$3"; then return 1; fi
    code=$(curl -s -o /dev/null -m 10 -w '%{http_code}' "$1" || true)
    if [ "$code" -ge 200 ] && [ "$code" -lt 500 ]; then return 0; fi
    sleep 0.5
  done
  return 1
}

alive() { [ -s "$RUN/$1.pid" ] && kill -0 "$(cat "$RUN/$1.pid")" 2>/dev/null; }

# spawn NAME CMD... : start in its own session, pid file in $RUN, log in $LOG
spawn() {
  local name=$1; shift
  if alive "$name"; then log "$name already up (pid $(cat "$RUN/$name.pid"))"; return 0; fi
  setsid nohup $NICE "$@" >>"$LOG/$name.out" 2>&1 </dev/null &
  echo $! >"$RUN/$name.pid"
}

# wait_compute SECONDS : nova-compute of this run has reported itself up
wait_compute() {
  local i t
  for ((i = 0; i < $1; i++)); do
    alive nova-compute || return 1
    t=${t:-$(curl -si -m 10 -H 'Content-Type: application/json' http://$HOST:$KEYSTONE_PORT/v3/auth/tokens -d '{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","domain":{"id":"default"},"password":"'$ADMIN_PASS'"}}},"scope":{"project":{"name":"admin","domain":{"id":"default"}}}}}' | tr -d '\r' | sed -n 's/^X-Subject-Token: //Ip')}
    if curl -s -m 10 -H "X-Auth-Token: $t" "http://$HOST:$NOVA_PORT/v2.1/os-services?binary=nova-compute" | grep -q '"state": "up"'; then return 0; fi
    sleep 1
  done
  return 1
}
