import { type BridgeEvent, type BridgeReport, bridge } from './bridge.ts';
import { type BridgeOptions, parseBridgeOptions } from './bridge-options.ts';
import { BridgePicture } from './bridge-picture.ts';
import { Misuse } from './command-words.ts';
import { terminalStyle } from './terminal-style.ts';

const status: Readonly<Record<BridgeReport['outcome'], number>> = { confirmed: 0, failed: 1, unknown: 3 };
const MISUSED = 2;

/** `btc-pinata bridge`: the exit status is that of its usage text. */
export async function bridgeCommand(argv: readonly string[]): Promise<number> {
  const options = parseBridgeOptions(argv);
  if ('misuse' in options) {
    console.error(`btc-pinata bridge: ${options.misuse}\n\`btc-pinata bridge --help\` says more.`);
    return MISUSED;
  }
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const report = options.json
      ? await reportJson(options, interrupted.signal)
      : await drawPicture(options, interrupted.signal);
    return status[report.outcome];
  } catch (error) {
    console.error(`btc-pinata bridge: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof Misuse ? MISUSED : status.failed;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

async function drawPicture(options: BridgeOptions, signal: AbortSignal): Promise<BridgeReport> {
  const picture = new BridgePicture(options, terminalStyle(process.stdout, process.env));
  const print = (lines: readonly string[]): void => {
    for (const line of lines) process.stdout.write(`${line}\n`);
  };
  const report = await bridge(options, (event) => print(picture.event(event)), signal);
  if (report.outcome === 'failed') console.error(`btc-pinata bridge: ${report.reason ?? 'failed'}.`);
  else print(picture.outcome(report));
  return report;
}

async function reportJson(options: BridgeOptions, signal: AbortSignal): Promise<BridgeReport> {
  const events: BridgeEvent[] = [];
  const report = await bridge(options, (event) => events.push(event), signal);
  process.stdout.write(`${JSON.stringify({ host: options.host, client: options.client.kind, ...report, events })}\n`);
  return report;
}
