import type { Socket } from 'node:net';
import { concatBytes } from '@noble/hashes/utils.js';
import type { PortKey } from '../trace/index.ts';
import { type AttackedPort, type AttackVariant, portKeyOf } from './attack.ts';
import { CategoryCounter } from './attack-category.ts';
import { answerWords, type Expectation, expectedCategory } from './attack-expectation.ts';
import { attackKit, KitIncomplete } from './attack-kit.ts';
import { CallBack } from './call-back.ts';
import { connect } from './connect.ts';
import { RogueClient } from './rogue/client.ts';
import type { Heard, RoguePeer, Sent } from './rogue/peer.ts';
import { RogueServer } from './rogue/server.ts';
import { type Departure, Wire } from './rogue/wire.ts';

/** What there is to attack. */
export interface Target {
  readonly host: string;
  /** Which of the ports it is about, and all of them: some attacks use two. */
  readonly port: AttackedPort;
  readonly ports: Readonly<Record<PortKey, number>>;
  /** Where the piñata calls back to, on our side. */
  readonly calledPort: number;
  /** Of the piñata's website: /status.json and /certificates.pem. */
  readonly site: URL;
  readonly credentials: string | undefined;
  /** Whether to ask after each connection where it was counted: the page is made once a second, so that costs one. */
  readonly counted: boolean;
}

/** What happens, as it happens; `at` in milliseconds since the connection stood. */
export type AttackEvent =
  | { readonly type: 'connected'; readonly at: number; readonly local: string; readonly remote: string }
  | { readonly type: 'sent'; readonly at: number; readonly sent: Sent }
  | { readonly type: 'heard'; readonly at: number; readonly heard: Heard; readonly sealed: boolean }
  | { readonly type: 'note'; readonly at: number; readonly text: string };

export interface AttackReport {
  /** `unplayable`: the script wants something that is not there. */
  readonly outcome: 'expected' | 'unexpected' | 'bait' | 'unplayable';
  readonly expected: Expectation;
  readonly alerts: readonly string[];
  /** Status codes of the website. */
  readonly answers: readonly number[];
  readonly left: Departure | undefined;
  /** What grew in the statistics; undefined where they cannot be read. */
  readonly categories: readonly string[] | undefined;
  /** Application data that came, opened. */
  readonly data: Uint8Array;
  /** What was not as expected, each a clause. */
  readonly differences: readonly string[];
}

const CATEGORY_PATIENCE = 3000;
const CONNECT_PATIENCE = 10_000;

/** Plays one variant of an attack on one connection, and judges how it ended. */
export async function runAttack(
  variant: AttackVariant,
  target: Target,
  watch: (event: AttackEvent) => void,
): Promise<AttackReport> {
  const counter = target.counted ? await CategoryCounter.open(target.site) : undefined;
  const patience = () => AbortSignal.timeout(CONNECT_PATIENCE);
  const dial = (port: AttackedPort) => connect(target.host, target.ports[portKeyOf[port]], whose(port), patience());
  const callBack =
    target.port === 'dialback' ? await CallBack.expect(target.host, target.calledPort, patience()) : undefined;
  const socket = await dial(target.port).catch((error: unknown) => {
    callBack?.close();
    throw error;
  });
  const start = performance.now();
  const at = () => performance.now() - start;
  const seen = new Conversation();
  const others: Wire[] = [];
  /** Not in the picture; but wherever the bait came out, it did. */
  const aside = <Peer extends RoguePeer>(socketOfPeer: Socket, make: (wire: Wire) => Peer): Peer => {
    const wire = new Wire(socketOfPeer);
    others.push(wire);
    const peer = make(wire);
    const heard = (what: Heard): void => {
      if (what.type === 'data') seen.heard(what);
    };
    peer.watcher = { sent: () => undefined, heard };
    return peer;
  };
  const kit = attackKit({
    ...target,
    note: (text) => watch({ type: 'note', at: at(), text }),
    connect: async (port = target.port === 'client' ? 'client' : 'server') =>
      aside(await dial(port), (wire) => new RogueClient(wire)),
    called: async () => {
      if (callBack === undefined) throw new KitIncomplete("only who plays `as: 'caller'` is called back");
      return aside(await callBack.arrived, (wire) => new RogueServer(wire));
    },
  });
  const local = `${socket.localAddress}:${socket.localPort}`;
  watch({ type: 'connected', at: 0, local, remote: `${socket.remoteAddress}:${socket.remotePort}` });
  let stumbled: string | undefined;
  try {
    await variant.play(new Wire(socket), kit, {
      sent: (sent) => watch({ type: 'sent', at: at(), sent }),
      heard(heard, sealed) {
        seen.heard(heard);
        watch({ type: 'heard', at: at(), heard, sealed });
      },
    });
  } catch (error) {
    if (error instanceof KitIncomplete) return seen.report(variant.expect, 'unplayable', undefined, [error.message]);
    // A piñata that refuses earlier than the script thought leaves it waiting for a message: the verdict judges that.
    if (!seen.over) stumbled = `the script stumbled: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    socket.destroy();
    callBack?.close();
    for (const other of others) other.reset();
  }
  const category = expectedCategory(variant.expect);
  const categories = await counter?.grown(category, CATEGORY_PATIENCE);
  const differences = [
    ...(stumbled === undefined ? [] : [stumbled]),
    ...seen.differences(variant.expect),
    ...(categories === undefined || categories.includes(category)
      ? []
      : [`it was to be counted as ${category}, and ${categories.join(', ') || 'nothing'} grew`]),
  ];
  const refused = differences.length === 0 ? 'expected' : 'unexpected';
  return seen.report(variant.expect, seen.data.length > 0 ? 'bait' : refused, categories, differences);
}

const whose = (port: AttackedPort): string => (port === 'http' || port === 'https' ? 'the website' : 'the bounty');

/** What the piñata said, as far as it decides anything. */
class Conversation {
  readonly #alerts: string[] = [];
  readonly #answers: number[] = [];
  readonly #data: Uint8Array[] = [];
  #left: Departure | undefined;

  heard(heard: Heard): void {
    if (heard.type === 'alert') this.#alerts.push(heard.name);
    if (heard.type === 'response') this.#answers.push(heard.status);
    if (heard.type === 'data') this.#data.push(heard.bytes);
    if (heard.type === 'left') this.#left = heard.how;
  }

  get over(): boolean {
    return this.#alerts.length + this.#answers.length > 0 || this.#left !== undefined;
  }

  get data(): Uint8Array {
    return concatBytes(...this.#data);
  }

  differences(expected: Expectation): readonly string[] {
    if (expected === 'bait') return this.data.length > 0 ? [] : ['the test credentials were to be let in'];
    return [
      ...('answers' in expected ? this.#otherAnswers(expected.answers) : this.#otherAlerts(expected.alert)),
      ...(this.#left === 'silence' ? ['it neither answered nor left'] : []),
    ];
  }

  #otherAlerts(alert: string): readonly string[] {
    const wanted = alert === 'none' ? [] : [alert];
    const said = this.#alerts.join(', ');
    return said === wanted.join() ? [] : [`${said || 'no alert'} came instead of ${wanted.join() || 'none'}`];
  }

  /** Over TLS the website says close_notify when it has answered. */
  #otherAnswers(wanted: readonly number[]): readonly string[] {
    const alerts = this.#alerts.filter((alert) => alert !== 'close_notify');
    return [
      ...(this.#answers.join() === wanted.join()
        ? []
        : [`${answerWords(this.#answers)} came instead of ${answerWords(wanted)}`]),
      ...(alerts.length === 0 ? [] : [`it said ${alerts.join(', ')}`]),
    ];
  }

  report(
    expected: Expectation,
    outcome: AttackReport['outcome'],
    categories: readonly string[] | undefined,
    differences: readonly string[],
  ): AttackReport {
    const [alerts, answers, left, data] = [this.#alerts, this.#answers, this.#left, this.data];
    return { outcome, expected, alerts, answers, left, categories, data, differences };
  }
}
