import { afterAll, expect, test } from 'vitest';
import { notaryLimits } from '../../service/attest/notary.ts';
import { sampleAttestation } from '../site/sample-view.ts';
import { liveService } from './live-service.ts';
import { eventually } from './relay.ts';

/* A file of its own: a hundred thousand challenges would have to wait, which no rate of one address allows. */

const { waiting } = notaryLimits;
Object.assign(notaryLimits, { waiting: 3 });
afterAll(() => void Object.assign(notaryLimits, { waiting }));

test('where as many challenges wait as one signature answers, one more is told to come again, and then taken', async () => {
  let broken = false;
  const sign: typeof sampleAttestation.sign = (...of) => {
    if (broken) throw new Error('no signature now');
    return sampleAttestation.sign(...of);
  };
  const { service, clock } = await liveService([], undefined, undefined, {
    attestation: { ...sampleAttestation, sign },
  });
  broken = true;
  const post = async () => {
    const challenge = { method: 'POST', body: new Uint8Array(32), headers: { connection: 'close' } };
    const { status, headers } = await fetch(`http://127.0.0.1:${service.ports.http}/challenge`, challenge);
    return [status, headers.get('retry-after')];
  };
  const taken = [await post(), await post(), await post()];
  expect(taken).toEqual(Array(3).fill([202, null]));
  expect(await post()).toEqual([503, '1']);
  broken = false;
  await eventually(
    async () => {
      clock.pass(1);
      return (await post())[0];
    },
    (status) => status === 202,
  );
});

test('a piñata that cannot sign its first statement opens no ports', async () => {
  const listening = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  const before = listening();
  const sign = () => {
    throw new Error('no signature at all');
  };
  const opened = liveService([], undefined, undefined, { attestation: { ...sampleAttestation, sign } });
  await expect(opened).rejects.toThrow('no signature at all');
  await eventually(
    async () => listening(),
    (count) => count === before,
  );
});
