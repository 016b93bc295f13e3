/*
 * UTCTime and GeneralizedTime in the one form that DER (X.690 §11.7, §11.8) and RFC 5280 §4.1.2.5 leave: seconds, `Z`,
 * no fraction. Seconds since 1970 are reckoned here, in the proleptic Gregorian calendar: no clock and no Date.
 */

/** `YYMMDDHHMMSSZ`; the century is that of RFC 5280 §4.1.2.5.1: 50 to 99 lie in the 20th. */
export function utcTime(content: Uint8Array): number | undefined {
  if (content.length !== 13) return undefined;
  const year = digits(content, 0, 2);
  return year === undefined ? undefined : moment(year < 50 ? 2000 + year : 1900 + year, content, 2);
}

/** `YYYYMMDDHHMMSSZ` (RFC 5280 §4.1.2.5.2) */
export function generalizedTime(content: Uint8Array): number | undefined {
  if (content.length !== 15) return undefined;
  const year = digits(content, 0, 4);
  return year === undefined ? undefined : moment(year, content, 4);
}

/** The first second of 2050, from which on certificates carry GeneralizedTime (RFC 5280 §4.1.2.5). */
export const startOf2050 = 2_524_608_000;

/** 9999-12-31 23:59:59: "no well-defined expiration date" (RFC 5280 §4.1.2.5), and the last second that has a form. */
export const endOf9999 = 253_402_300_799;

/** The Time of RFC 5280 §4.1.2.5 as text: two digits of the year until 2049, four from 2050. */
export function timeText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const inDay = seconds - days * 86_400;
  const { year, month, day } = civil(days);
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = [month, day, Math.floor(inDay / 3600), Math.floor(inDay / 60) % 60, inDay % 60].map(two).join('');
  return `${seconds < startOf2050 ? two(year % 100) : String(year).padStart(4, '0')}${rest}Z`;
}

/** The same for people: `2026-11-21 15:46:19 UTC` (RFC 5280 §4.1.2.5). */
export function instantText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const inDay = seconds - days * 86_400;
  const { year, month, day } = civil(days);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [Math.floor(inDay / 3600), Math.floor(inDay / 60) % 60, inDay % 60].map(two).join(':');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)} ${time} UTC`;
}

function moment(year: number, content: Uint8Array, at: number): number | undefined {
  const month = digits(content, at, 2);
  const day = digits(content, at + 2, 2);
  const hour = digits(content, at + 4, 2);
  const minute = digits(content, at + 6, 2);
  const second = digits(content, at + 8, 2);
  if (content[at + 10] !== 0x5a || month === undefined || day === undefined) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
}

function digits(content: Uint8Array, at: number, count: number): number | undefined {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = (content[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function daysOf(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/* Years are counted from 1 March, so that the leap day is the last one; 719468 days lie between 0000-03-01 and 1970. */

function daysSince1970(year: number, month: number, day: number): number {
  const y = month < 3 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

/** The inverse: 146097 days make 400 years. */
function civil(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: era * 400 + yearOfEra + (month < 3 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}
