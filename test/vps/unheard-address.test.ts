import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cloudOf } from '../../infra/vps/run.ts';
import type { EngineState } from '../../infra/vps/state.ts';
import { clearUnheardAddress, mendFailedRun, seekAddress } from '../../infra/vps/unheard-address.ts';
import { reservedIpOf } from './digitalocean-answers.ts';
import { type FakeDigitalOcean, fakeDigitalOcean } from './fake-digitalocean.ts';
import { holding, resource } from './held-state.ts';
import { testToken } from './place.ts';

/* An address of DigitalOcean that a run made, and never heard of: it can have no tag. */

let fake: FakeDigitalOcean;
let folder: string;
beforeEach(async () => {
  fake = await fakeDigitalOcean(testToken);
  folder = mkdtempSync(join(tmpdir(), 'pinata-address-'));
});
afterEach(async () => {
  await fake.close();
  rmSync(folder, { recursive: true });
  expect(fake.faulty).toEqual([]);
});

const type = 'digitalocean:index/reservedIp:ReservedIp';
const nothing: EngineState = { resources: [], pending_operations: [] };
const asked: EngineState = {
  resources: [],
  pending_operations: [{ type: 'creating', resource: resource(type, 'address') }],
};
const cloud = () => cloudOf({ provider: 'digitalocean', endpoint: fake.endpoint }, { token: testToken });
const seek = () => seekAddress(holding(nothing), cloud(), folder, 'nyc3');
const clear = (state = asked) => clearUnheardAddress(holding(state), cloud(), folder);
const add = (ip: string, more: object = {}) => void fake.reservedIps.set(ip, { ...reservedIpOf(0), ip, ...more });
const there = () => [...fake.reservedIps.keys()];
const [before, ours, another, third] = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'] as const;

const note = () => join(folder, 'sought-address.json');

test('the one that is new is deleted; what was there before, is elsewhere, or has a server is not', async () => {
  add(before);
  await seek();
  add(ours);
  add(another, { region: { ...Object(reservedIpOf(0)['region']), slug: 'ams3' } });
  add(third, { droplet: { id: 70 } });
  expect(await clear()).toEqual([`address ${ours} of the run that was interrupted is deleted: nobody ever used it`]);
  expect(there()).toEqual([before, another, third]);
  expect(fake.log).toEqual([`DELETE /v2/reserved_ips/${ours}`]);
  // And it is not looked for again.
  add(ours);
  expect(await clear()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('nothing is deleted where none was asked for, none was made, or it is in the state', async () => {
  for (const state of [nothing, { ...asked, resources: [resource(type, 'address', { id: another })] }]) {
    fake.reservedIps.clear();
    await seek();
    add(another);
    expect(await clear(state)).toEqual([]);
    expect(there()).toEqual([another]);
  }
  await seek();
  expect(await clear()).toEqual([]);
  expect(there()).toEqual([another]);
  // A run for which an address is there already writes nothing down.
  await seekAddress(holding({ resources: [resource(type, 'address', { id: another })] }), cloud(), folder, 'nyc3');
  expect(readdirSync(folder)).toEqual([]);
  expect(await clear()).toEqual([]);
});

test("where somebody else's is new too, none is touched, both are named, and so is the choice", async () => {
  await seek();
  add(ours);
  add(another);
  const sentence = `the run that was interrupted may have made one of the addresses ${ours}, ${another}, which no server has: if it did, delete that one by \`doctl compute reserved-ip delete\`, if not, delete ${note()}, and run this again`;
  await expect(clear()).rejects.toThrow(sentence);
  // One that comes later is none of them.
  add(third);
  await expect(clear()).rejects.toThrow(sentence);
  expect(there()).toEqual([ours, another, third]);
  fake.reservedIps.delete(ours);
  expect(await clear()).toEqual([]);
  expect(await clear()).toEqual([]);
  expect(there()).toEqual([another, third]);
  expect(fake.log).toEqual([]);
});

test('where the other of the two has got a server meanwhile, the one that is left is still asked about', async () => {
  await seek();
  add(ours);
  add(another);
  await expect(clear()).rejects.toThrow(/one of the addresses/);
  add(another, { droplet: { id: 70 } });
  await expect(clear()).rejects.toThrow(new RegExp(`may have made the address ${ours}, which no server has`));
  expect(there()).toEqual([ours, another]);
});

test('whoever deletes the note has said that none of them is of the run', async () => {
  await seek();
  add(ours);
  add(another);
  await expect(clear()).rejects.toThrow(note());
  rmSync(note());
  expect(await clear()).toEqual([]);
  expect(there()).toEqual([ours, another]);
});

test('of a run of long ago one alone is asked about as well', async () => {
  await seek();
  add(ours);
  const sought: object = JSON.parse(readFileSync(note(), 'utf8'));
  writeFileSync(note(), JSON.stringify({ ...sought, at: Math.floor(Date.now() / 1000) - 86_400 }));
  await expect(clear()).rejects.toThrow(
    new RegExp(`made the address ${ours}, which no server has: if it did, delete it`),
  );
  expect(there()).toEqual([ours]);
});

test('a run that failed by itself, its answer lost, takes away what it made; without a way to the cloud the next run does', async () => {
  add(before);
  await seek();
  add(ours);
  fake.fail(/^GET /, { status: 503, body: { id: 'service_unavailable', message: 'Server Error' } });
  await expect(mendFailedRun(holding(nothing), cloud(), folder)).rejects.toThrow(/fault of its own/);
  expect(await clear(nothing)).toHaveLength(1);
  expect(there()).toEqual([before]);
  await seek();
  add(ours);
  expect(await mendFailedRun(holding(nothing), cloud(), folder)).toHaveLength(1);
  expect(there()).toEqual([before]);
  expect(await mendFailedRun(holding(nothing), cloud(), folder)).toEqual([]);
});

test('of an account with many, all are known', async () => {
  for (let one = 1; one <= 240; one += 1) add(`203.0.113.${one}`);
  await seek();
  add(ours);
  expect(await clear()).toHaveLength(1);
  expect(there()).toHaveLength(240);
});

test('a note that cannot be read is never taken for none', async () => {
  writeFileSync(note(), '{}');
  await expect(clear()).rejects.toThrow(/sought-address\.json cannot be read: .* bring back the file as it was/);
});
