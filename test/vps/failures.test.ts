import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../infra/vps/failures.ts';

/* What clouds, plugins and the engine say, in their own words, and what a person is told. */

describe.each([
  [
    'hcloud-go, a wrong token',
    'unable to authenticate (unauthorized, 8d5b6c7a)',
    /Hetzner does not know this token: .*HCLOUD_TOKEN/,
  ],
  [
    'hcloud-go, a token that may only read',
    'Access denied (token_readonly, 1a2b)',
    /does not allow this with the token/,
  ],
  ['hcloud-go, a limit', 'server limit exceeded (resource_limit_exceeded, 1a2b)', /a limit of your account at Hetzner/],
  [
    'hcloud-go, a name',
    'server name is already used (uniqueness_error, 1a2b)',
    /a name that is needed is taken at Hetzner/,
  ],
  ['hcloud-go, no room', 'error during placement (resource_unavailable, 1a2b)', /has no server of this type left/],
  [
    'hcloud-go, too often',
    'limit of 3600 requests per hour reached (rate_limit_exceeded, 1a2b)',
    /asked us to slow down/,
  ],
  [
    'hcloud-go, a wrong word',
    "invalid input in field 'server_type' (invalid_input, 1a2b)",
    /Hetzner refuses what it was asked/,
  ],
  ['hcloud-go, its own fault', 'internal server error (server_error, 1a2b)', /a fault of its own/],
  [
    'the net',
    'Get "https://api.hetzner.cloud/v1/servers": dial tcp: lookup api.hetzner.cloud: no such host',
    /no way through to Hetzner \(no such host\)/,
  ],
  [
    'the engine, a passphrase',
    'error: get stack secrets manager: incorrect passphrase',
    /the passphrase is not the one/,
  ],
  ['the engine, a disk', 'write /home/u/state/.pulumi/stacks/demo.json: no space left on device', /the disk is full/],
  [
    'the engine, a plugin',
    "no resource plugin 'pulumi-resource-hcloud' found in the workspace at version v1.41.0",
    /a plugin of the engine is missing/,
  ],
])('%s', (_who, said, sentence) => {
  test('is one sentence', () => {
    const { message } = refusalOf('hetzner', [said]);
    expect(message).toMatch(sentence);
    expect(message).not.toContain('\n');
  });
});

describe.each([
  [
    'a wrong token',
    'Error: POST https://api.digitalocean.com/v2/droplets: 401 (request "c6c4") Unable to authenticate you',
    /DigitalOcean does not know this token: .*DIGITALOCEAN_TOKEN/,
  ],
  [
    'a token without the scope',
    'GET https://api.digitalocean.com/v2/tags: 403 (request "c6c4") You are not authorized to perform this operation',
    /does not allow this with the token/,
  ],
  [
    'a limit',
    '422 (request "c6c4") creating this/these droplet(s) will exceed your droplet limit',
    /a limit of your account at DigitalOcean/,
  ],
  [
    'a limit of volumes',
    'POST https://api.digitalocean.com/v2/volumes: 403 (request "c6c4") failed to create volume: volume/snapshot/size limit exceeded',
    /a limit of your account at DigitalOcean/,
  ],
  ['too often', '429 (request "c6c4") API Rate limit exceeded.', /DigitalOcean asked us to slow down/],
])('godo, %s', (_what, said, sentence) => {
  test('is one sentence', () => {
    expect(refusalOf('digitalocean', [said]).message).toMatch(sentence);
  });
});

test('what nobody knows is said as it was said, in one line', () => {
  expect(refusalOf('hetzner', ['something\nnew']).message).toBe('the engine of Pulumi failed: something new');
  expect(refusalOf('hetzner', []).message).toMatch(/did not say why/);
});
