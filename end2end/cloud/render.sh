#!/bin/bash
# Writes every config file under state/etc from the settings in lib.sh. Re-runnable.
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"
mkdir -p $CONF/{keystone,glance,nova,placement,neutron,cinder,uwsgi,rabbit} $RUN $LOG \
  $STATE/{fernet-keys,credential-keys,lock} \
  $STATE/glance/{local,archive,staging,tasks} $STATE/{nova,neutron,cinder}/lock $STATE/nova/instances

SP=$($VENV/bin/python -c 'import sysconfig;print(sysconfig.get_paths()["purelib"])')
db() { echo "mysql+pymysql://openstack:$DB_PASS@$HOST:$MYSQL_PORT/$1?charset=utf8mb4"; }
RABBIT_URL="rabbit://openstack:$RABBIT_PASS@$HOST:$RABBIT_PORT/"
KS=http://$HOST:$KEYSTONE_PORT

cors() {
# plain, the default: as an operator who sets nothing but the origin. Sextant's main flows must do with that.
if [ "${OSUP_CORS:-plain}" = plain ]; then
  printf '[cors]\nallowed_origin = %s\n' "$CORS_ORIGINS"; return
fi
cat <<X
[cors]
allowed_origin = $CORS_ORIGINS
allow_credentials = true
max_age = 600
allow_methods = GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS
allow_headers = Accept,Authorization,Cache-Control,Content-Length,Content-MD5,Content-Range,Content-Type,If-Match,If-None-Match,Pragma,Range,X-Requested-With,X-Auth-Token,X-Subject-Token,X-Service-Token,X-Identity-Status,X-Roles,X-Service-Catalog,X-User-Id,X-Project-Id,X-Tenant-Id,X-Domain-Id,X-Domain-Name,X-OpenStack-Request-ID,OpenStack-API-Version,X-OpenStack-Nova-API-Version,x-image-meta-store,openstack-image-store-ids,openstack-image-import-methods,X-Openstack-Image-Size
expose_headers = Content-Length,Content-MD5,Content-Range,Content-Type,ETag,Location,Link,Retry-After,X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID,X-Compute-Request-Id,OpenStack-API-Version,X-OpenStack-Nova-API-Version,x-image-meta-store,X-Image-Meta-Checksum,openstack-image-store-ids,openstack-image-import-methods,OpenStack-image-cached,Vary
X
}
auth() { cat <<X
auth_type = password
auth_url = $KS/v3
username = $1
password = $SVC_PASS
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = RegionOne
X
}
authtoken() { cat <<X
[keystone_authtoken]
www_authenticate_uri = $KS/v3
memcached_servers = $HOST:$MEMCACHED_PORT
service_token_roles = service
service_token_roles_required = true
$(auth $1)
X
}
dbsec() { cat <<X
[$1]
connection = $(db $2)
max_pool_size = 8
max_overflow = 20
connection_recycle_time = 3600
X
}

# --- keystone
cat >$CONF/keystone/keystone.conf <<X
[DEFAULT]
public_endpoint = $KS
[database]
connection = $(db keystone)
[token]
provider = fernet
expiration = 14400
[fernet_tokens]
key_repository = $STATE/fernet-keys
[credential]
key_repository = $STATE/credential-keys
[fernet_receipts]
key_repository = $STATE/fernet-keys
[cache]
enabled = true
backend = dogpile.cache.pymemcache
memcache_servers = $HOST:$MEMCACHED_PORT
[oslo_concurrency]
lock_path = $STATE/lock
$(cors)
X

# --- glance
cat >$CONF/glance/glance-api.conf <<X
[DEFAULT]
bind_host = $HOST
bind_port = $GLANCE_PORT
workers = 1
enabled_backends = local:file, archive:file
enabled_import_methods = [glance-direct,web-download,copy-image,glance-download]
worker_self_reference_url = http://$HOST:$GLANCE_PORT
use_keystone_limits = true
[database]
connection = $(db glance)
[glance_store]
default_backend = local
[local]
filesystem_store_datadir = $STATE/glance/local
store_description = Local disk, default
[archive]
filesystem_store_datadir = $STATE/glance/archive
store_description = Archive disk
[os_glance_staging_store]
filesystem_store_datadir = $STATE/glance/staging
[os_glance_tasks_store]
filesystem_store_datadir = $STATE/glance/tasks
[import_filtering_opts]
allowed_ports = [80,443,$FILES_PORT]
[paste_deploy]
flavor = keystone
config_file = $VENV/etc/glance/glance-api-paste.ini
[oslo_concurrency]
lock_path = $STATE/glance/lock
[oslo_limit]
$(auth glance | sed '/project_/d;/region_name/d')
system_scope = all
$(if [ -s $STATE/glance-endpoint-id ]; then echo "endpoint_id = $(cat $STATE/glance-endpoint-id)"; else
printf 'endpoint_service_type = image\nendpoint_region_name = RegionOne\nendpoint_interface = public\n'; fi)
$(authtoken glance)
$(cors)
X

ln -sfn glance-api.conf $CONF/glance/glance.conf

# --- placement
cat >$CONF/placement/placement.conf <<X
[api]
auth_strategy = keystone
[placement_database]
connection = $(db placement)
[oslo_concurrency]
lock_path = $STATE/lock
$(authtoken placement)
$(cors)
X

# --- nova
cat >$CONF/nova/nova.conf <<X
[DEFAULT]
host = osup-compute1
my_ip = $HOST
transport_url = $RABBIT_URL
compute_driver = ${OSUP_COMPUTE_DRIVER:-osup.FakeDriver}
state_path = $STATE/nova
instances_path = $STATE/nova/instances
log_dir =
vif_plugging_is_fatal = false
vif_plugging_timeout = 0
allow_resize_to_same_host = true
resume_guests_state_on_host_boot = true
osapi_compute_workers = 1
graceful_shutdown_timeout = 5
metadata_workers = 1
[api]
auth_strategy = keystone
[wsgi]
api_paste_config = $VENV/etc/nova/api-paste.ini
[api_database]
connection = $(db nova_api)
[database]
connection = $(db nova)
[cache]
enabled = true
backend = dogpile.cache.pymemcache
memcache_servers = $HOST:$MEMCACHED_PORT
[conductor]
workers = 1
[scheduler]
workers = 1
discover_hosts_in_cells_interval = 60
[filter_scheduler]
track_instance_changes = false
[vnc]
enabled = false
[glance]
$(auth nova)
service_type = image
valid_interfaces = public
[neutron]
$(auth nova)
service_type = network
valid_interfaces = public
[placement]
$(auth placement)
valid_interfaces = public
[cinder]
$(auth nova)
catalog_info = volumev3::publicURL
os_region_name = RegionOne
[service_user]
send_service_user_token = true
$(auth nova)
[oslo_concurrency]
lock_path = $STATE/nova/lock
$(authtoken nova)
$(cors)
X

# nova-compute gets no database credentials
awk '/^\[/{skip = ($0 == "[database]" || $0 == "[api_database]")} !skip' $CONF/nova/nova.conf >$CONF/nova/nova-cpu.conf

# nova's WSGI loader takes the first file of its config folder as the paste file
cp $VENV/etc/nova/api-paste.ini $CONF/nova/api-paste.ini

# --- neutron
cat >$CONF/neutron/neutron.conf <<X
[DEFAULT]
core_plugin = ml2
service_plugins = router
transport_url = $RABBIT_URL
auth_strategy = keystone
state_path = $STATE/neutron
api_paste_config = $VENV/etc/neutron/api-paste.ini
notify_nova_on_port_status_changes = false
notify_nova_on_port_data_changes = false
dhcp_agent_notification = false
[database]
connection = $(db neutron)
[oslo_concurrency]
lock_path = $STATE/neutron/lock
[nova]
$(auth nova)
[placement]
$(auth placement)
$(authtoken neutron)
$(cors)
X
cat >$CONF/neutron/ml2_conf.ini <<X
[ml2]
type_drivers = flat,vlan,vxlan,local
tenant_network_types = vxlan
mechanism_drivers = osup
extension_drivers = port_security
[ml2_type_flat]
flat_networks = public
[ml2_type_vxlan]
vni_ranges = 1:1000
[securitygroup]
enable_security_group = true
X

# --- cinder
cat >$CONF/cinder/cinder.conf <<X
[DEFAULT]
host = osup-volume1
my_ip = $HOST
transport_url = $RABBIT_URL
auth_strategy = keystone
state_path = $STATE/cinder
api_paste_config = $VENV/etc/cinder/api-paste.ini
resource_query_filters_file = $VENV/etc/cinder/resource_filters.json
enabled_backends = fake
glance_api_servers = http://$HOST:$GLANCE_PORT
enable_force_upload = true
volume_clear = none
graceful_shutdown_timeout = 5
[fake]
volume_driver = osup.volume.FakeDriver
volume_backend_name = fake
[database]
connection = $(db cinder)
[oslo_concurrency]
lock_path = $STATE/cinder/lock
[nova]
$(auth nova)
[service_user]
send_service_user_token = true
$(auth cinder)
$(authtoken cinder)
$(cors)
X

# --- uwsgi, one process each
uw() { # name port module threads extra...
  cat >$CONF/uwsgi/$1.ini <<X
[uwsgi]
http-socket = $HOST:$2
module = $3
master = true
processes = 1
threads = $4
enable-threads = true
lazy-apps = true
need-app = true
die-on-term = true
buffer-size = 65535
listen = 100
socket-timeout = 120
add-header = Connection: close
hook-master-start = unix_signal:15 gracefully_kill_them_all
worker-reload-mercy = 8
start-time = %t
log-format = %(addr) [%(ctime)] "%(method) %(uri) %(proto)" %(status) %(rsize)b %(msecs)ms
${5:-}
X
}
uw keystone  $KEYSTONE_PORT  keystone.wsgi.api:application 4
uw glance    $GLANCE_PORT    glance.wsgi.api:application 8 "chunked-input-limit = 67108864
chunked-input-timeout = 120"
uw placement $PLACEMENT_PORT placement.wsgi.api:application 2
uw nova      $NOVA_PORT      nova.wsgi.osapi_compute:application 4
uw neutron   $NEUTRON_PORT   neutron.wsgi.api:application 4
uw cinder    $CINDER_PORT    cinder.wsgi.api:application 4
# --- rabbit
cat >$CONF/rabbit/rabbitmq.conf <<X
listeners.tcp.1 = $HOST:$RABBIT_PORT
default_user = openstack
default_pass = $RABBIT_PASS
loopback_users = none
log.console = true
log.file = false
disk_free_limit.absolute = 200MB
vm_memory_high_watermark.absolute = 1GB
X

echo "config written under $CONF"
