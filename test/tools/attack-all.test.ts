import { describe, expect, it } from 'vitest';
import { loadLibrary } from '../../service/tools/attack-library.ts';
import { freePort } from '../support/free-port.ts';
import { Attacked, attackCommand } from './attacked.ts';

/* `btc-pinata attack --all`, as it is typed: the whole library against one live piñata, a line each, and one verdict. */

const attacked = Attacked.forThisFile();
const library = await loadLibrary();
/** The proof that the tool sees the bait is no attack, and is left out. */
const played = library.flatMap(({ name, attack }) =>
  attack.variants
    .filter(({ expect: end }) => end !== 'bait')
    .map((variant) => (variant.name === '' ? name : `${name}:${variant.name}`)),
);

describe('btc-pinata attack --all', () => {
  it('plays every attack of the library, sees each refused and counted as its script says, and exits with 0', async () => {
    const { status, out, err } = await attacked.command(
      '--all',
      '127.0.0.1',
      '--test-credentials',
      attacked.credentials,
    );
    const lines = out.split('\n');
    const refused = lines.flatMap((line) => /^ {2}✔ (\S+) /.exec(line)?.[1] ?? []);
    expect({ otherwise: lines.filter((line) => /^ {2}[✘█-] /.test(line)), err }).toEqual({ otherwise: [], err: '' });
    expect(refused).toEqual(played);
    expect(out).toContain(`  ${played.length} connections, ${played.length} refused as they should be\n`);
    expect(out).toMatch(/\n {2}counted in \d+ categories, as they should be\n$/);
    expect(status).toBe(0);
    expect((await attacked.pinata.status()).successes).toMatchObject({ unpaired: 0, test: 0 });
  }, 300_000);

  it('with nobody there says so once, and exits with 1', async () => {
    const nobody = await freePort();
    const { status, out, err } = await attackCommand('--all', `127.0.0.1:${nobody}`, '--http-port', `${nobody}`);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(
      new RegExp(`^btc-pinata attack: cannot connect to port ${nobody} of 127\\.0\\.0\\.1 .*connection refused.*\\n$`),
    );
  });
});
