import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import process from 'node:process';

/*
 * A process of its own: two verifiers of BIP-322 that are not ours. It reads one JSON array of { address, message,
 * signature }, in base64 without `smp`, and prints for each what bcoin's script interpreter and what bip322-js say. The
 * virtual transactions are put together here once more, from the text of the BIP.
 */

process.env['NODE_BACKEND'] = 'js';
const require = createRequire(import.meta.url);
const TX = require('bcoin/lib/primitives/tx');
const Address = require('bcoin/lib/primitives/address');
const CoinView = require('bcoin/lib/coins/coinview');
const Script = require('bcoin/lib/script/script');
const { flags } = require('bcoin/lib/script/common');
const { Verifier } = require('bip322-js');

const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const hash256 = (bytes) => sha256(sha256(bytes));
const tagged = (tag, bytes) => sha256(Buffer.concat([sha256(tag), sha256(tag), bytes]));
const sized = (bytes) => Buffer.concat([Buffer.from([bytes.length]), bytes]);
const hex = (text) => Buffer.from(text, 'hex');
const nothing = Buffer.alloc(0);

/** BIP-144, of one input and one output of nothing; `witness` is serialized already. */
const transaction = ({ spends, script, pays, witness }) =>
  Buffer.concat([
    hex('00000000'),
    witness === undefined ? nothing : hex('0001'),
    ...[hex('01'), spends, sized(script), hex('00000000')],
    ...[hex('01'), hex('0000000000000000'), sized(pays)],
    witness ?? nothing,
    hex('00000000'),
  ]);

function byBcoin({ address, message, signature }) {
  const scriptPubKey = Script.fromAddress(Address.fromString(address, 'main')).toRaw();
  const commitment = tagged('BIP0322-signed-message', Buffer.from(message));
  const toSpend = transaction({
    spends: Buffer.concat([Buffer.alloc(32), hex('ffffffff')]),
    script: Buffer.concat([hex('0020'), commitment]),
    pays: scriptPubKey,
  });
  const toSign = transaction({
    spends: Buffer.concat([hash256(toSpend), hex('00000000')]),
    script: nothing,
    pays: hex('6a'),
    witness: Buffer.from(signature, 'base64'),
  });
  const view = new CoinView();
  view.addTX(TX.fromRaw(toSpend), -1);
  return TX.fromRaw(toSign).verify(view, flags.STANDARD_VERIFY_FLAGS);
}

/** Either throws at some of what it refuses. */
const judge = (verify, one) => {
  try {
    return verify(one) === true;
  } catch {
    return false;
  }
};

let input = '';
for await (const part of process.stdin.setEncoding('utf8')) input += part;
const answers = JSON.parse(input).map((one) => ({
  bcoin: judge(byBcoin, one),
  bip322js: judge(({ address, message, signature }) => Verifier.verifySignature(address, message, signature), one),
}));
process.stdout.write(`${JSON.stringify(answers)}\n`);
