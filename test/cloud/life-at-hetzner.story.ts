import { test } from 'vitest';
import { required } from '../support/required.ts';
import { lives } from './life.ts';
import { hasCloud, howToGetCloud } from './venv.ts';
import { whyNoMachine } from './vps-host.ts';

const cloud = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);
const tools = [required.tool('chromium'), required.tool('litecoind'), required.tool('openssl')] as const;
const noMachine = whyNoMachine();
const machine = required.obtainable('a machine of systemd-nspawn', noMachine === undefined, noMachine ?? '');
const missing = [cloud, machine, ...tools].some((one) => one.missing);

test.skipIf(missing)('a deployment at Hetzner: its host is a machine that is made of the user-data', () =>
  lives('machine', tools[0]),
);
