import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalConfiguration } from '../../service/attest/machine-configuration.ts';
import { encodeRelease, type Release } from '../../service/attest/release.ts';
import { decodeVerification, type Verification } from '../../service/attest/verification.ts';
import { pinnedRoots, verify } from '../../service/attest/verify.ts';
import { networks, publicWallet, signStatement } from '../../service/bitcoin/index.ts';
import { entropy } from '../../service/host/entropy.ts';
import { openAttester } from '../../service/host/open-attester.ts';
import type { ServiceOptions } from '../../service/host/service.ts';
import { verifyCommand } from '../../service/tools/verify-command.ts';
import { encodePem } from '../../service/x509/index.ts';
import { key, terms } from '../attest/sample-statement.ts';
import { build, release as sampleRelease } from '../attest/verification-scene.ts';
import { liveService } from '../host/live-service.ts';
import { type Boot, boot, expectedPcrs, published } from '../support/measured-boot.ts';
import { relayed, replayedEvidence } from '../support/relayed.ts';
import { required } from '../support/required.ts';
import { SoftwareTpm } from '../support/swtpm.ts';

/* `btc-pinata verify` at a piñata with a TPM: its quotes, its credential, and the root of its maker, which is ours. */

const missing = required.tool('swtpm').missing || required.tool('swtpm_setup').missing;
const quiet = () => undefined;

if (terms.vault.kind !== 'vault') throw new Error('the sample vault is none');
const { height, publicKey } = terms.vault.refund;
const configuration = new TextDecoder().decode(
  canonicalConfiguration({ network: 'regtest', refundKey: publicKey, lockHeight: height, name: 'pinata.example.org' }),
);
const booted: Boot = { ...published, configuration };

/** A release whose image is what `what` boots. */
function releaseOf(what: Boot): Release {
  const values = expectedPcrs(what);
  const of = (pcr: number): string => bytesToHex(values.get(pcr) ?? new Uint8Array(32));
  const zero48 = '00'.repeat(48);
  const sha384 = { '4': zero48, '7': zero48, '9': zero48, '11': zero48, '12': zero48 };
  const pcrs = { sha256: { '4': of(4), '7': of(7), '9': of(9), '11': of(11), '12': of(12) }, sha384 };
  return { ...sampleRelease, measurements: [{ output: 'btc-pinata.efi', pcrs }] };
}

const own: Partial<ServiceOptions> = {
  wallet: { ...publicWallet(key, networks.regtest, terms.vault), ephemeral: false },
  attestation: { build, sign: (statement, hedge) => signStatement(key, statement, hedge) },
};

describe.skipIf(missing)('a piñata with a TPM', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-verify-'));
  const at = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const releaseFile = at('release.json', encodeRelease(releaseOf(booted)));
  let chip: SoftwareTpm;
  let rootFile = '';
  let change: Parameters<typeof liveService>;

  beforeAll(async () => {
    chip = await SoftwareTpm.manufacture();
    const { root, issuer } = chip.authority;
    rootFile = at('root.pem', encodePem(root) + encodePem(issuer));
    const attester = await openAttester(await boot(chip, booted), configuration, { entropy, log: quiet });
    change = [[], undefined, attester, own];
  });
  afterAll(async () => {
    await chip?.scrap();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(...argv: readonly string[]) {
    const [out, err]: [string[], string[]] = [[], []];
    const status = await verifyCommand(argv, async () => releaseFile, {
      out: (line) => void out.push(line),
      err: (line) => void err.push(line),
      style: { width: 80, colour: false, unicode: true },
    });
    return { status, out: out.join('\n').replace(/\s+/g, ' '), err: err.join('\n') };
  }

  const saved = (file: string): Verification => {
    const decoded = decodeVerification(readFileSync(file, 'utf8'));
    if (!decoded.ok) throw new Error(decoded.fault);
    return decoded.value;
  };

  it('passes every check under a root for tests, and stays at L2; with its maker pinned it would be L3', async () => {
    const { service } = await liveService(...change);
    const file = join(folder, 'saved.json');
    const said = await run(`127.0.0.1:${service.ports.http}`, '--trust-root', rootFile, '--save', file);
    expect([said.status, said.err]).toEqual([0, '']);
    expect(said.out).toContain('L2, self-reported, NOT ATTESTED, TEST ROOT');
    expect(said.out).toContain(`from block ${height}`);
    const again = await run('--evidence', file);
    expect([again.status, again.err, again.out.endsWith(said.out)]).toEqual([0, '', true]);
    expect((await run('--evidence', file, '--require', 'L3')).status).toBe(12);

    const verification = saved(file);
    const pinned = { ...pinnedRoots, tpm: [bytesToHex(sha256(chip.authority.root))] };
    const trust = { key: undefined, release: undefined, pinned };
    expect(verify(verification, trust)).toMatchObject({ level: 'L3', refused: false });

    // Another image, or another command line, would have been seen.
    for (const other of [
      { ...booted, image: 'evil' },
      { ...booted, commandLine: 'init=/bin/sh' },
    ]) {
      const release = { ...verification.release, text: encodeRelease(releaseOf(other)) };
      const verdict = verify({ ...verification, release }, trust);
      expect([verdict.level, verdict.refused, verdict.hardware.tpm]).toEqual(['L2', true, 'refused']);
    }
  });

  it('is refused under its operator’s own root, which nobody named', async () => {
    const { service } = await liveService(...change);
    const said = await run(`127.0.0.1:${service.ports.http}`);
    expect(said.status).toBe(1);
    expect(said.out).toContain('REFUSED. What holds: L2, self-reported, NOT ATTESTED');
    expect(said.out).toContain('endorsement: no root is trusted');
  });

  it('is refused with a quote that was made for another challenge, by whoever stands in front of it', async () => {
    const { service } = await liveService(...change);
    const port = await relayed(service.ports.http, replayedEvidence());
    const ports = ['https', 'server', 'reverse'] as const;
    const doors = ports.flatMap((door) => [`--${door}-port`, String(service.ports[door])]);
    const said = await run(`127.0.0.1:${port}`, ...doors, '--trust-root', rootFile);
    expect(said.status).toBe(1);
    expect(said.out).toContain('REFUSED. What holds: L2');
    expect(said.out).toContain('quote-nonce: ');
  });

  it('is refused where another configuration is shown than was measured', async () => {
    const { service } = await liveService(...change);
    const file = join(folder, 'configured.json');
    await run(`127.0.0.1:${service.ports.http}`, '--trust-root', rootFile, '--save', file);
    const seen = saved(file);
    const [first, second] = seen.observations;
    const text = (second.evidence?.text ?? '').replace(`lockHeight\\":${height}`, `lockHeight\\":${height + 1}`);
    expect(utf8ToBytes(text)).not.toEqual(utf8ToBytes(second.evidence?.text ?? ''));
    const changed = { ...second, evidence: { text, received: second.answered } };
    const verdict = verify(
      { ...seen, observations: [first, changed] },
      { key: undefined, release: undefined, pinned: pinnedRoots },
    );
    const failed = verdict.sections.flatMap(({ checks }) => checks.filter(({ outcome }) => outcome === 'fail'));
    expect(new Set(failed.map(({ name }) => name))).toEqual(
      new Set(['measured-wallet', 'configuration', 'quote-nonce']),
    );
  });
});
