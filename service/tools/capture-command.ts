import { readFileSync } from 'node:fs';
import { type Certificate, decodeCertificate, decodePem } from '../x509/index.ts';
import { type CapturedSession, capturedSessions } from './capture.ts';
import { Misuse } from './command-words.ts';
import { readKeyLog } from './key-log.ts';
import { CaptureError } from './pcap-read.ts';
import type { ReplayOptions } from './replay-options.ts';
import { marks, stepWords } from './replay-words.ts';
import { printable } from './sequence-diagram.ts';

const FAILED = 1;

/** `btc-pinata trace replay` of a capture. Throws a Misuse for files that cannot be used. */
export function replayCapture(file: Uint8Array, { authority, keyLog, as, json }: ReplayOptions): number {
  const options = {
    secrets: readKeyLog(keyLog === undefined ? '' : readFileSync(keyLog, 'utf8')),
    authority: authority === undefined ? undefined : certificateIn(authority),
    as,
  };
  let sessions: readonly CapturedSession[];
  try {
    sessions = capturedSessions(file, options);
  } catch (error) {
    if (error instanceof CaptureError) throw new Misuse(error.message);
    throw error;
  }
  for (const session of sessions)
    for (const line of json ? [JSON.stringify(session)] : picture(session, as))
      process.stdout.write(`${json ? line : printable(line)}\n`);
  if (sessions.length === 0) console.error('btc-pinata trace replay: no connection in it begins with a ClientHello');
  const refused = sessions.filter(({ judged }) => judged?.established !== true);
  return sessions.length > 0 && (options.authority === undefined || refused.length === 0) ? 0 : FAILED;
}

function certificateIn(file: string): Certificate {
  const [der] = decodePem(readFileSync(file, 'utf8')) ?? [];
  const certificate = der && decodeCertificate(der);
  if (certificate === undefined) throw new Misuse(`--authority ${file} holds no certificate in PEM`);
  if (certificate.ok === true) return certificate.value;
  throw new Misuse(`--authority ${file} holds a certificate that is refused: ${certificate.fault.detail}`);
}

function picture({ client, server, recorded, judged }: CapturedSession, as: string): readonly string[] {
  const head = `${client} as TLS client, ${server} as server`;
  if (judged === undefined) return [head, ...recorded.map((step) => `       ${stepWords(step)}`), ''];
  const { steps, established, state, fault } = judged;
  const verdict = established
    ? `taken: ${state ?? 'established'}`
    : `not taken: ${fault === undefined ? `it ends in state ${state ?? 'start'}` : `${fault.reason} (${fault.detail})`}`;
  return [
    `${head}; our engine as ${as}: ${verdict}`,
    ...steps.map(({ step, origin }, index) => `  ${`${index + 1}`.padStart(4)} ${marks[origin]} ${stepWords(step)}`),
    '',
  ];
}
