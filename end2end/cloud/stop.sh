#!/bin/bash
# Stops what start.sh started, by pid file only. stop.sh NAME... stops just those.
cd "$(dirname "$(readlink -f "$0")")"
. ./lib.sh
stop_all() { # TERM each leader, wait for all together, KILL what is left of each group
  local n p i left
  declare -A pid=()
  for n in "$@"; do
    [ -s $RUN/$n.pid ] || continue
    p=$(cat $RUN/$n.pid)
    # only a process that start.sh made: it leads its own process group
    if kill -0 $p 2>/dev/null && [ "$(ps -o pgid= -p $p | tr -d ' ')" = $p ]; then
      pid[$n]=$p
      kill -TERM $p 2>/dev/null
      [ $n = rabbitmq ] && kill -TERM -- -$p 2>/dev/null
    fi
  done
  for ((i = 0; i < 120; i++)); do
    left=0
    for n in "${!pid[@]}"; do kill -0 ${pid[$n]} 2>/dev/null && left=1; done
    [ $left = 0 ] && break
    sleep 0.1
  done
  for n in "$@"; do
    if [ -n "${pid[$n]:-}" ]; then
      kill -0 ${pid[$n]} 2>/dev/null && echo "$n (${pid[$n]}) did not end in 12 s: KILL"
      kill -KILL -- -${pid[$n]} 2>/dev/null   # left-over children of its own group
      echo "$n stopped"
    fi
    rm -f $RUN/$n.pid
  done
}
if [ $# -gt 0 ]; then stop_all "$@"; exit; fi
stop_all files cinder-volume cinder-scheduler cinder nova-compute nova-scheduler nova-conductor nova neutron placement glance keystone
stop_all rabbitmq epmd memcached mariadb
