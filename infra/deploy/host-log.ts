import * as v from 'valibot';
import type { Deployment } from './deployment.ts';
import { hostAnswer } from './host-word.ts';

const value = v.union([v.string(), v.number(), v.boolean(), v.null()]);
const logSchema = v.object({
  startedAt: v.string(),
  lines: v.array(v.object({ at: v.string(), event: v.string(), values: v.record(v.string(), value) })),
});

/**
 * What the process itself says on its page (`/log.json`), the oldest first: of a server whose cloud keeps no console, all that
 * can be had without a shell. Throws a Refusal where the host does not answer.
 */
export const hostLog = (deployment: Pick<Deployment, 'host'>, signal: AbortSignal): Promise<string> =>
  hostAnswer(deployment, '/log.json', signal, (answer) => {
    const { startedAt, lines } = v.parse(logSchema, answer);
    const told = lines.toReversed().map(({ at, event, values }) => {
      const words = Object.entries(values).map(([name, text]) => ` ${name}=${text}`);
      return `${at} ${event}${words.join('')}\n`;
    });
    return `${startedAt} started\n${told.join('')}`;
  });
