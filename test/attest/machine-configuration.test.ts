import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalConfiguration,
  type MachineConfiguration,
  readMachineConfiguration,
} from '../../service/attest/machine-configuration.ts';

const refundKey = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
const good = { network: 'mainnet', refundKey, lockHeight: 900_000, name: 'pinata.example.org' } as const;
const read = (value: unknown) => readMachineConfiguration(JSON.stringify(value));

describe('the configuration of a measured image', () => {
  test('has one text, whatever the text it came from looked like', () => {
    const untidy = `\n{ "name": "pinata.example.org", "lockHeight": 9e5,\t"refundKey": "02${refundKey.toUpperCase()}", "network": "mainnet" }`;
    const configuration = readMachineConfiguration(untidy);
    expect(configuration).toEqual(good);
    expect(new TextDecoder().decode(canonicalConfiguration(good))).toBe(
      `{"network":"mainnet","refundKey":"${refundKey}","lockHeight":900000,"name":"pinata.example.org"}\n`,
    );
  });

  test('is read back from its text', () => {
    const names = fc.constantFrom('a.example', '203.0.113.7', 'xn--piata-pta.example');
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 499_999_999 }), (name, lockHeight) => {
        const configuration: MachineConfiguration = { ...good, name, lockHeight };
        const text = new TextDecoder().decode(canonicalConfiguration(configuration));
        expect(readMachineConfiguration(text)).toEqual(configuration);
      }),
    );
  });

  test.each([
    ['another key', { ...good, keyFile: '/key' }, 'key "keyFile"'],
    ['test credentials', { ...good, testCredentials: '/tmp' }, 'key "testCredentials"'],
    ['a prototype', JSON.parse(`{"__proto__":{},${JSON.stringify(good).slice(1)}`), 'key "__proto__"'],
    ['no network', { ...good, network: undefined }, 'network: nothing'],
    ['another network', { ...good, network: 'main' }, 'network: "main"'],
    [
      'a private key in its place',
      { ...good, refundKey: 'cVt4o7BGAig1UXywgGSmARhxMdzP5qvQsxKkSsc1XEkw3tDTQFpy' },
      'refundKey: ',
    ],
    ['a key that is no point', { ...good, refundKey: 'ff'.repeat(32) }, 'refundKey: '],
    ['a height as text', { ...good, lockHeight: '900000' }, 'lockHeight: "900000"'],
    ['a time in place of a height', { ...good, lockHeight: 500_000_000 }, 'lockHeight: 500000000'],
    ['no name', { ...good, name: '' }, 'name: ""'],
    ['a name with a scheme', { ...good, name: 'https://pinata.example' }, 'name: "https://pinata.example"'],
    ['a name in capitals', { ...good, name: 'Pinata.example' }, 'name: "Pinata.example"'],
    ['a number too high', { ...good, name: '203.0.113.256' }, 'name: "203.0.113.256"'],
    ['five numbers', { ...good, name: '1.2.3.4.5' }, 'name: "1.2.3.4.5"'],
    ['IPv6', { ...good, name: '2001:db8::1' }, 'name: "2001:db8::1"'],
    ['a list', [good], 'no JSON object'],
    ['null', null, 'no JSON object'],
  ])('%s is refused, and what is allowed is said', (_, value, words) => {
    expect(read(value)).toEqual({ fault: expect.stringContaining(words) });
    expect(read(value)).toEqual({ fault: expect.stringContaining('allowed: ') });
  });

  test('what is no JSON, or too long, is refused without being shown', () => {
    expect(readMachineConfiguration('#!/bin/sh\nsecret')).toEqual({ fault: expect.not.stringContaining('secret') });
    expect(readMachineConfiguration(`${JSON.stringify(good)}${' '.repeat(2048)}`)).toEqual({
      fault: expect.stringContaining('at most 2048'),
    });
  });

  test('no text makes it throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readMachineConfiguration(text)));
  });
});
