// Which characters may cross the wire? Without schemas, so that the agent can import it and stay small.

/** Control characters (C0, DEL, C1), line and paragraph separators, bidi controls, zero-width ones, lone surrogates. */
const refused = '\\p{Cc}\\u2028\\u2029\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\p{Cs}';

export const printable = new RegExp(`^[^${refused}]*$`, 'u');
export const unprintable = new RegExp(`[${refused}]`, 'gu');
