import { bare, bitcoin } from '../words.ts';

/*
 * After a click: the sums of the address, from each explorer that the policy of the page names. What comes back is shown
 * beside what the page says, and changes none of it.
 */

const patience = 10_000;

export async function askExplorers(place: HTMLElement): Promise<void> {
  const { address = '', explorers = '' } = place.dataset;
  const answers = place.querySelector('.answers');
  if (answers === null) return;
  answers.replaceChildren(paragraph('Asking…'));
  const lines = await Promise.all(explorers.split(' ').map((base) => ask(base, address)));
  answers.replaceChildren(...lines.map(paragraph));
}

function paragraph(text: string): HTMLElement {
  const element = document.createElement('p');
  element.textContent = text;
  return element;
}

async function ask(base: string, address: string): Promise<string> {
  try {
    const response = await fetch(`${base}/address/${address}`, {
      referrerPolicy: 'no-referrer',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
    });
    if (!response.ok) return `${bare(base)} answers ${response.status}.`;
    const sums: unknown = await response.json();
    const [confirmed, pending] = [sumOf(sums, 'chain_stats'), sumOf(sums, 'mempool_stats')];
    if (confirmed === undefined || pending === undefined) return `${bare(base)} answers something else.`;
    const moving =
      pending.spent > 0
        ? ` ${bitcoin(pending.spent)} of it is being taken, unconfirmed.`
        : pending.funded > 0
          ? ` ${bitcoin(pending.funded)} is coming in.`
          : '';
    return `${bare(base)} tells your browser: ${bitcoin(confirmed.funded - confirmed.spent)} is there, ${confirmed.spent > 0 ? `${bitcoin(confirmed.spent)} was taken` : 'nothing was ever taken'}.${moving}`;
  } catch (error) {
    return `${bare(base)} cannot be asked: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

function sumOf(value: unknown, key: string): { readonly funded: number; readonly spent: number } | undefined {
  const sums = fieldOf(value, key);
  const [funded, spent] = [fieldOf(sums, 'funded_txo_sum'), fieldOf(sums, 'spent_txo_sum')];
  return typeof funded === 'number' && typeof spent === 'number' ? { funded, spent } : undefined;
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? new Map<string, unknown>(Object.entries(value)).get(key) : undefined;
