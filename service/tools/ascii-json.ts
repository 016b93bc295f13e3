/** The same JSON, in which a stranger's text has no sign that a terminal obeys. */
export const ascii = (json: string): string =>
  json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
