#!/usr/bin/env python3
"""Records what a launch says to Nova and Neutron beyond an image and a network: ./record_launch.py FOLDER

Block devices, ports, security groups. As record_volumes.py, whose numbers end at 945: these begin at 1001. Deletes what it
makes.
"""
from recorder import CI, GL, NOWHERE, NT, NV, S, begin, login, rec, wait

begin(1000)
alice, demo, alice_id = login('alice', 'demo')
bob, other, _ = login('bob', 'other')
rita, _, _ = login('rita', 'demo')
quinn, quota, _ = login('quinn', 'quota')
admin, admin_project, _ = login('admin', 'admin')
C, CQ, CA = (CI + '/' + project for project in (demo, quota, admin_project))
images = {i['name']: i['id'] for i in rec('images', 'GET', GL + '/v2/images?limit=100', alice).json()['images']}
flavors = {f['name']: f['id'] for f in rec('flavors', 'GET', NV + '/flavors', alice).json()['flavors']}
nets = {n['name']: n['id'] for n in rec('networks', 'GET', NT + '/networks', alice).json()['networks']}
tiny, debian = images['cirros-tiny'], images['debian-12']
net = nets['demo-net']


def settle(url, token, want):
    kind = 'snapshot' if '/snapshots/' in url else 'volume'
    wait(url, token, lambda r: r.json()[kind]['status'] == want)


def gone(url, token):
    wait(url, token, lambda r: r.status_code == 404)


def server(slug, bdm, image=None, flavor='m1.tiny', token=None, version=None, save=True, name='rec-boot', **more):
    js = dict({'name': name, 'flavorRef': flavors[flavor], 'networks': [{'uuid': net}]}, **more)
    if bdm is not None:
        js['block_device_mapping_v2'] = bdm
    if image is not None:
        js['imageRef'] = image
    headers = {'OpenStack-API-Version': 'compute ' + version} if version else None
    r = rec('server-create-' + slug, 'POST', NV + '/servers', token or alice, js={'server': js}, headers=headers, save=save)
    return NV + '/servers/' + r.json()['server']['id'] if r.status_code == 202 else None


def built(url, token, want='ACTIVE'):
    wait(url, token, lambda r: r.json()['server']['status'] == want and not r.json()['server']['OS-EXT-STS:task_state'])


def take(url):
    built(url, alice)
    rec('server-delete-taken', 'DELETE', url, alice)
    gone(url, alice)


def of(source, uuid=None, **more):
    device = dict({'source_type': source, 'destination_type': 'volume', 'boot_index': 0}, **more)
    if uuid:
        device['uuid'] = uuid
    return device


def volume(slug, **body):
    r = rec('volume-create-' + slug, 'POST', C + '/volumes', alice, js={'volume': body})
    url = C + '/volumes/' + r.json()['volume']['id']
    settle(url, alice, 'available')
    return url.rsplit('/', 1)[1], url


# ---------------------------------------------------------------- Nova: block devices
blank, BL = volume('blank', name='rec-blank', size=1)
root, RO = volume('root', name='rec-root', size=1, imageRef=tiny)
wide, WI = volume('debian', name='rec-debian', size=2, imageRef=debian)
r = rec('volume-snapshot-create-root', 'POST', C + '/snapshots', alice, js={'snapshot': {'name': 'rec-snap', 'volume_id': root}})
snap = r.json()['snapshot']['id']
settle(C + '/snapshots/' + snap, alice, 'available')
new = of('image', tiny, volume_size=1)
# What the schema refuses.
server('device-word', 'x')
server('device-not-object', ['x'])
server('device-source-unknown', [of('magic', tiny)])
server('device-destination-unknown', [dict(new, destination_type='moon')])
server('device-uuid-bad', [of('volume', 'nope')])
server('device-size-word', [dict(new, volume_size='big')])
server('device-size-negative', [dict(new, volume_size=-1)])
server('device-key-unknown', [dict(new, colour='red')])
server('device-keep-bad', [dict(new, delete_on_termination='perhaps')])
server('device-index-bad', [dict(new, boot_index='first')])
server('device-type-too-old', [dict(new, volume_type='__DEFAULT__')], version='2.66')
# What Nova makes no sense of.
server('device-none', [])
server('device-no-uuid', [of('volume')])
server('device-no-size', [of('image', tiny)])
server('device-no-size-image-too', [of('image', tiny)], tiny)
server('device-size-zero', [dict(new, volume_size=0)])
server('device-blank-no-size', [of('blank')], tiny)
server('device-blank-uuid', [of('blank', tiny, volume_size=1, boot_index=1)], tiny)
V = server('device-blank-only', [of('blank', volume_size=1, delete_on_termination=True)])
take(V)
server('device-index-none', [dict(new, boot_index=-1)])
server('device-index-twice', [new, of('volume', root)])
server('device-index-gap', [new, of('volume', blank, boot_index=2)])
V = server('device-image-and-volume', [of('volume', root)], tiny)
take(V)
settle(RO, alice, 'available')
V = server('device-image-differs', [of('image', debian, volume_size=2, delete_on_termination=True)], tiny, flavor='m1.small')
take(V)
server('device-type-missing', [dict(new, volume_type='nope')], version='2.67')
# What does not fit or is not there.
server('device-volume-missing', [of('volume', NOWHERE)])
server('device-snapshot-missing', [of('snapshot', NOWHERE)])
server('device-image-missing', [of('image', NOWHERE, volume_size=1)])
server('device-volume-not-bootable', [of('volume', blank)])
server('device-volume-of-others', [of('volume', root)], token=bob, networks=[{'uuid': nets['shared-net']}])
server('device-min-disk', [of('image', debian, volume_size=1)], flavor='m1.small')
server('device-min-ram', [of('image', debian, volume_size=2)])
server('device-volume-min-ram', [of('volume', wide)])
server('device-image-queued', [of('image', images['alice-queued'], volume_size=1)])
server('device-image-min-ram-too', [of('image', debian, volume_size=2)], debian)
server('device-count', [of('volume', root)], min_count=2, max_count=2)
server('device-ephemeral-too-large', [new, {'source_type': 'blank', 'destination_type': 'local', 'boot_index': -1,
                                            'volume_size': 5}])
server('no-image-no-device', None)
server('zero-disk', None, tiny, flavor='c1.micro')

# A new volume of an image, deleted with the server.
V = server('device-new', [dict(new, delete_on_termination=True)], tiny, flavor='c1.micro')
built(V, alice)
rec('server-show-on-volume', 'GET', V, alice)
rec('server-show-on-volume-new', 'GET', V, alice, headers={'OpenStack-API-Version': 'compute 2.100'})
rec('server-volumes', 'GET', V + '/os-volume_attachments', alice)
one = rec('server-volumes-new', 'GET', V + '/os-volume_attachments', alice, headers={
    'OpenStack-API-Version': 'compute 2.89'}).json()['volumeAttachments'][0]['volumeId']
rec('server-volume-show', 'GET', V + '/os-volume_attachments/' + one, alice)
rec('server-volume-missing', 'GET', V + '/os-volume_attachments/' + NOWHERE, alice)
rec('volume-show-in-use', 'GET', C + '/volumes/' + one, alice)
rec('volume-delete-in-use', 'DELETE', C + '/volumes/' + one, alice)
server('device-volume-in-use', [of('volume', one)])
rec('server-delete-on-volume', 'DELETE', V, alice)
gone(V, alice)
gone(C + '/volumes/' + one, alice)
rec('volume-show-after-server', 'GET', C + '/volumes/' + one, alice)

# A volume that stays; a snapshot of the server, and a launch from that.
V = server('device-volume', [of('volume', root), of('blank', volume_size=1, boot_index=-1, delete_on_termination=True)],
           version='2.67')
built(V, alice)
rec('server-show-on-kept-volume', 'GET', V, alice)
rec('servers-detail-on-volume', 'GET', NV + '/servers/detail?name=rec-boot', alice)
rec('server-snapshot-on-volume', 'POST', V + '/action', alice, js={'createImage': {'name': 'rec-image', 'metadata': {'a': 'b'}}},
    headers={'OpenStack-API-Version': 'compute 2.45'})
i = S.get(GL + '/v2/images?name=rec-image', headers={'X-Auth-Token': alice}).json()['images'][0]['id']
rec('snapshot-image-of-volume-show', 'GET', GL + '/v2/images/' + i, alice)
made = [s for s in S.get(C + '/snapshots', headers={'X-Auth-Token': alice}).json()['snapshots'] if s['id'] != snap]
for s in made:
    settle(C + '/snapshots/' + s['id'], alice, 'available')
rec('volume-snapshots-of-server', 'GET', C + '/snapshots/detail?volume_id=' + root, alice)
built(V, alice)
rec('server-delete-on-kept-volume', 'DELETE', V, alice)
gone(V, alice)
settle(RO, alice, 'available')
rec('volume-show-kept', 'GET', RO, alice)
V = server('of-volume-snapshot', None, i, name='rec-again')
built(V, alice)
rec('server-show-of-volume-snapshot', 'GET', V, alice)
vs = [a['volumeId'] for a in S.get(V + '/os-volume_attachments', headers={'X-Auth-Token': alice}).json()['volumeAttachments']]
rec('server-volumes-of-volume-snapshot', 'GET', V + '/os-volume_attachments', alice)
rec('server-delete-of-volume-snapshot', 'DELETE', V, alice)
gone(V, alice)
rec('snapshot-image-delete', 'DELETE', GL + '/v2/images/' + i, alice)

# A volume snapshot.
V = server('device-snapshot', [of('snapshot', snap, delete_on_termination=True)], name='rec-of-snap')
built(V, alice)
rec('server-show-of-snapshot', 'GET', V, alice)
rec('server-delete-of-snapshot', 'DELETE', V, alice)
gone(V, alice)

# A quota of Cinder's is seen when it is too late.
rec('cinder-quota-set-none', 'PUT', CA + '/os-quota-sets/%s' % quota, admin, js={'quota_set': {'volumes': 0}})
V = server('device-quota', [dict(new, delete_on_termination=True)], token=quinn, networks=[{'uuid': nets['shared-net']}])
built(V, quinn, 'ERROR')
rec('server-show-no-volume', 'GET', V, quinn)
rec('server-delete-no-volume', 'DELETE', V, quinn)
gone(V, quinn)
rec('cinder-quota-reset', 'DELETE', CA + '/os-quota-sets/%s' % quota, admin)

for s in S.get(C + '/snapshots', headers={'X-Auth-Token': alice}).json()['snapshots']:
    S.delete(C + '/snapshots/' + s['id'], headers={'X-Auth-Token': alice})
    gone(C + '/snapshots/' + s['id'], alice)
for v in vs + [blank, root, wide]:
    S.delete(C + '/volumes/' + v, headers={'X-Auth-Token': alice})


# ---------------------------------------------------------------- Neutron: ports and security groups
def make(kind, slug, token=None, **more):
    return rec('%s-create-%s' % (kind.replace('_', '-'), slug), 'POST', NT + '/%ss' % kind.replace('_', '-'), token or alice, js={kind: more})


group = make('security_group', 'ok', name='rec-web', description='Web servers').json()['security_group']['id']
G = NT + '/security-groups/' + group
rec('security-group-show', 'GET', G, alice)
rec('security-groups-of-name', 'GET', NT + '/security-groups?name=rec-web', alice)
rec('security-group-by-other', 'GET', G, bob)
rec('security-group-rename', 'PUT', G, alice, js={'security_group': {'name': 'rec-www', 'description': 'x'}})
make('security_group', 'by-reader', rita, name='rec-x')


def rule(slug, token=None, **more):
    r = make('security_group_rule', slug, token, **dict({'security_group_id': group, 'direction': 'ingress'}, **more))
    return r.json().get('security_group_rule', {}).get('id')


one = rule('tcp', protocol='tcp', port_range_min=80, port_range_max=80, remote_ip_prefix='0.0.0.0/0', description='HTTP')
rule('tcp-again', protocol='tcp', port_range_min=80, port_range_max=80, remote_ip_prefix='0.0.0.0/0')
rule('icmp', protocol='icmp', ethertype='IPv4')
rule('remote-group', protocol='tcp', port_range_min=22, port_range_max=22, remote_group_id=group)
rule('reversed', protocol='tcp', port_range_min=90, port_range_max=80)
rule('port-too-high', protocol='tcp', port_range_min=70000, port_range_max=70000)
rule('port-alone', port_range_min=80, port_range_max=80)
rule('protocol-unknown', protocol='magic')
rule('direction-unknown', direction='sideways')
rule('prefix-bad', protocol='tcp', remote_ip_prefix='nope')
rule('prefix-and-group', protocol='tcp', remote_ip_prefix='10.0.0.0/8', remote_group_id=group)
rule('group-missing', security_group_id=NOWHERE)
rule('by-other', bob)
rec('security-group-rules', 'GET', NT + '/security-group-rules?security_group_id=%s&direction=ingress' % group, alice)
rec('security-group-rule-show', 'GET', NT + '/security-group-rules/' + one, alice)
rec('security-group-rule-delete', 'DELETE', NT + '/security-group-rules/' + one, alice)
rec('security-group-rule-deleted', 'GET', NT + '/security-group-rules/' + one, alice)

subnet = rec('subnets-of-network', 'GET', NT + '/subnets?network_id=' + net, alice).json()['subnets'][0]['id']
shared = nets['shared-net']
port = make('port', 'address', network_id=net, name='rec-port', security_groups=[group],
            fixed_ips=[{'ip_address': '10.20.0.200'}]).json()['port']['id']
P = NT + '/ports/' + port
rec('port-show', 'GET', P, alice)
rec('port-by-other', 'GET', P, bob)
make('port', 'address-taken', network_id=net, name='rec-x', fixed_ips=[{'ip_address': '10.20.0.200'}])
make('port', 'address-outside', network_id=net, name='rec-x', fixed_ips=[{'ip_address': '192.168.9.9'}])
make('port', 'address-bad', network_id=net, name='rec-x', fixed_ips=[{'ip_address': 'nope'}])
make('port', 'subnet-missing', network_id=net, name='rec-x', fixed_ips=[{'subnet_id': NOWHERE}])
make('port', 'network-missing', network_id=NOWHERE, name='rec-x')
make('port', 'no-network', name='rec-x')
make('port', 'group-missing', network_id=net, name='rec-x', security_groups=[NOWHERE])
make('port', 'of-others-network', network_id=nets['demo-net'], token=bob, name='rec-x')
make('port', 'by-reader', rita, network_id=net, name='rec-x')
make('port', 'unknown-key', network_id=net, name='rec-x', colour='red')
two = make('port', 'subnet', network_id=net, name='rec-port-2', fixed_ips=[{'subnet_id': subnet}], admin_state_up=False,
           description='Second').json()['port']['id']
rec('ports-of-network', 'GET', NT + '/ports?network_id=%s&status=DOWN&device_owner=' % net, alice)
rec('ports-of-name', 'GET', NT + '/ports?name=rec-port-2&fields=id&fields=name', alice)
rec('ports-of-address', 'GET', NT + '/ports?fixed_ips=ip_address%3D10.20.0.200', alice)
rec('port-rename', 'PUT', NT + '/ports/' + two, alice, js={'port': {'name': 'rec-renamed', 'security_groups': []}})
rec('port-address', 'PUT', NT + '/ports/' + two, alice, js={'port': {'fixed_ips': [{'ip_address': '10.20.0.201'}]}})

# Nova with these.
server('port-missing', None, tiny, networks=[{'port': NOWHERE}])
server('port-count', None, tiny, networks=[{'port': port}], min_count=2, max_count=2)
server('address-taken', None, tiny, networks=[{'uuid': net, 'fixed_ip': '10.20.0.200'}])
V = server('address-outside', None, tiny, networks=[{'uuid': net, 'fixed_ip': '192.168.9.9'}])
built(V, alice, 'ERROR')
rec('server-show-address-outside', 'GET', V, alice)
rec('server-delete-address-outside', 'DELETE', V, alice)
gone(V, alice)
# A shared network gives members no address of their choice.
make('port', 'address-shared', network_id=shared, name='rec-x', fixed_ips=[{'ip_address': '10.10.0.210'}])
V = server('address-shared', None, tiny, networks=[{'uuid': shared, 'fixed_ip': '10.10.0.210'}])
built(V, alice, 'ERROR')
rec('server-show-address-shared', 'GET', V, alice)
rec('server-delete-address-shared', 'DELETE', V, alice)
gone(V, alice)
server('address-count', None, tiny, networks=[{'uuid': net, 'fixed_ip': '10.20.0.210'}], min_count=2, max_count=2)
server('network-of-others', None, tiny, networks=[{'uuid': nets['demo-net']}], token=bob)
server('port-of-others', None, tiny, networks=[{'port': port}], token=bob)
server('port-twice', None, tiny, networks=[{'port': port}, {'port': port}])
V = server('port', None, tiny, networks=[{'port': port}, {'uuid': shared}],
           security_groups=[{'name': 'rec-www'}])
built(V, alice)
rec('server-show-on-port', 'GET', V, alice)
rec('server-interfaces', 'GET', V + '/os-interface', alice)
sid = V.rsplit('/', 1)[1]
rec('ports-of-server', 'GET', NT + '/ports?device_id=' + sid, alice)
server('port-in-use', None, tiny, networks=[{'port': port}])
rec('security-group-delete-in-use', 'DELETE', G, alice)
rec('server-delete-on-port', 'DELETE', V, alice)
gone(V, alice)
rec('port-show-after-server', 'GET', P, alice)
rec('ports-after-server', 'GET', NT + '/ports?device_id=' + sid, alice)
for one in (port, two):
    rec('port-delete', 'DELETE', NT + '/ports/' + one, alice)
rec('port-delete-again', 'DELETE', P, alice)
rec('security-group-delete', 'DELETE', G, alice)
