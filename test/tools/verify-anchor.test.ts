import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { commitmentScript, releaseCommitment } from '../../service/attest/funding-commitment.ts';
import { encodeRelease } from '../../service/attest/release.ts';
import { scriptPubKey } from '../../service/bitcoin/address.ts';
import { decodeSegwitAddress, networks, publicWallet, signStatement } from '../../service/bitcoin/index.ts';
import { verifyCommand } from '../../service/tools/verify-command.ts';
import { key, terms } from '../attest/sample-statement.ts';
import { build, release } from '../attest/verification-scene.ts';
import { liveService } from '../host/live-service.ts';

/* Since when a release exists: its timestamp and the transaction that funded the wallet, at an explorer of the test. */

const folder = mkdtempSync(join(tmpdir(), 'pinata-anchor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = encodeRelease(release);
const releaseFile = join(folder, 'release.json');
writeFileSync(releaseFile, text);

const magic = '004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e892940108';
const stamp = concatBytes(
  Uint8Array.from(Buffer.from(magic, 'hex')),
  sha256(utf8ToBytes(text)),
  Uint8Array.from(Buffer.from('08000588960d73d71901014d', 'hex')), // SHA-256, then block 77
);
writeFileSync(join(folder, 'release.json.ots'), stamp);
const header = concatBytes(new Uint8Array(36), sha256(sha256(utf8ToBytes(text))), new Uint8Array(12));

const wallet = publicWallet(key, networks.regtest, terms.classic);
const program = decodeSegwitAddress(wallet.address);
if (program === undefined) throw new Error('the sample address is none');
const output = (value: number, script: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(value, 0, 0, 0, 0, 0, 0, 0, script.length), script);
const transaction = concatBytes(
  Uint8Array.of(2, 0, 0, 0, 1),
  new Uint8Array(36).fill(3),
  Uint8Array.of(0, 255, 255, 255, 255, 2),
  output(9, scriptPubKey(program)),
  output(0, commitmentScript(releaseCommitment(text))),
  new Uint8Array(4),
);
const txid = bytesToHex(sha256(sha256(transaction)).toReversed());
const tip = '00000000000000000001'.padEnd(64, 'a');
const block = 'b'.repeat(64);

const answers: Readonly<Record<string, string>> = {
  '/api/blocks/tip/hash': tip,
  [`/api/tx/${txid}/hex`]: bytesToHex(transaction),
  [`/api/tx/${txid}/status`]: '{"confirmed":true,"block_height":90}',
  '/api/block-height/77': block,
  [`/api/block/${block}/header`]: bytesToHex(header),
};

async function explorer(change: Readonly<Record<string, string>> = {}): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const answer = change[url] ?? answers[url];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/api`;
}

async function run(...argv: readonly string[]) {
  const { service } = await liveService([], undefined, undefined, {
    wallet: { ...wallet, ephemeral: false },
    attestation: { build, sign: (statement, hedge) => signStatement(key, statement, hedge) },
  });
  const [out, err]: [string[], string[]] = [[], []];
  const status = await verifyCommand([`127.0.0.1:${service.ports.http}`, ...argv], async () => releaseFile, {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    style: { width: 100, colour: false, unicode: true },
  });
  return { status, out: out.join('\n').replace(/\s+/g, ' '), err: err.join('\n') };
}

describe('since when the release exists', () => {
  it('is not said without an explorer: which block it would be is', async () => {
    const { status, out } = await run();
    expect([status, out]).toEqual([0, expect.stringContaining('block 77, if its Merkle root is')]);
  });

  it('is said by the block of its timestamp, and by the transaction that funded the wallet', async () => {
    const url = await explorer();
    const { status, out, err } = await run('--esplora', url, '--funding', txid, '--all');
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain(`before block 77, ${bytesToHex(sha256(sha256(header)).toReversed())}`);
    expect(out).toContain(`${txid}, in block 90, as the explorer says`);
    // The challenge commits to the newest block too.
    expect(out).toContain(`block ${tip}`);
  });

  it('is refused where the block has another Merkle root, or the transaction says nothing of it', async () => {
    const other = await explorer({ [`/api/block/${block}/header`]: '00'.repeat(80) });
    const stamped = await run('--esplora', other);
    expect([stamped.status, stamped.out]).toEqual([
      1,
      expect.stringContaining('timestamp: block 77 has another Merkle'),
    ]);
    const without = Uint8Array.from(transaction);
    without.fill(0, -36, -4);
    const its = bytesToHex(sha256(sha256(without)).toReversed());
    const silent = await explorer({ [`/api/tx/${its}/hex`]: bytesToHex(without) });
    const funded = await run('--esplora', silent, '--funding', its, '--all');
    expect([funded.status, funded.out]).toEqual([1, expect.stringContaining('has no OP_RETURN that commits')]);
    expect(funded.out).toContain('REFUSED. What holds: L2');
  });

  it('is not taken from an explorer that answers with another transaction', async () => {
    const lying = await explorer({ [`/api/tx/${'ab'.repeat(32)}/hex`]: bytesToHex(transaction) });
    const { status, err } = await run('--esplora', lying, '--funding', 'ab'.repeat(32));
    expect([status, err]).toEqual([3, expect.stringContaining('another transaction than abab')]);
  });

  it('of a transaction that the explorer does not have: 3, and says so', async () => {
    const { status, err } = await run('--esplora', await explorer(), '--funding', 'ab'.repeat(32));
    expect([status, err]).toEqual([3, expect.stringContaining('the explorer has no transaction')]);
  });
});
