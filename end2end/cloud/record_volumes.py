#!/usr/bin/env python3
"""Records what the launch needs of Cinder and Nova's block devices from the freshly seeded real cloud: ./record_volumes.py FOLDER

As record.py, whose numbers end at 771: these begin at 801. Deletes what it makes.
"""
from recorder import CI, GL, NOWHERE, NT, NV, S, begin, login, rec, wait

begin(800)
alice, demo, alice_id = login('alice', 'demo')
bob, other, _ = login('bob', 'other')
rita, _, _ = login('rita', 'demo')
quinn, quota, _ = login('quinn', 'quota')
admin, admin_project, _ = login('admin', 'admin')
C, CO, CQ, CA = (CI + '/' + project for project in (demo, other, quota, admin_project))
images = {i['name']: i['id'] for i in rec('images', 'GET', GL + '/v2/images?limit=100', alice).json()['images']}
tiny, debian, ubuntu = images['cirros-tiny'], images['debian-12'], images['ubuntu-24.04']


# ---------------------------------------------------------------- Cinder: what there is
rec('cinder-versions', 'GET', CI[:-3] + '/')
rec('cinder-version', 'GET', CI + '/')
for who, token in (('alice', alice), ('rita', rita)):
    rec('cinder-types-' + who, 'GET', C + '/types', token)
rec('cinder-type-default', 'GET', C + '/types/default', alice)
rec('cinder-type-missing', 'GET', C + '/types/' + NOWHERE, alice)
rec('cinder-type-create-by-member', 'POST', C + '/types', alice, js={'volume_type': {'name': 'rec-fast'}})
r = rec('cinder-type-create', 'POST', CA + '/types', admin, js={'volume_type': {
    'name': 'rec-fast', 'description': 'Fast disks', 'extra_specs': {'volume_backend_name': 'fake'}}})
fast = r.json()['volume_type']['id']
rec('cinder-type-create-again', 'POST', CA + '/types', admin, js={'volume_type': {'name': 'rec-fast'}})
rec('cinder-type-show', 'GET', C + '/types/' + fast, alice)
rec('cinder-type-show-admin', 'GET', CA + '/types/' + fast, admin)
rec('cinder-limits', 'GET', CO + '/limits', bob)
rec('cinder-zones', 'GET', C + '/os-availability-zone', alice)
rec('cinder-quota-usage', 'GET', CO + '/os-quota-sets/%s?usage=true' % other, bob)
rec('cinder-quota-of-others', 'GET', C + '/os-quota-sets/%s' % other, alice)
rec('cinder-quota-defaults', 'GET', C + '/os-quota-sets/%s/defaults' % demo, alice)
rec('cinder-quota-set-by-member', 'PUT', C + '/os-quota-sets/%s' % demo, alice, js={'quota_set': {'volumes': 99}})
rec('cinder-quota-set', 'PUT', CA + '/os-quota-sets/%s' % quota, admin, js={'quota_set': {
    'volumes': 2, 'gigabytes': 3, 'snapshots': 1}})
rec('cinder-quota-set-unknown', 'PUT', CA + '/os-quota-sets/%s' % quota, admin, js={'quota_set': {'colour': 2}})
rec('cinder-quota-set-bad', 'PUT', CA + '/os-quota-sets/%s' % quota, admin, js={'quota_set': {'volumes': -2}})
rec('cinder-quota-set-word', 'PUT', CA + '/os-quota-sets/%s' % quota, admin, js={'quota_set': {'volumes': 'many'}})
rec('cinder-quota', 'GET', CQ + '/os-quota-sets/%s' % quota, quinn)
for slug, version in (('latest', 'volume latest'), ('old', 'volume 3.53'), ('other', 'compute 2.1'),
                      ('too-new', 'volume 3.999'), ('bad', 'volume x'), ('two', 'volume 2.0')):
    rec('cinder-microversion-' + slug, 'GET', CO + '/volumes', bob, headers={'OpenStack-API-Version': version})
rec('cinder-other-project', 'GET', CO + '/volumes', alice)
rec('cinder-no-route', 'GET', C + '/nonsense', alice)
rec('cinder-no-method', 'PATCH', C + '/volumes', alice)
rec('cinder-volumes-none', 'GET', CO + '/volumes', bob)
rec('cinder-snapshots-none', 'GET', CO + '/snapshots', bob)


# ---------------------------------------------------------------- Cinder: volumes
def volume(slug, token=None, where=None, js=None, version=None, **more):
    headers = {'OpenStack-API-Version': 'volume ' + version} if version else None
    js = {'volume': more} if js is None else js
    return rec('volume-create-' + slug, 'POST', (where or C) + '/volumes', token or alice, js=js, headers=headers)


def settle(url, token, want):
    kind = 'snapshot' if '/snapshots/' in url else 'volume'
    wait(url, token, lambda r: r.json()[kind]['status'] == want)


def gone(url, token):
    wait(url, token, lambda r: r.status_code == 404)


volume('empty', js={})
volume('list', js=[])
volume('word', js={'volume': 'x'})
volume('no-size', name='rec-x')
volume('size-null', name='rec-x', size=None)
volume('size-zero', name='rec-x', size=0)
volume('size-negative', name='rec-x', size=-1)
volume('size-word', name='rec-x', size='big')
volume('size-text', name='rec-x', size='')
volume('size-fraction', name='rec-x', size=1.5)
volume('name-number', name=7, size=1)
volume('name-long', name='x' * 256, size=1)
volume('metadata-number', name='rec-x', size=1, metadata={'a': 1})
volume('snapshot-word', name='rec-x', size=1, snapshot_id='nope')
volume('snapshot-missing', name='rec-x', size=1, snapshot_id=NOWHERE)
volume('source-missing', name='rec-x', size=1, source_volid=NOWHERE)
volume('image-missing', name='rec-x', size=1, imageRef=NOWHERE)
volume('image-word', name='rec-x', size=1, imageRef='nope')
volume('image-queued', name='rec-x', size=1, imageRef=images['alice-queued'])
volume('image-deactivated', name='rec-x', size=1, imageRef=images['centos-7 (deactivated)'])
volume('min-disk', name='rec-x', size=1, imageRef=debian)
volume('type-missing', name='rec-x', size=1, volume_type='nope')
volume('zone-missing', name='rec-x', size=1, availability_zone='nope')
volume('unknown-key', name='rec-x', size=1, colour='red', version='3.53')
volume('multiattach', name='rec-x', size=1, multiattach=True)
x = volume('by-reader', rita, name='rec-x', size=1).json()['volume']['id']
rec('volume-create-not-json', 'POST', C + '/volumes', alice, raw='{nope')
v = volume('of-image', name='rec-boot', size=2, imageRef=debian, description='A boot disk', metadata={'a': 'b'},
           volume_type='rec-fast').json()['volume']['id']
V = C + '/volumes/' + v
settle(V, alice, 'available')
rec('volume-show-of-image', 'GET', V, alice)
rec('volume-show-of-image-new', 'GET', V, alice, headers={'OpenStack-API-Version': 'volume 3.71'})
rec('volume-show-of-image-admin', 'GET', CA + '/volumes/' + v, admin)
rec('volume-show-by-other', 'GET', CO + '/volumes/' + v, bob)
rec('volume-show-missing', 'GET', C + '/volumes/' + NOWHERE, alice)
rec('volume-show-word', 'GET', C + '/volumes/nope', alice)
b = volume('blank', name='rec-blank', size=1).json()['volume']['id']
B = C + '/volumes/' + b
settle(B, alice, 'available')
rec('volumes-list', 'GET', C + '/volumes?name=rec-boot', alice)
rec('volumes-detail', 'GET', C + '/volumes/detail?name=rec-boot', alice)
rec('volumes-bootable', 'GET', C + '/volumes?bootable=true&name=rec-blank', alice)
rec('volumes-status', 'GET', C + '/volumes?status=available&sort=name:desc', alice)
rec('volumes-page', 'GET', C + '/volumes?sort=name:desc&limit=1', alice)
rec('volumes-marker-missing', 'GET', C + '/volumes?marker=' + NOWHERE, alice)
rec('volumes-limit-word', 'GET', C + '/volumes?limit=x', alice)
rec('volumes-limit-negative', 'GET', C + '/volumes?limit=-1', alice)
rec('volumes-sort-bad', 'GET', C + '/volumes?sort=colour', alice)
rec('volumes-filter-unknown', 'GET', C + '/volumes?colour=red&name=rec-boot', alice)
rec('volumes-all-tenants', 'GET', CO + '/volumes?all_tenants=1', bob)
rec('volume-rename', 'PUT', B, alice, js={'volume': {'name': 'rec-renamed', 'description': 'x'}})
rec('volume-rename-by-reader', 'PUT', B, rita, js={'volume': {'name': 'rec-x'}})
rec('volume-rename-empty', 'PUT', B, alice, js={'volume': {}})
rec('volume-rename-unknown', 'PUT', B, alice, js={'volume': {'size': 3}})
rec('volume-metadata', 'GET', V + '/metadata', alice)
rec('volume-metadata-add', 'POST', V + '/metadata', alice, js={'metadata': {'c': 'd'}})
rec('volume-metadata-replace', 'PUT', V + '/metadata', alice, js={'metadata': {'e': 'f'}})
rec('volume-metadata-item', 'GET', V + '/metadata/e', alice)
rec('volume-metadata-item-missing', 'GET', V + '/metadata/z', alice)
rec('volume-metadata-remove', 'DELETE', V + '/metadata/e', alice)
rec('volume-image-metadata', 'POST', V + '/action', alice, js={'os-show_image_metadata': {}})
rec('volume-bootable', 'POST', B + '/action', alice, js={'os-set_bootable': {'bootable': True}})
rec('volume-bootable-bad', 'POST', B + '/action', alice, js={'os-set_bootable': {'bootable': 'perhaps'}})
rec('volume-bootable-show', 'GET', B, alice)
rec('volume-not-bootable', 'POST', B + '/action', alice, js={'os-set_bootable': {'bootable': False}})
rec('volume-action-unknown', 'POST', B + '/action', alice, js={'dance': {}})
rec('volume-extend-smaller', 'POST', V + '/action', alice, js={'os-extend': {'new_size': 1}})
c = volume('of-volume', name='rec-clone', source_volid=v).json()['volume']['id']
settle(C + '/volumes/' + c, alice, 'available')
rec('volume-show-of-volume', 'GET', C + '/volumes/' + c, alice)
volume('of-volume-smaller', name='rec-x', size=1, source_volid=v)
volume('two-sources', name='rec-x', size=2, source_volid=v, imageRef=tiny)


# ---------------------------------------------------------------- Cinder: snapshots
def snapshot(slug, token=None, js=None, **more):
    return rec('volume-snapshot-create-' + slug, 'POST', C + '/snapshots', token or alice,
               js={'snapshot': more} if js is None else js)


snapshot('empty', js={})
snapshot('no-volume', name='rec-x')
snapshot('volume-missing', name='rec-x', volume_id=NOWHERE)
snapshot('volume-word', name='rec-x', volume_id='nope')
snapshot('unknown-key', name='rec-x', volume_id=v, colour='red')
snapshot('by-reader', rita, name='rec-x', volume_id=v)
s = snapshot('ok', name='rec-snap', volume_id=v, description='Before the change', metadata={'a': 'b'}).json()['snapshot']['id']
SN = C + '/snapshots/' + s
settle(SN, alice, 'available')
rec('volume-snapshot-show', 'GET', SN, alice)
rec('volume-snapshot-show-new', 'GET', SN, alice, headers={'OpenStack-API-Version': 'volume 3.71'})
rec('volume-snapshot-by-other', 'GET', CO + '/snapshots/' + s, bob)
rec('volume-snapshot-missing', 'GET', C + '/snapshots/' + NOWHERE, alice)
rec('volume-snapshots', 'GET', C + '/snapshots?name=rec-snap', alice)
rec('volume-snapshots-detail', 'GET', C + '/snapshots/detail?volume_id=' + v, alice)
rec('volume-snapshot-rename', 'PUT', SN, alice, js={'snapshot': {'name': 'rec-snap-2'}})
rec('volume-delete-with-snapshots', 'DELETE', V, alice)
n = volume('of-snapshot', name='rec-of-snap', snapshot_id=s).json()['volume']['id']
settle(C + '/volumes/' + n, alice, 'available')
rec('volume-show-of-snapshot', 'GET', C + '/volumes/' + n, alice)
volume('of-snapshot-smaller', name='rec-x', size=1, snapshot_id=s)
rec('volume-snapshot-delete-by-reader', 'DELETE', SN, rita)
rec('volume-delete-by-reader', 'DELETE', V, rita)
rec('volume-delete-by-other', 'DELETE', CO + '/volumes/' + v, bob)
rec('cinder-type-delete-in-use', 'DELETE', CA + '/types/' + fast, admin)

# Quinn may have two volumes of three GiB together, and one snapshot.
q = volume('quinn-one', quinn, CQ, name='rec-q1', size=2).json()['volume']['id']
volume('quota-gigabytes', quinn, CQ, name='rec-q2', size=2)
q2 = volume('quinn-two', quinn, CQ, name='rec-q2', size=1).json()['volume']['id']
volume('quota-volumes', quinn, CQ, name='rec-q3', size=1)
for one in (q, q2):
    settle(CQ + '/volumes/' + one, quinn, 'available')
rec('volume-quota-snapshot-gigabytes', 'POST', CQ + '/snapshots', quinn, js={'snapshot': {'name': 'rec-qs', 'volume_id': q}})
rec('cinder-limits-quinn', 'GET', CQ + '/limits', quinn)
rec('cinder-quota-usage-quinn', 'GET', CQ + '/os-quota-sets/%s?usage=True' % quota, quinn)
rec('volume-extend-quota', 'POST', CQ + '/volumes/%s/action' % q2, quinn, js={'os-extend': {'new_size': 9}})
rec('cinder-quota-set-roomy', 'PUT', CA + '/os-quota-sets/%s' % quota, admin, js={'quota_set': {
    'gigabytes': 20, 'per_volume_gigabytes': 4}})
volume('quota-number', quinn, CQ, name='rec-q3', size=1)
volume('quota-per-volume', quinn, CQ, name='rec-q3', size=5)
qs = rec('volume-snapshot-create-quinn', 'POST', CQ + '/snapshots', quinn, js={'snapshot': {
    'name': 'rec-qs', 'volume_id': q}}).json()['snapshot']['id']
rec('volume-snapshot-quota-number', 'POST', CQ + '/snapshots', quinn, js={'snapshot': {'name': 'rec-qs', 'volume_id': q}})
settle(CQ + '/snapshots/' + qs, quinn, 'available')
rec('volume-snapshot-delete-quinn', 'DELETE', CQ + '/snapshots/' + qs, quinn)
gone(CQ + '/snapshots/' + qs, quinn)
for one in (q, q2):
    rec('volume-delete-quinn', 'DELETE', CQ + '/volumes/' + one, quinn)
    gone(CQ + '/volumes/' + one, quinn)
rec('cinder-quota-reset', 'DELETE', CA + '/os-quota-sets/%s' % quota, admin)

rec('volume-delete-cascade', 'DELETE', V + '?cascade=true', alice)
for one in (V, SN):
    gone(one, alice)
rec('volume-show-deleted', 'GET', V, alice)
for one in (b, c, n, x):
    rec('volume-delete', 'DELETE', C + '/volumes/' + one, alice)
    gone(C + '/volumes/' + one, alice)
rec('cinder-type-delete', 'DELETE', CA + '/types/' + fast, admin)
