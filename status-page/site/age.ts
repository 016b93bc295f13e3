import { duration } from '../../service/site/http-date.ts';

/** The largest unit alone, or the two largest of what is older than a day; whole seconds. */
export function age(seconds: number): string {
  const words = duration(Math.max(0, seconds));
  return seconds >= 86_400 ? words : words.split(' ').slice(0, 2).join(' ');
}
