import { finality } from '../chain/index.ts';
import { latest, type StatusDocument, type VerdictName, verdicts } from '../document/index.ts';

/* The answer to the one question that brings people here: was it taken? */

/** What colours the page. */
export type Tone = 'good' | 'watch' | 'alarm' | 'end' | 'none' | 'grey';
/** How the piñata is drawn. */
export type Pose = 'hanging' | 'hit' | 'broken' | 'down' | 'empty' | 'faded';
/** Of the Atlassian status API. */
export type Indicator = 'none' | 'minor' | 'major' | 'critical';

export interface Answer {
  /** Of the chain, or that nobody could look. */
  readonly name: VerdictName | 'unknown';
  readonly tone: Tone;
  readonly pose: Pose;
  /** One or two words in capitals. */
  readonly pill: string;
  /** The heading: a sentence that stands by itself. */
  readonly answer: string;
  readonly sentence: string;
  readonly indicator: Indicator;
  /** May coins still be sent there? */
  readonly open: boolean;
}

export function answerOf({ chain }: StatusDocument): Answer {
  if (chain.state === 'unknown') {
    const last = latest(chain);
    return {
      ...unknowing,
      name: 'unknown',
      answer: 'Nobody can say.',
      sentence: `This page could not look: ${chain.reason}.${last === undefined ? '' : ` The last that was known: ${last.value.title}.`}`,
    };
  }
  const { verdict, sentence, contested, confirmations } = chain.value;
  return { name: verdict, sentence, ...lookOf(verdict, contested ?? 1, confirmations ?? 0) };
}

type Look = Omit<Answer, 'name' | 'sentence'>;

const unknowing = {
  tone: 'grey',
  pose: 'faded',
  pill: 'UNKNOWN',
  indicator: 'minor',
  open: false,
} as const;

function lookOf(verdict: VerdictName, contested: number, confirmations: number): Look {
  switch (verdict) {
    case 'unfunded':
      return {
        tone: 'none',
        pose: 'empty',
        pill: 'UNFUNDED',
        answer: 'Not yet filled.',
        indicator: 'none',
        open: true,
      };
    case 'live':
      return {
        tone: 'good',
        pose: 'hanging',
        pill: 'LIVE',
        answer: 'No. It still hangs.',
        indicator: 'none',
        open: true,
      };
    case 'live_refundable':
      return {
        tone: 'watch',
        pose: 'hanging',
        pill: 'LIVE, REFUNDABLE',
        answer: 'No. But it may be taken down.',
        indicator: 'none',
        open: false,
      };
    case 'spend_seen':
      return {
        tone: 'alarm',
        pose: 'hit',
        pill: contested > 1 ? `SPEND SEEN, ${contested} AT ONCE` : 'SPEND SEEN',
        answer: contested > 1 ? 'Several are taking it right now.' : 'Somebody is taking it right now.',
        indicator: 'major',
        open: false,
      };
    case 'spend_confirmed':
      return {
        tone: 'alarm',
        pose: 'hit',
        pill: `CONFIRMING ${Math.min(confirmations, finality)}/${finality}`,
        answer: 'It is being taken.',
        indicator: 'major',
        open: false,
      };
    case 'claimed':
      return {
        tone: 'end',
        pose: 'broken',
        pill: 'CLAIMED',
        answer: 'Yes. It was broken.',
        indicator: 'critical',
        open: false,
      };
    case 'spent':
      return {
        tone: 'end',
        pose: 'broken',
        pill: 'SPENT',
        answer: 'It is spent: won, or taken back.',
        indicator: 'critical',
        open: false,
      };
    case 'refunded':
      return {
        tone: 'end',
        pose: 'down',
        pill: 'REFUNDED',
        answer: 'No. It was taken down.',
        indicator: 'critical',
        open: false,
      };
    case 'disagreement':
      return { ...unknowing, answer: 'Nobody can say: the sources disagree.' };
    case 'stale':
      return { ...unknowing, answer: 'Nobody can say: no source answers.' };
    default:
      return verdict satisfies never;
  }
}

/** Of every state there is: cards are drawn for each. */
export const answerNames = [...verdicts, 'unknown'] as const satisfies readonly Answer['name'][];

/** A card is kept by others for days: it says the state, and no number that will be another one tomorrow. */
export const cardOf = (name: Answer['name']): Pick<Answer, 'tone' | 'pose' | 'pill' | 'answer'> =>
  name === 'unknown'
    ? { ...unknowing, answer: 'Nobody can say.' }
    : { ...lookOf(name, 1, 1), ...(name === 'spend_confirmed' ? { pill: 'CONFIRMING' } : {}) };

/** Seconds after which a proof is too old to send coins by (the key may be gone). */
export const depositWindow = 3600;
/** Seconds after which a page that was not renewed says nothing of now. */
export const staleAfter = 900;

/** What else a reader has to know at once, the worst first. */
export interface Note {
  readonly tone: 'alarm' | 'watch';
  readonly title: string;
  readonly text: string;
  readonly link?: { readonly href: string; readonly words: string };
}
