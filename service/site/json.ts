/**
 * JSON that is harmless wherever it ends up: `<`, `>` and `&` are escaped, and whatever turns or hides the text around it
 * (the signs that `escaped` replaces). It says the same to every parser.
 */
export const json = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(
    /[<>&\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
