import { utf8ToBytes } from '@noble/hashes/utils.js';
import { attack, forger } from '../attack.ts';
import { sequence, tlv } from '../rogue/certificate-builder.ts';
import { forgedClient } from '../rogue/forgery.ts';

const utc = (text: string): Uint8Array => tlv(0x17, utf8ToBytes(text));
const generalized = (text: string): Uint8Array => tlv(0x18, utf8ToBytes(text));

/* A date that one reader takes for another: the first of these may end in 1950, or in 2050. */
export default attack({
  title: 'dates that have two readings, or none',
  threats: ['C15'],
  rfc: 'RFC 5280 §4.1.2.5',
  as: 'client',
  variants: {
    'no-seconds': [utc('2601010000Z'), utc('4901010000Z')],
    'another-zone': [utc('260101000000+0100'), utc('490101000000+0100')],
    'a-fraction-of-a-second': [utc('260101000000Z'), generalized('20500101000000.5Z')],
    'generalized-before-2050': [generalized('20260101000000Z'), generalized('20490101000000Z')],
    'the-30th-of-february': [utc('260230000000Z'), utc('490101000000Z')],
    text: [utc('yesterday'), utc('for ever')],
  },
  expect: { alert: 'bad_certificate', category: 'asn1.rejected' },
  async play(client, _kit, dates) {
    client.hello();
    await client.serverFlight();
    client.authenticate({
      chain: [forgedClient({ validity: sequence(...dates) })],
      signer: forger(new Uint8Array(70)),
    });
  },
});
