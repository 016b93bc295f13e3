import { test } from 'vitest';
import { required } from '../support/required.ts';
import { lives } from './life.ts';
import { hasCloud, howToGetCloud } from './venv.ts';

const cloud = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);
const tools = [required.tool('chromium'), required.tool('litecoind'), required.tool('openssl')] as const;

test.skipIf([cloud, ...tools].some((one) => one.missing))(
  'a deployment on EC2: its host is a program in the place of the instance',
  () => lives('program', tools[0]),
);
