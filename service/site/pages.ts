/** The pages beside the first, in the order of the navigation. */
export const recordPages = [
  ['/statistics', 'Statistics'],
  ['/attempts', 'Attempts'],
  ['/breaches', 'Breaches'],
  ['/guest-book', 'Guest book'],
  ['/certificates/rejected', 'Rejected certificates'],
  ['/handshake', 'Your handshake'],
  ['/incidents', 'Incidents'],
  ['/scope', 'Scope'],
] as const;
