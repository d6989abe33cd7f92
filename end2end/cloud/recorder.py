"""What the recorders share: one call, one JSON file, in the form of the transcripts that the project began with."""
import json
import os
import sys
import time

import requests

H = 'http://127.0.0.1:'
KS, GL, NV, NT, CI = H + '5000/v3', H + '9292', H + '8774/v2.1', H + '9696/v2.0', H + '8776/v3'
OUT = sys.argv[1]
S = requests.Session()
S.trust_env = False
S.headers.clear()
N = 0
LABELS = {}
PATCH = 'application/openstack-images-v2.1-json-patch'
NOWHERE = '11111111-2222-3333-4444-555555555555'


def begin(number):
    """The files are numbered from the next one on."""
    global N
    N = number


def masked(text):
    for token, label in LABELS.items():
        text = text.replace(token, label)
    return text


def rec(slug, method, url, token=None, js=None, raw=None, data=None, kind=None, headers=None, label=None, save=True):
    """js: a JSON body; raw: a text as it is; data: bytes. label: of the token that the answer has."""
    global N
    h = {'Accept': 'application/json'}
    if token:
        h['X-Auth-Token'] = token
    body = None
    if js is not None:
        body, h['Content-Type'] = json.dumps(js).encode(), kind or 'application/json'
    if raw is not None:
        body, h['Content-Type'] = raw.encode(), kind or 'application/json'
    if data is not None:
        body, h['Content-Type'] = data, kind or 'application/octet-stream'
    h.update(headers or {})
    r = S.request(method, url, data=body, headers=h, timeout=300, allow_redirects=False)
    if label:
        LABELS[r.headers['X-Subject-Token']] = label
    if not save:
        return r
    N += 1
    o = {'name': slug, 'method': method, 'url': url, 'request_headers': h, 'request_body': js if raw is None else raw}
    if data is not None:
        o['request_body'] = {'binary': True, 'bytes': len(data), 'first_bytes_hex': data[:16].hex()}
    o['status'] = r.status_code
    # Of a header that comes twice, the last.
    o['response_headers'] = {k: v for k, v in r.raw.headers.items() if k not in ('Connection', 'Content-Length')}
    if 'octet-stream' in r.headers.get('Content-Type', '') and r.content:
        o['response_body'] = {'binary': True, 'bytes': len(r.content), 'first_bytes_hex': r.content[:16].hex()}
    else:
        try:
            o['response_body'] = r.json()
        except ValueError:
            o['response_body'] = r.text
    with open(os.path.join(OUT, '%03d-%s.json' % (N, slug)), 'w') as f:
        f.write(masked(json.dumps(o, indent=1, ensure_ascii=False)) + '\n')
    print('%d %-48s %-6s %d' % (N, slug, method, r.status_code))
    return r


def user(name, **more):
    password = 'adminpass' if name == 'admin' else 'password'
    return dict({'name': name, 'domain': {'id': 'default'}, 'password': password}, **more)


def login(name, project):
    scope = {'project': {'name': project, 'domain': {'id': 'default'}}}
    r = rec('token-' + name, 'POST', KS + '/auth/tokens', label='<token of %s in %s>' % (name, project), js={'auth': {
        'identity': {'methods': ['password'], 'password': {'user': user(name)}}, 'scope': scope}})
    return r.headers['X-Subject-Token'], r.json()['token']['project']['id'], r.json()['token']['user']['id']


def wait(url, token, done, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        r = S.get(url, headers={'X-Auth-Token': token})
        if done(r):
            return
        time.sleep(0.3)
    sys.exit('%s: %s' % (url, r.text))
