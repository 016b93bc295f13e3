/** `0.00123400 BTC`. */
export const btc = (sats: number): string => {
  const whole = Math.floor(sats / 100_000_000);
  return `${whole}.${String(sats % 100_000_000).padStart(8, '0')} BTC`;
};

/** `1 output`, `2 outputs`. */
export const counted = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`;
