/** What a measured server says after the handshake, before it closes: a word, or so many MiB. */
export const answerOf = (mebibytes: string | undefined): Buffer =>
  mebibytes === undefined ? Buffer.from('secret') : Buffer.alloc(Number(mebibytes) * 2 ** 20, 'x');
