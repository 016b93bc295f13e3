import { expect, test } from 'vitest';
import { unattested } from '../../infra/deploy/verify-host.ts';

test('on mainnet no address of a measured host is shown that was not attested', () => {
  expect(unattested({ provider: 'ec2', network: 'mainnet' }, 'L2')).toBe(
    'reached L2 (self-reported, NOT ATTESTED), and on mainnet a measured host is to reach L4 (attested by EC2 NitroTPM): do not fund it. `btc-pinata verify` shows what was missing',
  );
  expect(unattested({ provider: 'ec2', network: 'mainnet' }, 'L3')).toContain('reached L3 (attested by a vTPM)');
  expect(unattested({ provider: 'ec2', network: 'mainnet' }, 'L4')).toBeUndefined();
});

test('elsewhere, where nothing is at stake or nothing was promised, it is told and stops nobody', () => {
  expect(unattested({ provider: 'ec2', network: 'regtest' }, 'L2')).toBeUndefined();
  expect(unattested({ provider: 'ec2', network: 'testnet4' }, 'L1')).toBeUndefined();
  expect(unattested({ provider: 'hetzner', network: 'mainnet' }, 'L2')).toBeUndefined();
});
