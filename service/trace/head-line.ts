import type { AttemptHead } from './attempt.ts';

/** The line that stands for a head in the chain of its day, without a newline: JSON, its fields in this order and no other. */
export const headLine = (head: AttemptHead): string =>
  JSON.stringify({
    number: head.number,
    at: head.at,
    milliseconds: head.milliseconds,
    port: head.port,
    role: head.role,
    visitor: head.visitor,
    generation: head.generation,
    version: head.version,
    state: head.state,
    category: head.category,
    reason: head.reason,
    alertSent: head.alertSent,
    alertReceived: head.alertReceived,
    bytesReceived: head.bytesReceived,
    bytesSent: head.bytesSent,
    test: head.test,
    bodySha256: head.bodySha256,
  } satisfies AttemptHead);
