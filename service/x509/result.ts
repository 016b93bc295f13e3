/** Errors are values: what can fail says so in its type, and a caller cannot forget to look. */
export type Result<T, F> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: F };

/** The value of what went well (design §3: faults are data). */
export const success = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
/** The fault of what did not (design §3). */
export const failure = <F>(fault: F): { readonly ok: false; readonly fault: F } => ({ ok: false, fault });
