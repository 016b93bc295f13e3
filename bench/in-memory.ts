import { type ClientConfig, client, receive, type ServerConfig, server } from '../service/tls/index.ts';
import { environment } from './our-credentials.ts';

/* Both ends of a handshake in one thread, without a socket: the engine and nothing else. */

export interface Timing {
  /** Of the server's steps together, microseconds. */
  readonly server: number;
  readonly client: number;
}

/** One whole handshake; `afterStep` is told whose step just ended. Throws if either end does not end up established. */
export function handshakeInMemory(
  ours: ServerConfig,
  theirs: ClientConfig,
  afterStep: (side: keyof Timing) => void = () => undefined,
): Timing {
  const spent = { server: 0, client: 0 };
  const at = <Value>(side: keyof Timing, step: () => Value): Value => {
    const start = performance.now();
    const value = step();
    spent[side] += (performance.now() - start) * 1000;
    afterStep(side);
    return value;
  };
  const [here, there] = [environment(), environment()];
  let clientStep = at('client', () => client(theirs, there));
  let serverStep = at('server', () => receive(server(ours, here), clientStep.out));
  clientStep = at('client', () => receive(clientStep.session, serverStep.out));
  serverStep = at('server', () => receive(serverStep.session, clientStep.out));
  // In TLS 1.2 the server's Finished is the last.
  if (clientStep.status === 'handshaking') clientStep = at('client', () => receive(clientStep.session, serverStep.out));
  if (serverStep.status !== 'established' || clientStep.status !== 'established') {
    const faults = [...clientStep.events, ...serverStep.events].filter(({ type }) => type === 'fault');
    throw new Error(`a handshake in memory failed: ${JSON.stringify(faults)}`);
  }
  return spent;
}
