import { dayText } from '../../service/site/http-date.ts';
import type { DaySum, HistoryDocument } from '../../status-page/document/index.ts';
import { day, sampleAsOf as now } from './sample-proof.ts';

/* Half a year of a piñata that was looked at: a peak at the start, another when it was talked about, two days nobody looked. */

/** Numbers that look like chance and are the same each time. */
const wave = (index: number, most: number): number =>
  Math.floor(most * (0.55 + 0.3 * Math.sin(index * 1.7) + 0.15 * Math.sin(index * 5.3 + 1)));

function daySum(index: number): DaySum {
  const down = index === 37 ? 42 : index === 61 ? 1440 : 0;
  const looks = (lost: number) => ({ up: 1440 - lost, down: lost, unknown: 0 });
  return {
    day: dayText(Math.floor(now / day) - 89 + index),
    polls: 1440,
    verdict: index < 3 ? 'unfunded' : 'live',
    balance: 1_002_500_700,
    uptime: {
      http: looks(down),
      https: looks(down),
      server: looks(down),
      dialback: { up: 24, down: 0, unknown: 0 },
      reverse: { up: 24 - (down > 0 ? 1 : 0), down: down > 0 ? 1 : 0, unknown: 0 },
    },
    attempts: {
      'website.page': wave(index, 300),
      'record.not_tls': wave(index + 3, 60),
      'cert.none': wave(index + 9, 70),
    },
    longestGap: 63,
    proofs: 1438,
  };
}

export const liveHistory: HistoryDocument = {
  format: 'btc-pinata/history/v1',
  asOf: now,
  days: Array.from({ length: 90 }, (_, index) => daySum(index)).filter((_, index) => index !== 14 && index !== 15),
  traffic: Array.from({ length: 187 }, (_, index) => {
    const first = Math.exp(-index / 9) * 5200 + 40;
    const back = index > 138 ? Math.exp(-(index - 139) / 6) * 2400 : 0;
    const website = Math.round(wave(index, 120) + first + back);
    const bounty = Math.round(wave(index + 4, 55) + first * 0.4 + back * 0.8);
    return {
      day: dayText(Math.floor(now / day) - 187 + index),
      byDoor: {
        http: website,
        https: Math.round(website / 4),
        server: bounty,
        dialback: Math.round(bounty / 7),
        reverse: Math.round(bounty / 4),
      },
      byCategory: {},
    };
  }),
  balances: [
    { at: now - 187 * day, satoshis: 1_000_000_000 },
    { at: now - 140 * day, satoshis: 1_001_000_000 },
    { at: now - 71 * day, satoshis: 1_002_200_000 },
    { at: now - 12 * day, satoshis: 1_002_500_700 },
  ],
};

export const newbornHistory: HistoryDocument = {
  format: 'btc-pinata/history/v1',
  asOf: now,
  days: [],
  traffic: [],
  balances: [],
};
