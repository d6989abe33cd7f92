#!/usr/bin/env python3
"""Records exchanges with the freshly seeded real cloud, for demo/tests/contract: ./record.py FOLDER

One JSON file per call, in the form of the 290 transcripts that the project began with, whose numbers end at 315: these
begin at 401 and go beyond them (bad input, filters, refusals). Tokens are replaced by labels. Deletes what it makes.
"""
import os
import uuid

from recorder import H, KS, GL, NV, NT, S, PATCH, NOWHERE, begin, login, rec, user, wait

STATE = os.environ.get('OSUP_STATE', '/var/tmp/sextant-openstack')
begin(400)


def auth(slug, body):
    rec('auth-' + slug, 'POST', KS + '/auth/tokens', js=body)


alice, demo, alice_id = login('alice', 'demo')
bob, other, bob_id = login('bob', 'other')
rita, _, _ = login('rita', 'demo')
quinn, quota, _ = login('quinn', 'quota')
admin, admin_project, _ = login('admin', 'admin')

# ---------------------------------------------------------------- Keystone
good = {'identity': {'methods': ['password'], 'password': {'user': user('alice')}}}
auth('no-auth', {})
auth('list', [])
auth('methods-empty', {'auth': {'identity': {'methods': []}}})
auth('methods-unknown', {'auth': {'identity': {'methods': ['magic'], 'magic': {}}}})
auth('method-without-body', {'auth': {'identity': {'methods': ['password']}}})
auth('password-without-user', {'auth': {'identity': {'methods': ['password'], 'password': {}}}})
auth('user-without-domain', {'auth': {'identity': {'methods': ['password'], 'password': {'user': {
    'name': 'alice', 'password': 'password'}}}}})
auth('user-unknown', {'auth': {'identity': {'methods': ['password'], 'password': {'user': user('nobody')}}}})
auth('scope-unknown-project', {'auth': dict(good, scope={'project': {'id': 'f' * 32}})})
auth('scope-empty', {'auth': dict(good, scope={})})
auth('token-bad', {'auth': {'identity': {'methods': ['token'], 'token': {'id': 'gAAAAABnot-a-token'}}}})
auth('appcred-unknown', {'auth': {'identity': {'methods': ['application_credential'], 'application_credential': {
    'id': 'f' * 32, 'secret': 'x'}}}})
rec('auth-not-json', 'POST', KS + '/auth/tokens', raw='{nope')
rec('token-validate-nothing', 'GET', KS + '/auth/tokens', alice)
rec('token-validate-bad', 'GET', KS + '/auth/tokens', alice, headers={'X-Subject-Token': 'gAAAAABnot-a-token'})
rec('users-by-member', 'GET', KS + '/users', alice)
rec('projects-by-member', 'GET', KS + '/projects', alice)
rec('project-own', 'GET', KS + '/projects/' + demo, alice)
rec('project-of-others', 'GET', KS + '/projects/' + other, alice)
rec('project-missing', 'GET', KS + '/projects/' + 'f' * 32, admin)
rec('project-create-by-member', 'POST', KS + '/projects', alice, js={'project': {'name': 'more-x', 'domain_id': 'default'}})
rec('project-create-nameless', 'POST', KS + '/projects', admin, js={'project': {'domain_id': 'default'}})
rec('project-create-long-name', 'POST', KS + '/projects', admin, js={'project': {
    'name': 'x' * 65, 'domain_id': 'default'}})
rec('user-create-by-member', 'POST', KS + '/users', alice, js={'user': {'name': 'more-x'}})
rec('user-create-nameless', 'POST', KS + '/users', admin, js={'user': {'domain_id': 'default'}})
rec('user-missing', 'GET', KS + '/users/' + 'f' * 32, admin)
rec('user-projects', 'GET', KS + '/users/%s/projects' % alice_id, alice)
rec('assignments-by-member', 'GET', KS + '/role_assignments?user.id=' + alice_id, alice)
rec('password-wrong', 'POST', KS + '/users/%s/password' % alice_id, alice, js={'user': {
    'original_password': 'wrong', 'password': 'password'}})
rec('keystone-nothing', 'GET', KS + '/nothing', alice)
creds = KS + '/users/%s/application_credentials' % alice_id
rec('appcred-create-nameless', 'POST', creds, alice, js={'application_credential': {}})
rec('appcred-create-past', 'POST', creds, alice, js={'application_credential': {
    'name': 'more-past', 'expires_at': '2001-01-01T00:00:00.000000'}})
rec('appcred-create-bad-date', 'POST', creds, alice, js={'application_credential': {
    'name': 'more-date', 'expires_at': 'tomorrow'}})
r = rec('appcred-create', 'POST', creds, alice, js={'application_credential': {
    'name': 'more-cred', 'description': 'for scripts', 'roles': [{'name': 'reader'}],
    'expires_at': '2099-01-01T00:00:00.000000'}})
cred = r.json()['application_credential']['id']
rec('appcred-create-again', 'POST', creds, alice, js={'application_credential': {'name': 'more-cred'}})
rec('appcred-create-role-missing', 'POST', creds, alice, js={'application_credential': {
    'name': 'more-role', 'roles': [{'name': 'admin'}]}})
rec('appcred-show', 'GET', creds + '/' + cred, alice)
rec('appcred-list', 'GET', creds, alice)
rec('appcred-of-others', 'GET', creds, bob)
auth('appcred-wrong-secret', {'auth': {'identity': {'methods': ['application_credential'], 'application_credential': {
    'id': cred, 'secret': 'wrong'}}}})
rec('appcred-delete', 'DELETE', creds + '/' + cred, alice)
rec('appcred-delete-again', 'DELETE', creds + '/' + cred, alice)

# ---------------------------------------------------------------- Glance: learn the ids of what is there
IM = GL + '/v2/images'
imgs = {i['name']: i['id'] for i in rec('images-list-all', 'GET', IM + '?visibility=all', alice).json()['images']}
imgs.update({i['name']: i['id'] for i in rec(
    'images-list-bobs', 'GET', IM + '?visibility=shared', bob).json()['images']})
for slug, query in (
        ('limit-0', 'limit=0'), ('limit-word', 'limit=many'), ('sort-dir-bad', 'sort=name:up'),
        ('sort-key-bad', 'sort_key=colour'), ('sort-both', 'sort=name&sort_key=size'),
        ('date-bad', 'created_at=gt:yesterday'), ('date-operator-bad', 'created_at=near:2026-01-01T00:00:00Z'),
        ('date-gte', 'created_at=gte:2001-01-01T00:00:00Z'), ('size-word', 'size_min=big'),
        ('size-negative', 'size_min=-1'), ('protected', 'protected=true'), ('protected-bad', 'protected=perhaps'),
        ('hidden-bad', 'os_hidden=perhaps'), ('status', 'status=queued'), ('status-in', 'status=in:queued,deactivated'),
        ('property', 'os_distro=debian'), ('property-unknown', 'colour=red'), ('container', 'container_format=bare'),
        ('member-status-bad', 'visibility=shared&member_status=perhaps'),
        ('member-status-all', 'visibility=shared&member_status=all'),
        ('name', 'name=alice-raw'), ('name-nobodys', 'name=nobody'), ('name-unbalanced', 'name=in:"open'),
        ('id-in', 'id=in:%s,%s' % (imgs['debian-12'], NOWHERE)), ('min-ram', 'min_ram_max=0&visibility=private'),
        ('sorted-page', 'limit=2&sort=name:desc&visibility=private')):
    rec('images-list-' + slug, 'GET', IM + '?' + query, alice)
for slug, path in (('nothing', '/v2/nothing'), ('schema-nothing', '/v2/schemas/nothing'), 
                   ('schema-members', '/v2/schemas/members'), ('info-nothing', '/v2/info/nothing'),
                   ('tasks-by-member', '/v2/tasks'), ('image-tasks-missing', '/v2/images/%s/tasks' % NOWHERE),
                   ('image-members-missing', '/v2/images/%s/members' % NOWHERE)):
    rec('glance-' + slug, 'GET', GL + path, alice)


def create(slug, **body):
    return rec('image-create-' + slug, 'POST', IM, alice, js=body)


rec('image-create-no-body', 'POST', IM, alice, raw='')
rec('image-create-not-json', 'POST', IM, alice, raw='{nope')
create('name-number', name=7)
create('name-long', name='x' * 256)
create('tags-word', name='more-x', tags='a')
create('tag-long', name='more-x', tags=['x' * 256])
create('property-null', name='more-x', colour=None)
create('property-name-long', **{'name': 'more-x', 'x' * 256: 'a'})
create('protected-word', name='more-x', protected='yes')
create('visibility-bad', name='more-x', visibility='secret')
create('min-disk-word', name='more-x', min_disk='1')
create('min-disk-huge', name='more-x', min_disk=2 ** 31)
create('status', name='more-x', status='active')
create('size', name='more-x', size=1)
create('checksum', name='more-x', checksum='x')
create('reserved', name='more-x', os_glance_x='1')
create('location', name='more-x', location='x')
create('self', name='more-x', self='x')
i = create('ok', name='more-ok', disk_format='qcow2', container_format='bare', tags=['b', 'a', 'b'],
           description='Ein Bild – 镜像', os_distro='debian').json()['id']
I = IM + '/' + i


def patch(slug, ops, token=None, url=None, kind=PATCH):
    rec('image-patch-' + slug, 'PATCH', url or I, token or alice, js=ops, kind=kind)


def op(name, path, *value):
    return dict({'op': name, 'path': path}, **({'value': value[0]} if value else {}))


patch('empty', [])
patch('add-property', [op('add', '/colour', 'red')])
patch('add-again', [op('add', '/colour', 'blue')])
patch('replace-missing', [op('replace', '/shape', 'round')])
patch('remove-base', [op('remove', '/name')])
patch('op-unknown', [op('move', '/colour', 'x')])
patch('no-op', [{'path': '/colour', 'value': 'x'}])
patch('no-path', [{'op': 'add', 'value': 'x'}])
patch('no-value', [op('add', '/colour')])
patch('path-without-slash', [op('add', 'colour', 'x')])
patch('path-deep', [op('add', '/colour/deep', 'x')])
patch('path-escaped', [op('add', '/a~1b', 'x')])
patch('path-escape-bad', [op('add', '/a~2b', 'x')])
patch('remove-escaped', [op('remove', '/a~1b')])
patch('value-number', [op('add', '/colour', 7)])
patch('value-null', [op('add', '/colour', None)])
patch('tags-word', [op('replace', '/tags', 'a')])
patch('tags-same-twice', [op('replace', '/tags', ['a', 'a'])])
patch('name-null', [op('replace', '/name', None)])
patch('name-back', [op('replace', '/name', 'more-ok')])
patch('protected-word', [op('replace', '/protected', 'yes')])
patch('hidden', [op('replace', '/os_hidden', True)])
patch('shown', [op('replace', '/os_hidden', False)])
patch('format-while-queued', [op('replace', '/disk_format', 'raw')])
patch('format-null', [op('replace', '/disk_format', None)])
patch('format-back', [op('replace', '/disk_format', 'qcow2')])
patch('id', [op('replace', '/id', NOWHERE)])
patch('owner', [op('replace', '/owner', other)])
patch('reserved', [op('add', '/os_glance_x', 'x')])
patch('reserved-location', [op('add', '/location', 'x')])
patch('locations', [op('replace', '/locations', [])])
patch('half-bad', [op('add', '/good', 'x'), op('replace', '/min_ram', -1)])
patch('missing-image', [op('add', '/x', 'x')], url=IM + '/' + NOWHERE)
patch('media-type-2.0', [{'replace': '/name', 'value': 'more-ok'}], kind='application/openstack-images-v2.0-json-patch')
rec('image-patch-not-json', 'PATCH', I, alice, raw='[nope', kind=PATCH)
rec('image-show-patched', 'GET', I, alice)
rec('image-put', 'PUT', I, alice, js={})
rec('image-deactivate-queued', 'POST', I + '/actions/deactivate', alice)
rec('image-reactivate-queued', 'POST', I + '/actions/reactivate', alice)
rec('image-action-unknown', 'POST', I + '/actions/dance', alice)

with open(STATE + '/files/tiny.qcow2', 'rb') as f:
    tiny = f.read()
rec('image-upload-missing', 'PUT', IM + '/%s/file' % NOWHERE, alice, data=tiny)
rec('image-upload-by-bob', 'PUT', I + '/file', bob, data=tiny)
rec('image-download-missing', 'GET', IM + '/%s/file' % NOWHERE, alice)


def post_import(slug, body, token=None, url=None):
    rec('image-import-' + slug, 'POST', (url or I) + '/import', token or alice, js=body)


post_import('empty', {})
post_import('method-nameless', {'method': {}})
post_import('no-uri', {'method': {'name': 'web-download'}})
post_import('store-unknown', {'method': {'name': 'web-download', 'uri': H + '8097/tiny.qcow2'}, 'stores': ['moon']})
post_import('stores-and-all', {'method': {'name': 'web-download', 'uri': H + '8097/tiny.qcow2'},
                               'stores': ['local'], 'all_stores': True})
post_import('copy-queued', {'method': {'name': 'copy-image'}, 'stores': ['archive']}, admin)
post_import('by-reader', {'method': {'name': 'web-download', 'uri': H + '8097/tiny.qcow2'}}, rita)
post_import('missing', {'method': {'name': 'web-download', 'uri': H + '8097/tiny.qcow2'}}, url=IM + '/' + NOWHERE)
rec('image-stage-by-reader', 'PUT', I + '/stage', rita, data=tiny)
rec('image-stage-json', 'PUT', I + '/stage', alice, raw='{}')
rec('image-stage', 'PUT', I + '/stage', alice, data=tiny)
rec('image-stage-again', 'PUT', I + '/stage', alice, data=tiny)
rec('image-upload-staged', 'PUT', I + '/file', alice, data=tiny)
rec('image-show-staged', 'GET', I, alice)
post_import('glance-direct', {'method': {'name': 'glance-direct'}})
wait(I, alice, lambda r: r.json()['status'] == 'active' and 'os_glance_import_task' not in r.json())
rec('image-show-active', 'GET', I, alice)
post_import('active', {'method': {'name': 'glance-direct'}})
rec('image-stage-active', 'PUT', I + '/stage', alice, data=tiny)
for slug, value in (('middle', 'bytes=16-31'), ('open', 'bytes=524280-'), ('suffix', 'bytes=-16'), ('backwards', 'bytes=5-2'),
                    ('beyond', 'bytes=0-99999999'), ('several', 'bytes=0-1,4-5'), ('other-unit', 'items=0-1')):
    rec('image-download-range-' + slug, 'GET', I + '/file', alice, headers={'Range': value})
rec('image-reactivate-active', 'POST', I + '/actions/reactivate', alice)
rec('image-deactivate-missing', 'POST', IM + '/%s/actions/deactivate' % NOWHERE, alice)
rec('image-deactivate-by-bob', 'POST', I + '/actions/deactivate', bob)
rec('store-delete-unknown', 'DELETE', GL + '/v2/stores/moon/' + i, admin)
rec('store-delete-last', 'DELETE', GL + '/v2/stores/local/' + i, admin)
rec('store-delete-missing', 'DELETE', GL + '/v2/stores/local/' + NOWHERE, admin)
rec('store-delete-not-there', 'DELETE', GL + '/v2/stores/archive/' + i, admin)

# members and tags
M = I + '/members'
rec('member-list-empty', 'GET', M, alice)
rec('member-add-nobody', 'POST', M, alice, js={})
rec('member-add-empty', 'POST', M, alice, js={'member': ''})
rec('member-add-by-reader', 'POST', M, rita, js={'member': other})
rec('member-add-by-other', 'POST', M, bob, js={'member': other})
rec('member-add', 'POST', M, alice, js={'member': other})
rec('member-show-owner', 'GET', M + '/' + other, alice)
rec('member-show-member', 'GET', M + '/' + other, bob)
rec('member-show-missing', 'GET', M + '/' + NOWHERE, alice)
rec('member-list-member', 'GET', M, bob)
rec('member-list-stranger', 'GET', M, quinn)
rec('member-add-by-member', 'POST', M, bob, js={'member': quota})
rec('member-update-no-status', 'PUT', M + '/' + other, bob, js={})
rec('member-update-missing', 'PUT', M + '/' + NOWHERE, bob, js={'status': 'accepted'})
rec('member-reject', 'PUT', M + '/' + other, bob, js={'status': 'rejected'})
rec('member-image-after-reject', 'GET', I, bob)
rec('member-delete-by-member', 'DELETE', M + '/' + other, bob)
rec('member-delete', 'DELETE', M + '/' + other, alice)
rec('member-delete-again', 'DELETE', M + '/' + other, alice)
rec('member-list-public', 'GET', IM + '/%s/members' % imgs['cirros-tiny'], alice)
rec('tag-add', 'PUT', I + '/tags/red', alice)
rec('tag-add-again', 'PUT', I + '/tags/red', alice)
rec('tag-add-long', 'PUT', I + '/tags/' + 'x' * 256, alice)
rec('tag-add-by-reader', 'PUT', I + '/tags/green', rita)
rec('tag-add-missing-image', 'PUT', IM + '/%s/tags/green' % NOWHERE, alice)
rec('tag-remove', 'DELETE', I + '/tags/red', alice)
rec('tag-remove-again', 'DELETE', I + '/tags/red', alice)
rec('image-delete', 'DELETE', I, alice)
rec('image-delete-again', 'DELETE', I, alice)
rec('image-show-gone', 'GET', I, alice)

# an id of one's own, and a file of no bytes
own = str(uuid.uuid4())
rec('image-create-own-id', 'POST', IM, alice, js={
    'id': own, 'name': 'more-own-id', 'disk_format': 'raw', 'container_format': 'bare'})
rec('image-delete-own-id', 'DELETE', IM + '/' + own, alice)
rec('image-create-deleted-id', 'POST', IM, alice, js={'id': own, 'name': 'more-own-id'})

# ---------------------------------------------------------------- Nova
fl = {x['name']: x['id'] for x in rec('flavors-detail', 'GET', NV + '/flavors/detail', alice).json()['flavors']}
nets = {n['name']: n['id'] for n in rec('networks', 'GET', NT + '/networks', alice).json()['networks']}
tiny_fl, net, image = fl['m1.tiny'], nets['demo-net'], imgs['cirros-tiny']
for slug, path in (
        ('flavor-missing', '/flavors/' + NOWHERE), ('flavor-show', '/flavors/' + tiny_fl),
        ('flavor-specs', '/flavors/%s/os-extra_specs' % tiny_fl), ('flavors-limit-bad', '/flavors?limit=x'),
        ('flavors-sort-bad', '/flavors?sort_key=colour'), ('servers-limit-negative', '/servers?limit=-1'),
        ('servers-all-tenants', '/servers?all_tenants=1'), ('servers-since-bad', '/servers?changes-since=yesterday'),
        ('servers-sort-bad', '/servers?sort_key=colour'), ('servers-marker-missing', '/servers?marker=' + NOWHERE),
        ('servers-name', '/servers?name=nobody'), ('servers-status-unknown', '/servers?status=DANCING'),
        ('nova-nothing', '/nothing'), ('keypair-missing', '/os-keypairs/nope'),
        ('zones-detail-by-member', '/os-availability-zone/detail'),
        ('quota-own', '/os-quota-sets/' + demo),
        ('quota-of-others', '/os-quota-sets/' + other), ('quota-defaults', '/os-quota-sets/%s/defaults' % demo),
        ('quota-detail', '/os-quota-sets/%s/detail' % demo), ('group-missing', '/os-server-groups/' + NOWHERE),
        ('groups', '/os-server-groups')):
    rec('nova-' + slug, 'GET', NV + path, alice)
for slug, version in (('word', 'compute new'), ('old', 'compute 1.1'), ('other-service', 'volume 3.0'), ('latest', 'compute latest')):
    rec('nova-microversion-' + slug, 'GET', NV + '/servers', alice, headers={'OpenStack-API-Version': version})
rec('nova-quota-update-by-member', 'PUT', NV + '/os-quota-sets/' + demo, alice, js={'quota_set': {'cores': 1}})
rec('nova-quota-update-bad', 'PUT', NV + '/os-quota-sets/' + demo, admin, js={'quota_set': {'cores': -5}})
rec('nova-flavor-create-by-member', 'POST', NV + '/flavors', alice, js={'flavor': {
    'name': 'more-f', 'vcpus': 1, 'ram': 1, 'disk': 1}})
rec('nova-flavor-create-no-ram', 'POST', NV + '/flavors', admin, js={'flavor': {'name': 'more-f', 'vcpus': 1, 'disk': 1}})
rec('nova-flavor-create-no-vcpus', 'POST', NV + '/flavors', admin, js={'flavor': {
    'name': 'more-f', 'vcpus': 0, 'ram': 1, 'disk': 1}})
key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIACWMT2kD0qYJRcpFQZJIf8x4S7tKNjGh9M+XaGJuMUC more'
for slug, body in (('ok', {'name': 'more-key', 'public_key': key}), ('again', {'name': 'more-key', 'public_key': key}),
                   ('bad', {'name': 'more-bad', 'public_key': 'ssh-rsa nope'}), ('name-bad', {'name': 'a/b', 'public_key': key}),
                   ('nameless', {'public_key': key})):
    rec('keypair-create-' + slug, 'POST', NV + '/os-keypairs', alice, js={'keypair': body})
rec('keypair-show', 'GET', NV + '/os-keypairs/more-key', alice)
rec('keypair-delete', 'DELETE', NV + '/os-keypairs/more-key', alice)
rec('keypair-delete-again', 'DELETE', NV + '/os-keypairs/more-key', alice)
for slug, version, body in (('no-policies', '2.1', {'name': 'more-g'}), ('bad-policy', '2.1', {'name': 'more-g', 'policies': ['chaos']}),
                            ('ok', '2.64', {'name': 'more-g', 'policy': 'anti-affinity'})):
    r = rec('group-create-' + slug, 'POST', NV + '/os-server-groups', alice, js={'server_group': body},
            headers={'OpenStack-API-Version': 'compute ' + version})
group = NV + '/os-server-groups/' + r.json()['server_group']['id']
rec('group-show', 'GET', group, alice)
rec('group-show-2.64', 'GET', group, alice, headers={'OpenStack-API-Version': 'compute 2.64'})
rec('group-delete', 'DELETE', group, alice)
rec('group-delete-again', 'DELETE', group, alice)


def server(slug, version=None, drop=(), token=None, **more):
    body = dict({'name': 'more-' + slug, 'imageRef': image, 'flavorRef': tiny_fl, 'networks': [{'uuid': net}]}, **more)
    body = {k: v for k, v in body.items() if k not in drop}
    headers = {'OpenStack-API-Version': 'compute ' + version} if version else {}
    return rec('server-create-' + slug, 'POST', NV + '/servers', token or alice, js={'server': body}, headers=headers)


server('nameless', drop=['name'])
server('no-image', drop=['imageRef'])
server('no-flavor', drop=['flavorRef'])
server('name-empty', name='')
server('name-blank', name='  ')
server('image-word', imageRef='nope')
server('image-number', imageRef=7)
server('networks-empty', networks=[])
server('networks-word', networks='demo-net')
server('network-by-name', networks=[{'uuid': 'demo-net'}])
server('user-data-bad', user_data='not base64!')
server('metadata-number', metadata={'a': 1})
server('metadata-key-long', metadata={'x' * 256: 'a'})
server('count-reversed', min_count=3, max_count=2)
server('count-zero', min_count=0)
server('config-drive-bad', config_drive='perhaps')
server('group-missing', security_groups=[{'name': 'nope'}])
server('unknown-key', colour='red')
server('description-too-old', description='x')
server('tags-too-old', tags=['a'])
server('hostname-bad', '2.90', hostname='bad host')
server('keypair-missing', key_name='nope')
rec('server-create-hint-missing-group', 'POST', NV + '/servers', alice, js={
    'server': {'name': 'more-hint', 'imageRef': image, 'flavorRef': tiny_fl, 'networks': [{'uuid': net}]},
    'os:scheduler_hints': {'group': NOWHERE}})
rec('server-create-empty', 'POST', NV + '/servers', alice, js={})
rec('server-create-not-json', 'POST', NV + '/servers', alice, raw='{nope')
s = server('ok', '2.52', tags=['one'], metadata={'a': 'b'}, description='Ein Server').json()['server']['id']
V = NV + '/servers/' + s


def state(url, token, want):
    wait(url, token, lambda r: r.json()['server']['status'] == want and not r.json()['server']['OS-EXT-STS:task_state'])


state(V, alice, 'ACTIVE')
rec('server-show-active', 'GET', V, alice, headers={'OpenStack-API-Version': 'compute 2.52'})
rec('server-show-by-other', 'GET', V, bob)
rec('server-delete-by-reader', 'DELETE', V, rita)
rec('server-rename', 'PUT', V, alice, js={'server': {'name': 'more-renamed'}})
rec('server-rename-empty', 'PUT', V, alice, js={'server': {'name': ''}})
rec('server-metadata', 'GET', V + '/metadata', alice)
rec('server-metadata-add', 'POST', V + '/metadata', alice, js={'metadata': {'c': 'd'}})
rec('server-metadata-item', 'GET', V + '/metadata/c', alice)
rec('server-metadata-item-missing', 'GET', V + '/metadata/z', alice)
rec('server-metadata-replace', 'PUT', V + '/metadata', alice, js={'metadata': {'e': 'f'}})
rec('server-metadata-remove', 'DELETE', V + '/metadata/e', alice)


def act(slug, body, token=None):
    return rec('server-action-' + slug, 'POST', V + '/action', token or alice, js=body)


act('none', {})
act('unknown', {'dance': None})
act('two', {'os-stop': None, 'os-start': None})
act('reboot-bad', {'reboot': {'type': 'HARDLY'}})
act('start-active', {'os-start': None})
act('image-nameless', {'createImage': {}})
act('image-metadata-bad', {'createImage': {'name': 'x', 'metadata': {'a': 1}}})
act('console-length', {'os-getConsoleOutput': {'length': 2}})
act('console-length-bad', {'os-getConsoleOutput': {'length': 'many'}})
act('by-reader', {'os-stop': None}, rita)
act('by-other', {'os-stop': None}, bob)
act('stop', {'os-stop': None})
state(V, alice, 'SHUTOFF')
act('stop-again', {'os-stop': None})
rec('server-delete', 'DELETE', V, alice)
wait(V, alice, lambda r: r.status_code == 404)
rec('server-show-deleted', 'GET', V, alice)
rec('server-delete-again', 'DELETE', V, alice)

# ---------------------------------------------------------------- Neutron
for slug, path in (
        ('networks-name', '/networks?name=demo-net'), ('networks-fields', '/networks?name=demo-net&fields=id&fields=name'),
        ('network-show', '/networks/' + net), ('network-missing', '/networks/' + NOWHERE),
        ('subnet-missing', '/subnets/' + NOWHERE), ('neutron-nothing', '/nothing'), ('networks-limit-bad', '/networks?limit=x'),
        ('networks-sort-bad', '/networks?sort_key=colour&sort_dir=asc'), ('group-missing', '/security-groups/' + NOWHERE)):
    rec('neutron-' + slug, 'GET', NT + path, alice)


def net_post(slug, what, body, token=None):
    return rec('neutron-' + slug, 'POST', NT + '/' + what, token or alice, js=body)


net_post('network-shared-by-member', 'networks', {'network': {'name': 'more-n', 'shared': True}})
net_post('network-by-reader', 'networks', {'network': {'name': 'more-n'}}, rita)
net_post('network-unknown-key', 'networks', {'network': {'name': 'more-n', 'colour': 'red'}})
net_post('network-no-body', 'networks', {})
net_post('subnet-bad-cidr', 'subnets', {'subnet': {'network_id': net, 'ip_version': 4, 'cidr': 'nope'}})
net_post('subnet-overlap', 'subnets', {'subnet': {'network_id': net, 'ip_version': 4, 'cidr': '10.20.0.0/25'}})
net_post('subnet-no-network', 'subnets', {'subnet': {'ip_version': 4, 'cidr': '10.9.0.0/24'}})
sg = net_post('group-create', 'security-groups', {'security_group': {'name': 'more-sg'}}).json()['security_group']['id']
rule = {'security_group_id': sg, 'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 22, 'port_range_max': 22}
net_post('rule-create', 'security-group-rules', {'security_group_rule': rule})
net_post('rule-create-again', 'security-group-rules', {'security_group_rule': rule})
net_post('rule-bad-protocol', 'security-group-rules', {'security_group_rule': dict(rule, protocol='magic')})
net_post('rule-bad-ports', 'security-group-rules', {'security_group_rule': dict(rule, port_range_min=30)})
rec('neutron-group-delete', 'DELETE', NT + '/security-groups/' + sg, alice)
rec('neutron-group-delete-again', 'DELETE', NT + '/security-groups/' + sg, alice)

# ---------------------------------------------------------------- what the administrator sees and may do
i = create('for-admin', name='more-for-admin', disk_format='qcow2', container_format='bare').json()['id']
I = IM + '/' + i
rec('image-show-by-admin', 'GET', I, admin)
patch('by-admin', [op('add', '/colour', 'red')], token=admin)
patch('public-queued-by-admin', [op('replace', '/visibility', 'public')], token=admin)
rec('image-upload-by-admin', 'PUT', I + '/file', admin, data=tiny)
rec('image-show-after-upload', 'GET', I, alice)
rec('image-show-public-by-other', 'GET', I, bob)
rec('image-download-public-by-other', 'GET', I + '/file', bob)
patch('name-of-public-by-owner', [op('replace', '/name', 'more-renamed')])
patch('private-by-owner', [op('replace', '/visibility', 'private')])
patch('owner-by-admin', [op('replace', '/owner', other)], token=admin)
rec('image-show-given-away', 'GET', I, alice)
rec('image-show-received', 'GET', I, bob)
patch('protected-by-owner', [op('replace', '/protected', True)], token=bob)
rec('image-delete-protected-by-admin', 'DELETE', I, admin)
patch('unprotected', [op('replace', '/protected', False)], token=bob)
rec('image-deactivate-by-admin', 'POST', I + '/actions/deactivate', admin)
rec('image-download-deactivated-by-admin', 'GET', I + '/file', admin)
rec('image-deactivate-again', 'POST', I + '/actions/deactivate', admin)
patch('deactivated', [op('add', '/colour', 'blue')], token=bob)
rec('image-delete-deactivated', 'DELETE', I, bob)

# ---------------------------------------------------------------- servers in pages, and what else is told of them
NEW = {'OpenStack-API-Version': 'compute 2.90'}
made = []
for slug in ('first', 'second'):
    made.append(server(slug, '2.90', description=None).json()['server']['id'])
    state(NV + '/servers/' + made[-1], alice, 'ACTIVE')
V = NV + '/servers/' + made[0]
for slug, query in (('page', '?name=more-&limit=1'), ('page-last', '?name=more-&limit=1&marker=' + made[0]),
                    ('by-image', '?name=more-&image=' + image), ('by-flavor', '?name=more-&flavor=' + tiny_fl),
                    ('by-status', '?name=more-&status=ACTIVE'), ('shut', '?name=more-&status=SHUTOFF'),
                    ('sorted', '/detail?name=more-&sort_key=display_name&sort_dir=asc')):
    rec('servers-' + slug, 'GET', NV + '/servers' + query, alice, headers=NEW)
rec('server-show-by-reader', 'GET', V, rita, headers=NEW)
rec('server-tags', 'GET', V + '/tags', alice, headers=NEW)
rec('server-tag-add', 'PUT', V + '/tags/blue', alice, headers=NEW)
rec('server-tag-add-again', 'PUT', V + '/tags/blue', alice, headers=NEW)
rec('server-tag-remove', 'DELETE', V + '/tags/blue', alice, headers=NEW)
rec('server-tag-remove-again', 'DELETE', V + '/tags/blue', alice, headers=NEW)
rec('server-snapshot-2.45', 'POST', V + '/action', alice, js={'createImage': {'name': 'more-snap'}}, headers=NEW)
state(V, alice, 'ACTIVE')
for s in made:
    rec('server-delete', 'DELETE', NV + '/servers/' + s, alice)
    wait(NV + '/servers/' + s, alice, lambda r: r.status_code == 404)
for im in S.get(IM + '?name=more-snap', headers={'X-Auth-Token': alice}).json()['images']:
    rec('image-delete-snap', 'DELETE', IM + '/' + im['id'], alice, save=False)
