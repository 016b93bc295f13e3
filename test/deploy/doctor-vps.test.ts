import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../infra/claim/refusal.ts';
import { examine } from '../../infra/deploy/doctor.ts';
import { tokenVariables } from '../../infra/vps/inputs.ts';
import { cases, type Opened } from '../vps/clouds.ts';
import { testToken } from '../vps/place.ts';
import { drafted, refundKey } from './scene.ts';

/* What doctor asks of the cloud of a VPS, against its stand-in: whether it takes the token, before anything is touched. */

describe.each(cases)('$provider', ({ provider, open }) => {
  let opened: Opened;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(async () => {
    await opened.cloud.close();
    expect(opened.cloud.faulty).toEqual([]);
  });

  async function asked(token: string, endpoint = opened.cloud.endpoint) {
    const region = provider === 'hetzner' ? 'fsn1' : 'nyc3';
    const { findings } = await examine(
      drafted({ host: provider, region, refundKey, statusPage: false }),
      new Refusal('there is none'),
      {
        root: process.cwd(),
        folder: '/nowhere/yet',
        environment: { [tokenVariables[provider]]: token },
        signal: new AbortController().signal,
        endpoint,
      },
    );
    return findings.filter(({ what }) => what === 'token');
  }

  test('a token that it takes, by one question that changes nothing', async () => {
    const words = `${provider} takes that of ${tokenVariables[provider]}`;
    expect(await asked(testToken)).toEqual([{ what: 'token', outcome: 'ok', words }]);
    expect([opened.cloud.log, opened.cloud.bodies]).toEqual([[], ['']]);
  });

  test('a wrong one, none, and no way there: one sentence each, without the token', async () => {
    const wrong = 'a-token-of-nobody';
    const said = [await asked(wrong), await asked(''), await asked(wrong, 'http://127.0.0.1:9')].flat();
    expect(said).toEqual([
      { what: 'token', outcome: 'problem', words: expect.stringMatching(/ does not know this token: /) },
      { what: 'token', outcome: 'problem', words: expect.stringContaining(`${tokenVariables[provider]} is not set: `) },
      { what: 'token', outcome: 'problem', words: expect.stringMatching(/^there is no way through to /) },
    ]);
    expect(JSON.stringify(said)).not.toContain(wrong);
  });
});
