import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { deployedPorts } from '../../infra/deploy/deployment.ts';
import { hostAnswers, pageShows, patience } from '../../infra/deploy/wait.ts';
import { liveStatus } from '../status/sample-status.ts';
import { drafted } from './scene.ts';

/* What a deployment waits for at its end, over HTTP; the seconds of its patience pass with each pause. */

type Answer = readonly [path: string, answer: (response: ServerResponse) => void];

/** Answers each question by the next of these, and then for good by the last; its port. */
async function answering(...answers: readonly [Answer, ...Answer[]]): Promise<number> {
  let asked = 0;
  const server = createServer(({ url }, response) => {
    const [path, answer] = answers[Math.min(asked, answers.length - 1)] ?? answers[0];
    asked += 1;
    expect(url).toBe(path);
    answer(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const host = (answer: Answer[1]): Answer => ['/attestation.json', answer];
const page = (answer: Answer[1]): Answer => ['/status.json', answer];
const nobody = (response: ServerResponse): void => void response.destroy();
const status =
  (code: number, body = '', headers = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(code, headers).end(body);

function waiting() {
  const told: string[] = [];
  let seconds = 0;
  const { signal } = new AbortController();
  const pause = async (milliseconds: number): Promise<void> => {
    seconds += milliseconds / 1000;
  };
  return { told, tell: (text: string) => void told.push(text), with: { pause, signal, now: () => seconds } };
}

const hostAt = (http: number) => ({
  ...drafted(),
  host: { ...drafted().host, address: '127.0.0.1', ports: { ...deployedPorts, http } },
});
const pageAt = (port: number, address = liveStatus.watched.address ?? '') => ({
  ...drafted(),
  status: { bucket: 'b', distribution: 'd', poller: 'p', url: `http://127.0.0.1:${port}` },
  wallet: { network: 'mainnet', address, kind: 'vault', refundHeight: 958_000 } as const,
});

test('a host is waited for until its page has a statement; who sends elsewhere is not followed', async () => {
  const elsewhere = status(302, '', { location: '/' });
  const port = await answering(host(nobody), host(status(503)), host(elsewhere), host(status(200, '{}')));
  const { told, tell, with: clock } = waiting();
  await hostAnswers(hostAt(port), clock, tell);
  expect(told).toEqual([
    expect.stringMatching(/^no answer yet \(/),
    'it answers with status 503',
    expect.stringMatching(/^no answer yet \(/),
  ]);
});

test('a host that never answers ends it with what to do', async () => {
  const port = await answering(host(status(503)));
  const { told, tell, with: clock } = waiting();
  await expect(hostAnswers(hostAt(port), clock, tell)).rejects.toThrow(
    'the host at 127.0.0.1 does not answer after 15 minutes (it answers with status 503): `btc-pinata logs` shows its console; run this again to go on waiting',
  );
  expect(told).toHaveLength(patience.host / 3);
});

test('a page is waited for until its document, as the poller writes it, is about the wallet', async () => {
  const of = (address: string | null) =>
    page(status(200, JSON.stringify({ ...liveStatus, watched: { ...liveStatus.watched, address } })));
  const own = page(status(200, JSON.stringify(liveStatus)));
  const answers = [page(nobody), page(status(403, '<Error/>')), page(status(404, '{}')), of(null)] as const;
  const port = await answering(answers[0], ...answers.slice(1), of('bc1qanother'), own);
  const { told, tell, with: clock } = waiting();
  await pageShows(pageAt(port), clock, tell);
  expect(told).toEqual([
    expect.stringMatching(/^no answer yet \(/),
    'no answer yet (SyntaxError)',
    'it answers with status 404 and no status',
    'it does not know this wallet yet',
    'it does not know this wallet yet',
  ]);
});

test('a page that stays with another wallet ends it', async () => {
  const port = await answering(page(status(200, JSON.stringify(liveStatus))));
  const { tell, with: clock } = waiting();
  await expect(pageShows(pageAt(port, 'bc1qours'), clock, tell)).rejects.toThrow(
    `the page at http://127.0.0.1:${port} does not show this host after 15 minutes: it does not know this wallet yet`,
  );
});
