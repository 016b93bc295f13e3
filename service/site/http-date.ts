/*
 * Times as text. Date does not exist in the pure folders; the calendar is the proleptic Gregorian one, and time is a number.
 */

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const two = (value: number): string => String(value).padStart(2, '0');

interface Civil {
  readonly year: string;
  readonly month: number;
  readonly day: string;
  readonly weekday: number;
  readonly time: string;
}

/** Counted in eras of 400 years, 146 097 days each, in years that begin in March: the leap day is then the last one. */
function civil(seconds: number): Civil {
  const whole = Math.floor(seconds);
  const day = Math.floor(whole / 86_400);
  const second = whole - day * 86_400;
  const sinceMarch0000 = day + 719_468;
  const era = Math.floor(sinceMarch0000 / 146_097);
  const dayOfEra = sinceMarch0000 - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: String(era * 400 + yearOfEra + (month <= 2 ? 1 : 0)).padStart(4, '0'),
    month,
    day: two(dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1),
    weekday: (((day + 4) % 7) + 7) % 7,
    time: `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`,
  };
}

/** Days since 1970 of a UTC day, `2026-11-21`; undefined if it is none. */
export function dayNumber(day: string): number | undefined {
  const [, year, month, date] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(day) ?? [];
  if (year === undefined || Number(month) < 1 || Number(month) > 12) return undefined;
  const fromMarch = (Number(month) + 9) % 12;
  const marchYear = Number(year) - (fromMarch > 9 ? 1 : 0);
  const leaps = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const number = marchYear * 365 + leaps + Math.floor((153 * fromMarch + 2) / 5) + Number(date) - 1 - 719_468;
  return dayText(number) === day ? number : undefined;
}

/** `2026-11-21` */
export function dayText(number: number): string {
  const { year, month, day } = civil(number * 86_400);
  return `${year}-${two(month)}-${day}`;
}

/** IMF-fixdate (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function httpDate(seconds: number): string {
  const { year, month, day, weekday, time } = civil(seconds);
  return `${days[weekday] ?? ''}, ${day} ${months[month - 1] ?? ''} ${year} ${time} GMT`;
}

/** RFC 3339 §5.6: `1994-11-06T08:49:37Z`. */
export function internetDate(seconds: number): string {
  const { year, month, day, time } = civil(seconds);
  return `${year}-${two(month)}-${day}T${time}Z`;
}

/** For people: `6 Nov 1994, 08:49 UTC`. */
export function civilDate(seconds: number): string {
  const { year, month, day, time } = civil(seconds);
  return `${Number(day)} ${months[month - 1] ?? ''} ${year}, ${time.slice(0, 5)} UTC`;
}

/** For people: the two largest units, such as `3 days 4 hours`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'day'],
    [Math.floor(whole / 3600) % 24, 'hour'],
    [Math.floor(whole / 60) % 60, 'minute'],
    [whole % 60, 'second'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 seconds';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(' ');
}
