import { deliver, expectNewFile } from './deliver.ts';
import { type Claimed, readClaim } from './payload.ts';
import { prepare } from './prepare.ts';
import { exits, runVerb } from './run-verb.ts';
import { readSecret } from './secret-input.ts';
import { parseSweepOptions } from './sweep-options.ts';

/** `btc-pinata claim`. */
export const claimCommand = (argv: readonly string[]): Promise<number> =>
  runVerb('claim', async () => {
    const options = parseSweepOptions(argv, 'with what was released');
    expectNewFile(options);
    const text = readSecret(options.source);
    let claimed: Claimed;
    try {
      claimed = readClaim(text, options);
    } finally {
      text.fill(0);
    }
    try {
      const { kind, network, refundHeight, lock } = claimed;
      await deliver(await prepare(lock, options), options, {
        title: `The sweep of a ${kind} wallet on ${network}.`,
        warnings: warnings(refundHeight),
        facts: { verb: 'claim', kind, ...(refundHeight === undefined ? {} : { refundHeight }) },
      });
    } finally {
      claimed.key.destroy();
    }
    return exits.done;
  });

const warnings = (refundHeight: number | undefined): readonly string[] => [
  'What can go wrong:',
  '- Until it is confirmed, everybody else who has the key can replace it by a transaction that pays more. Look again until',
  '  it has six confirmations; if you were replaced, run this again with a higher --fee-rate.',
  '- Who else may have the key: the operator, unless it was made in a measured image and has no recovery copy (the statement',
  '  of the piñata says both), whoever broke in before you, and whoever recorded your connection and can read it.',
  '- A broadcast tells all of them that the race is on. A miner who takes transactions in private tells nobody: --out FILE,',
  '  and hand that over.',
  ...(refundHeight === undefined
    ? []
    : [`- From block ${refundHeight + 1} on the operator can take the coins with a key of their own.`]),
];
