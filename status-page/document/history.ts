import * as v from 'valibot';
import { verdicts } from './chain.ts';
import { byCategory, byDoor, count, day, satoshis, seconds } from './fields.ts';

/* What remains of the past: one object a day to which each poll adds its line, and the sums of them that the page draws. */

export const dayFormat = 'btc-pinata/day/v1';
export const historyFormat = 'btc-pinata/history/v1';

const verdict = v.picklist([...verdicts, 'unknown']);

export const pollSchema = v.object({
  at: seconds,
  verdict,
  /** Confirmed; null where no source was believed. */
  balance: v.nullable(satoshis),
  probes: byDoor(v.picklist(['up', 'down', 'unknown'])),
  counters: v.nullable(v.object({ connections: count, attempts: count, byCategory })),
  /** When the newest statement that was verified whole had come; null where there was none yet. */
  proofAt: v.nullable(seconds),
});

/** `history/YYYY-MM-DD.json`. In the order of their times, and none at a time that is there already. */
export const daySchema = v.object({ format: v.literal(dayFormat), day, polls: v.array(pollSchema) });

/** How many polls saw a door in which state. */
const uptime = v.object({ up: count, down: count, unknown: count });

export const daySumSchema = v.object({
  day,
  polls: count,
  /** The last of the day. */
  verdict,
  balance: v.nullable(satoshis),
  uptime: byDoor(uptime),
  /** Connections that ended on this day, by category, as far as the counters were read. */
  attempts: byCategory,
  /** Seconds between two polls, at most; a day without any has 86 400. */
  longestGap: count,
  /** Polls with a proof of their own. */
  proofs: count,
});

/** Connections of one day as the host's archive counts them: for the two diagrams, over the whole life. */
export const trafficSchema = v.object({ day, byDoor: byDoor(count), byCategory });

export const historySchema = v.object({
  format: v.literal(historyFormat),
  asOf: seconds,
  /** At most 90, the oldest first; a day on which nobody polled is not in it. */
  days: v.array(daySumSchema),
  /** The oldest first. */
  traffic: v.array(trafficSchema),
  /** Each change of the confirmed balance that was seen, the oldest first; of a long life the newest. */
  balances: v.array(v.object({ at: seconds, satoshis })),
});

export type PollDocument = v.InferOutput<typeof pollSchema>;
export type DayDocument = v.InferOutput<typeof daySchema>;
export type DaySum = v.InferOutput<typeof daySumSchema>;
export type TrafficDocument = v.InferOutput<typeof trafficSchema>;
export type HistoryDocument = v.InferOutput<typeof historySchema>;
