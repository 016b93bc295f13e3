import type { AttemptHead, DayTally, Greeting, RejectedCertificate } from '../trace/index.ts';
import { dayNumber } from './http-date.ts';
import { type Listing, listing, rowsOf } from './listing.ts';
import type { Query } from './query.ts';
import type { CategoryView, SiteView } from './view.ts';

/* The lists of the archive, as the pages and their JSON both have them. */

export const categoryOf = ({ categories }: SiteView, key: string): CategoryView | undefined =>
  categories.find((category) => category.key === key);

/** Undefined where there is no such category. */
export function attempts(view: SiteView, query: Query): Listing<AttemptHead> | undefined {
  const category = query.category === undefined ? undefined : categoryOf(view, query.category);
  if (query.category !== undefined && category === undefined) return undefined;
  return listing(
    query,
    rowsOf.attempts,
    (page) => view.archive.newest({ ...page, port: query.port, category: category?.key }),
    ({ number }) => number,
  );
}

export const greetings = ({ archive }: SiteView, query: Query): Listing<Greeting> =>
  listing(
    query,
    rowsOf.greetings,
    (page) => archive.guestBook(page),
    ({ number }) => number,
  );

/** Each of them is read anew for its page, and may have 16 KiB: there are few on one. */
export const rejected = ({ archive }: SiteView, query: Query): Listing<RejectedCertificate> =>
  listing(
    query.limit !== undefined && query.limit > rowsOf.certificates ? { ...query, limit: rowsOf.certificates } : query,
    rowsOf.certificates,
    (page) => archive.rejectedCertificates(page),
    ({ lastAttempt }) => lastAttempt,
  );

/** A day as a number that can be counted down: 20261121. */
const dayKey = (day: string): number => Number(day.replaceAll('-', ''));

/** The newest first; `before` is a day written as one number. */
export const days = ({ archive }: SiteView, query: Query): Listing<DayTally> =>
  listing(
    query,
    rowsOf.days,
    ({ before = Number.POSITIVE_INFINITY, limit }) =>
      archive
        .days()
        .filter(({ day }) => dayNumber(day) !== undefined && dayKey(day) < before)
        .slice(-limit)
        .toReversed(),
    ({ day }) => dayKey(day),
  );
