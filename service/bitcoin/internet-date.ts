/*
 * Times as the statement writes them (RFC 3339 §5.6): whole seconds, in UTC, with `Z`. Date does not exist in the pure
 * folders; the calendar is the proleptic Gregorian one, counted in years that begin in March.
 */

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-21T10:00:00Z`, of whole seconds since 1970 up to the year 9999. */
export function encodeInternetDate(seconds: number): string {
  const day = Math.floor(seconds / 86_400);
  const rest = seconds - day * 86_400;
  const sinceMarch0000 = day + 719_468;
  const era = Math.floor(sinceMarch0000 / 146_097);
  const dayOfEra = sinceMarch0000 - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = String(era * 400 + yearOfEra + (month <= 2 ? 1 : 0)).padStart(4, '0');
  const dayOfMonth = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const time = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return `${year}-${two(month)}-${two(dayOfMonth)}T${time}Z`;
}

/** Seconds since 1970. Undefined for every text that `encodeInternetDate` does not write. */
export function decodeInternetDate(text: string): number | undefined {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z$/.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  if (month < 1 || month > 12) return undefined;
  const fromMarch = (month + 9) % 12;
  const marchYear = year - (fromMarch > 9 ? 1 : 0);
  const leaps = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const days = marchYear * 365 + leaps + Math.floor((153 * fromMarch + 2) / 5) + day - 1 - 719_468;
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
  return seconds >= 0 && encodeInternetDate(seconds) === text ? seconds : undefined;
}
