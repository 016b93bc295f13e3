import { civilDate } from '../../service/site/http-date.ts';
import { latest, type StatusDocument } from '../document/index.ts';
import { type Answer, depositWindow, type Note } from './answer.ts';
import { age } from './words.ts';

/** What stands below the answer: a green word may not hide any of these. */
export function notesOf(status: StatusDocument, { open }: Answer): readonly Note[] {
  const { watched, retirement, build, chain, host, counters, asOf, incidents } = status;
  const notes: Note[] = [];
  const breaches = latest(counters)?.value.successes.unpaired ?? 0;
  if (breaches > 0)
    notes.push({
      tone: 'alarm',
      title: 'The lock was broken',
      text: `The machine itself counts ${breaches === 1 ? 'one success' : `${breaches} successes`} without an other end of its own. Whoever had it has the key.`,
    });
  if (retirement !== null)
    notes.push({
      tone: 'watch',
      title: retirement.effectiveAt <= asOf ? 'Retired' : 'Will be taken down',
      text: `The operator announced on ${civilDate(retirement.announcedAt)}, signed with the refund key, to take it down on ${civilDate(retirement.effectiveAt)}. ${retirement.text}`,
      ...(retirement.url === null ? {} : { link: { href: retirement.url, words: 'The signed notice' } }),
    });
  if (build.verdict === 'mismatch')
    notes.push({
      tone: 'alarm',
      title: 'Another program runs there',
      text: 'The build that the machine reports is not the published one.',
      link: { href: '#proof', words: 'Both hashes' },
    });
  if (watched.test)
    notes.push({
      tone: 'watch',
      title: 'A piñata for practice',
      text: 'Test credentials exist that open it, so a win proves nothing.',
    });
  if (watched.network !== 'mainnet')
    notes.push({
      tone: 'watch',
      title: `This is ${watched.network}`,
      text: 'Its coins are worth nothing: practise here.',
    });
  const proof = latest(status.proof);
  if (open && (proof === undefined || asOf - proof.value.answeredAt > depositWindow))
    notes.push({
      tone: 'watch',
      title: 'The key was not shown of late',
      text:
        proof === undefined
          ? 'Nobody has proven yet that the machine holds the key.'
          : `The last proof that the machine holds the key is ${age(asOf - proof.value.answeredAt)} old. Send nothing until there is a new one.`,
    });
  const down = (['server', 'dialback', 'reverse'] as const).filter((door) => host[door].state === 'down');
  if (open && down.length > 0)
    notes.push({
      tone: 'watch',
      title: down.length === 3 ? 'The machine does not answer' : 'Not every door answers',
      text: `${down.map((door) => `Port ${watched.ports[door]}`).join(', ')}: ${host[down[0] ?? 'server'].sentence}`,
      link: { href: '#machine', words: 'The doors' },
    });
  if (chain.state === 'known' && chain.value.support === 'single')
    notes.push({
      tone: 'watch',
      title: 'By the word of one source',
      text: 'Nobody else could be asked who would contradict it.',
      link: { href: '#sources', words: 'The sources' },
    });
  const worst = incidents.find(({ resolvedAt }) => resolvedAt === null);
  if (worst !== undefined)
    notes.push({
      tone: worst.impact === 'critical' ? 'alarm' : 'watch',
      title: worst.title,
      text: `Open since ${civilDate(worst.createdAt)}.`,
      link: { href: '#incidents', words: 'What is known' },
    });
  return notes.toSorted((one, other) => Number(other.tone === 'alarm') - Number(one.tone === 'alarm'));
}
