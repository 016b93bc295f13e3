import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hexToBytes } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { CdkCommand, placeholderPoller } from '../cloud/cdk-command.ts';
import { formsOfKey } from '../support/forms-of-a-key.ts';
import { filesBelow } from '../support/imports.ts';
import { exampleConfig, templateSchema } from './synthesised.ts';

/* CDK's own command line makes the templates, twice. */

const scalar = hexToBytes('5a4dd8a2c6a1e3f0b7c49d1188f0e2637c1d9be4a05f3361d27c88b9e4f10235');
const wif = 'KzCanaryOfATestWhichIsNoKeyOfAnybodyAtAllButLooksLike1';

const written = (folder: string): ReadonlyMap<string, Buffer> =>
  new Map(
    filesBelow(folder)
      // Who holds the folder at the moment, and how long each part of the synthesis took.
      .filter((file) => !/\.lock$|^performance-counters\.json$/.test(file))
      .map((file) => [file, readFileSync(join(folder, file))]),
  );

test('two syntheses are the same to the byte, and hold nothing of a key that is near; no other key is taken', async () => {
  // In the environment, as a passphrase and a token are while somebody deploys.
  const near = { PINATA_SEAL_PASSPHRASE: Buffer.from(scalar).toString('hex'), PINATA_KEY: wif };
  const assemblies: ReadonlyMap<string, Buffer>[] = [];
  for (let run = 0; run < 2; run += 1) {
    using cdk = new CdkCommand(near);
    const end = await cdk.run(['synth', '--quiet'], exampleConfig, placeholderPoller);
    expect(end).toMatchObject({ status: 0 });
    assemblies.push(written(cdk.assembly));
  }
  const [first = new Map<string, Buffer>(), second] = assemblies;
  expect([...first.keys()]).toEqual(expect.arrayContaining(['PinataHost-regatta.template.json', 'manifest.json']));
  expect(first).toEqual(second);
  for (const [form, bytes] of formsOfKey(scalar, wif)) {
    expect({ form, holds: [...first].filter(([, text]) => text.includes(bytes)).map(([file]) => file) }).toEqual({
      form,
      holds: [],
    });
  }
  // The command line makes what the tests of the templates read.
  const template = (text: Buffer | undefined) => v.parse(templateSchema, JSON.parse(String(text)));
  const reviewed = readFileSync(join(import.meta.dirname, 'status.json'));
  expect(template(first.get('PinataStatus-regatta.template.json'))).toEqual(template(reviewed));

  using cdk = new CdkCommand();
  const withKey = { ...exampleConfig, privateKey: 'x' };
  const refused = await cdk.run(['synth', '--quiet'], withKey, placeholderPoller);
  expect(refused.status).toBe(1);
  expect(refused.output).toContain('config.json: privateKey: ');
  // Three runs of the command line, on a machine that may have a lot else to do.
}, 1_800_000);
